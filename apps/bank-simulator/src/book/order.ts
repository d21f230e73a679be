import type { LegalDate, Minor } from '#kernel';
import type { AccountKind, FreezeScope, Opaque, OrderAction } from './model.js';
import type { RefusalCode } from './refusals.js';

/** The person or organisation whom an order is about. */
export interface OrderSubject {
  readonly name: string;
  readonly idType: string;
  readonly idNumber: string;
}

export interface CourtAccountOfOrder {
  readonly name: string;
  readonly number: string;
  readonly bankName?: string;
  readonly bankNumber: string;
  readonly subAccount?: string;
}

/** One line of a control order. Which members a line needs depends on the action. */
export interface OrderLine {
  readonly seq: number;
  readonly account: string;
  /** freeze: the limit · deduct: what is to move · release: what is to be given free. */
  readonly amount?: Minor;
  /** release: what the limit is to be afterwards; neither this nor `amount`: the whole. */
  readonly newLimit?: Minor;
  readonly currency?: string;
  readonly scope?: FreezeScope;
  readonly from?: LegalDate;
  /** freeze and renew: the last day, inclusive. */
  readonly to?: LegalDate;
  /** The number of the ruling. */
  readonly document?: string;
  /** renew, release, deduct: the order (and line) that set the freeze. Without it the newest live freeze of this court is meant. */
  readonly original?: { readonly orderNumber: string; readonly line?: number };
  readonly courtAccount?: CourtAccountOfOrder;
}

/** An order as the core of a bank understands it, whatever the dialect. Amounts are in the account's currency. */
export interface BankOrder {
  readonly orderNumber: string;
  readonly action: OrderAction;
  readonly legalPerson?: string;
  readonly subject: OrderSubject;
  /** The court, as other authorities will see it. */
  readonly authority: string;
  readonly caseNumber?: string;
  /** inquire: bookings of these days are wanted too. */
  readonly transactions?: { readonly from: LegalDate; readonly to: LegalDate };
  readonly lines: readonly OrderLine[];
}

export interface MeasureReport {
  readonly authority: string;
  readonly document: string;
  readonly amount: string;
  readonly until?: LegalDate;
}

/** Amounts in reports are decimal texts of the account's currency, so that a report can be kept and sent as it is. */
export interface AccountReport {
  readonly account: string;
  readonly legalPerson?: string;
  readonly kind: AccountKind;
  readonly currency: string;
  readonly state: string;
  readonly balance: string;
  readonly available: string;
  readonly priorMeasures: readonly MeasureReport[];
  readonly priorityRights: readonly Opaque[];
  readonly restriction?: Opaque;
  readonly asset?: { readonly productNumber?: string; readonly shares: string; readonly unitPrice: string };
  readonly transactions?: readonly TransactionReport[];
  /** The asking court's own freezes on the account, also those that have ended. */
  readonly measures: readonly OwnMeasureReport[];
}

export interface OwnMeasureReport {
  readonly orderNumber: string;
  readonly line: number;
  readonly limit: string;
  readonly covered: string;
  readonly uncovered: string;
  readonly rank: number;
  readonly ended?: 'released' | 'expired' | 'exhausted';
}

export interface TransactionReport {
  readonly at: string;
  readonly direction: 'in' | 'out';
  readonly amount: string;
  readonly balance: string;
  readonly remark: string;
  readonly serial: string;
}

export interface MovedReport {
  readonly principal: string;
  readonly interest: string;
  readonly fee: string;
  readonly serial: string;
  readonly valueDate: LegalDate;
  readonly channel: 'own-bank' | 'interbank';
  readonly state: 'sent' | 'credited';
}

export interface LineReport {
  readonly seq: number;
  readonly account: string;
  /** `unheard-of` is never true: it stands for a word that the dialect does not know. `own-done` is executed in a code of the bank's own. Only misdeeds say them. */
  readonly status: 'executed' | 'partly-executed' | 'refused' | 'unheard-of' | 'own-done';
  readonly currency?: string;
  readonly scope?: FreezeScope;
  readonly limit?: string;
  readonly covered?: string;
  readonly uncovered?: string;
  readonly rank?: number;
  readonly waiting?: boolean;
  readonly balance?: string;
  readonly available?: string;
  readonly from?: LegalDate;
  readonly to?: LegalDate;
  readonly priorMeasures?: readonly MeasureReport[];
  readonly priorityRights?: readonly Opaque[];
  readonly moved?: MovedReport;
  readonly reason?: { readonly code: RefusalCode; readonly text: string };
}

export type BankAnswer =
  | { readonly kind: 'rollback'; readonly code: string; readonly note: string }
  | { readonly kind: 'inquiry'; readonly result: 'found' | 'no-account' | 'identity-mismatch'; readonly accounts: readonly AccountReport[] }
  | {
      readonly kind: 'control';
      readonly lines: readonly LineReport[];
      /** Whether a sealed receipt goes with it, and whether its record tells another sum. */
      readonly receipt?: 'right' | 'wrong';
    };
