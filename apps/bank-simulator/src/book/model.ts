import type { Instant, LegalDate, Minor } from '#kernel';

/** What kind of account a bank keeps. `closed` is reported by an inquiry and can no longer be controlled. */
export const ACCOUNT_KINDS = ['current', 'savings', 'term', 'wages', 'wealth-product', 'margin', 'closed'] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** JSON that the simulator keeps and gives back without reading its inside. */
export type Opaque = null | boolean | number | string | readonly Opaque[] | { readonly [key: string]: Opaque };

/** One customer record. Several records may carry one identity; an inquiry finds them all. */
export interface Customer {
  readonly id: number;
  readonly name: string;
  readonly idType: string;
  readonly idNumber: string;
}

export interface Account {
  readonly number: string;
  readonly customer: Customer;
  readonly kind: AccountKind;
  readonly currency: string;
  readonly state: string;
  /** Which legal-person bank of a union keeps the account. */
  readonly legalPerson?: string;
  readonly restriction?: Opaque;
  readonly priorityRights: readonly Opaque[];
  readonly productNumber?: string;
  /** Decimal texts; the product's worth is shares × unitPrice. `shares` is "0" once it has been redeemed. */
  shares?: string;
  readonly unitPrice?: string;
  /** What lies in the account as money; a product's worth comes on top of it. */
  cash: Minor;
}

/** `funds`: the named amount. `account`: everything that lies in the account and everything that comes in. */
export type FreezeScope = 'funds' | 'account';

export type FreezeState = 'live' | 'released' | 'expired' | 'exhausted';

/**
 * A freeze of any authority. `id` is the number of its arrival at this bank, so it is also its rank:
 * of two freezes on one account the one with the smaller id is served first (R10, R17).
 */
export interface Freeze {
  readonly id: number;
  readonly account: string;
  readonly authority: string;
  readonly document: string;
  readonly caseNumber?: string;
  /** Present when the freeze came to us as an order line; absent for prior measures of other authorities. */
  readonly orderNumber?: string;
  readonly line?: number;
  readonly scope: FreezeScope;
  readonly from?: LegalDate;
  /** The last day, inclusive. Absent: runs until it is lifted. */
  to?: LegalDate;
  limit: Minor;
  covered: Minor;
  waiting: boolean;
  state: FreezeState;
}

/** Deducted money on its way to a court account at another bank. */
export interface Transfer {
  readonly id: number;
  readonly account: string;
  readonly freezeId: number;
  readonly orderNumber: string;
  readonly line: number;
  readonly amount: Minor;
  readonly currency: string;
  readonly serial: string;
  readonly dueAt: Instant;
  state: 'sent' | 'credited' | 'returned';
}

/** A wealth product that will turn into cash. */
export interface Redemption {
  readonly account: string;
  readonly dueAt: Instant;
}

export type MovementKind = 'opening' | 'inflow' | 'deduct' | 'return' | 'redemption' | 'correction';

/** One booking on an account, for the transactions of an inquiry. `amount` is signed. */
export interface Movement {
  readonly seq: number;
  readonly account: string;
  readonly at: Instant;
  readonly kind: MovementKind;
  readonly amount: Minor;
  readonly balance: Minor;
  readonly serial: string;
}

export const ORDER_ACTIONS = ['inquire', 'freeze', 'renew', 'release', 'deduct'] as const;
export type OrderAction = (typeof ORDER_ACTIONS)[number];

/** One executed effect. Rows are only ever added, and each effect has exactly one. */
export interface JournalRow {
  readonly seq: number;
  readonly at: Instant;
  readonly orderNumber: string;
  /** 0 for an inquiry, which has no lines. */
  readonly line: number;
  readonly action: OrderAction;
  readonly account?: string;
  readonly amount?: Minor;
  readonly currency?: string;
}

export const NOTICE_KINDS = ['coverage', 'promoted', 'lapsed', 'redeemed', 'credited', 'returned'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What the bank tells the court unasked about one of the court's freezes or payments. Amounts are decimal texts. */
export interface Notice {
  readonly seq: number;
  readonly kind: NoticeKind;
  readonly at: string;
  /** The freeze that the notice is about, by the order line that set it. */
  readonly orderNumber: string;
  readonly line: number;
  readonly account: string;
  readonly legalPerson?: string;
  readonly currency: string;
  readonly limit: string;
  readonly covered: string;
  readonly uncovered: string;
  readonly rank: number;
  readonly waiting: boolean;
  readonly state: FreezeState;
  readonly balance: string;
  readonly available: string;
  /** `credited` and `returned` only: the deduct line whose money it is. */
  readonly payment?: {
    readonly orderNumber: string;
    readonly line: number;
    readonly amount: string;
    readonly serial: string;
    readonly valueDate: LegalDate;
    /** `returned` only: whether the money lies under the freeze again. */
    readonly controlRestored?: boolean;
  };
}
