/** Answers of the public interface, as far as the scenarios look into them. Shapes are those of the published interface. */

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export interface PartyView {
  readonly id: string;
  readonly role: 'debtor' | 'applicant';
  readonly name: string;
  readonly idNumber: string;
}

export interface CaseView {
  readonly id: string;
  readonly version: number;
  readonly caseNumber: string;
  readonly status: 'open' | 'suspended' | 'closed';
  readonly parties: readonly PartyView[];
  readonly ceiling: Money;
  readonly collected: Money;
  readonly satisfied: Money;
  readonly outstanding: Money;
  readonly committed: Money;
  readonly exposure: Money;
  readonly excess: Money;
}

export interface LineView {
  readonly seq: number;
  readonly account: string;
  readonly status: string;
  readonly limit?: Money;
  readonly covered?: Money;
  readonly uncovered?: Money;
  readonly moved?: Money;
  readonly credit?: 'pending' | 'credited' | 'returned';
  readonly reason?: unknown;
}

export interface OrderView {
  readonly orderNumber: string;
  readonly bank: string;
  readonly legalPerson: string;
  readonly debtorId: string;
  readonly status: string;
  readonly overdue?: boolean;
  readonly nothingFound?: boolean;
  readonly receivedAt?: string;
  readonly answeredAt?: string;
  readonly lines?: readonly LineView[];
  readonly rollback?: { readonly code: string; readonly note?: string };
}

export interface RequestView {
  readonly id: string;
  readonly action: string;
  readonly status: string;
  readonly approvals: { readonly required: unknown; readonly given: readonly unknown[] };
  readonly progress?: { readonly total: number; readonly answered: number; readonly undetermined: number; readonly overdue: number };
  readonly orders: readonly OrderView[];
}

export interface HoldingView {
  readonly id: string;
  readonly debtorId: string;
  readonly bank: string;
  readonly legalPerson: string;
  readonly account: string;
  readonly kind: string;
  readonly balance: Money;
  readonly available: Money;
}

export interface MeasureView {
  readonly id: string;
  readonly holdingId?: string;
  readonly bank: string;
  readonly account: string;
  readonly limit: Money;
  readonly covered: Money;
  readonly uncovered: Money;
  readonly rank?: number;
  readonly status: 'in-force' | 'waiting' | 'released' | 'expired' | 'exhausted';
  readonly from: string;
  readonly to: string;
  readonly orderNumber: string;
  readonly seq: number;
}

export interface MeasuresView {
  readonly ceiling: Money;
  readonly committed: Money;
  readonly underControl: Money;
  readonly collected: Money;
  readonly outstanding: Money;
  readonly exposure: Money;
  readonly excess: Money;
  readonly items: readonly MeasureView[];
}

export interface PaymentView {
  readonly id: string;
  readonly orderNumber: string;
  readonly seq: number;
  readonly amount: Money;
  readonly state: 'sent' | 'credited' | 'returned' | 'claimed';
}

export interface TaskView {
  readonly id: string;
  readonly kind: string;
  readonly orderNumber?: string;
  readonly caseId?: string;
}

export interface JournalRow {
  readonly seq: number;
  readonly orderNumber: string;
  readonly line: number | null;
  readonly action: string;
  readonly account?: string;
  readonly amount?: Money;
}

export interface CustomerView {
  readonly name: string;
  readonly idType: string;
  readonly idNumber: string;
  readonly accounts: readonly { readonly number: string; readonly balance: Money; readonly [member: string]: unknown }[];
}

export interface List<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string | null;
}
