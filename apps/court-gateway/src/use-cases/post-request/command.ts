import type { LegalDate } from '#kernel';
import type { Scope } from '#orders';

/** What every request may carry beside its action. */
interface CommandBase {
  readonly caseId: string;
  readonly instrumentIds?: readonly string[];
  readonly reason?: string;
}

export interface InquireCommand extends CommandBase {
  readonly action: 'inquire';
  readonly debtorIds?: readonly string[];
  readonly banks?: readonly string[];
  readonly transactions?: { readonly from: LegalDate; readonly to: LegalDate };
}

/** Either `holdingId`, or `bank` and `account`. Amounts are decimal strings in the account's or, where none is known, the case's currency. */
export interface FreezeLineCommand {
  readonly holdingId?: string;
  readonly bank?: string;
  readonly legalPerson?: string;
  readonly account?: string;
  readonly debtorId?: string;
  readonly amount: string;
  readonly scope?: Scope;
}

/** Either `planId` or `lines`. */
export interface FreezeCommand extends CommandBase {
  readonly action: 'freeze';
  readonly planId?: string;
  readonly lines?: readonly FreezeLineCommand[];
  readonly term: { readonly from: LegalDate; readonly to: LegalDate };
}

export interface RenewCommand extends CommandBase {
  readonly action: 'renew';
  readonly measureIds: readonly string[];
  readonly until: LegalDate;
}

export interface ReleaseLineCommand {
  readonly measureId: string;
  readonly amount?: string;
  readonly newLimit?: string;
}

export interface ReleaseCommand extends CommandBase {
  readonly action: 'release';
  readonly lines: readonly ReleaseLineCommand[];
  readonly ground?: string;
}

export interface DeductLineCommand {
  readonly measureId: string;
  readonly amount: string;
}

export interface DeductCommand extends CommandBase {
  readonly action: 'deduct';
  readonly lines: readonly DeductLineCommand[];
}

/** A request as it was posted, its shape checked and nothing else. */
export type RequestCommand = InquireCommand | FreezeCommand | RenewCommand | ReleaseCommand | DeductCommand;
