import type { LegalDate, MoneyJson } from '#kernel';

/** Where the exact bytes of a bank's word lie and what their signature was worth (I11). */
export interface OriginalRef {
  /** Key in the blob store, under the case's data key. */
  readonly digest: string;
  readonly size: number;
  readonly contentType: string;
  readonly signature: 'valid' | 'invalid' | 'absent';
  readonly keyId?: string;
}

export interface PriorMeasure {
  readonly authority: string;
  readonly document: string;
  readonly amount: MoneyJson;
  readonly until?: LegalDate;
}

export interface PriorityRight {
  readonly type: string;
  readonly holder: string;
  readonly amount?: MoneyJson;
}

/** R24: whether and how far an account may be touched, by the bank's account master. `code` is a kind of the policy's table. */
export interface RestrictionRef {
  readonly code: string;
  /** The bank's own word, where it has one; policy's rule for the code binds beside it, and the stricter of the two counts. */
  readonly freeze?: 'no' | 'yes' | 'above-reserve';
  readonly deduct?: 'no' | 'yes' | 'above-reserve';
  readonly reserve?: MoneyJson;
  readonly basis?: string;
}

/** The bank's figures for one of our own measures on an account, as an inquiry or a control answer states them. */
export interface MeasureFigures {
  readonly orderNumber: string;
  readonly seq: number;
  readonly limit: MoneyJson;
  readonly covered: MoneyJson;
  readonly uncovered: MoneyJson;
  readonly rank: number;
  /** The bank says the freeze is over: released, lapsed or used up there. */
  readonly ended?: 'released' | 'expired' | 'exhausted';
}

export interface HoldingLine {
  readonly account: string;
  readonly kind: string;
  readonly currency: string;
  readonly state: string;
  readonly balance: MoneyJson;
  readonly available: MoneyJson;
  readonly priorMeasures: readonly PriorMeasure[];
  readonly priorityRights: readonly PriorityRight[];
  readonly restriction?: RestrictionRef;
  readonly coOwners?: readonly string[];
  readonly asset?: { readonly productNumber: string; readonly shares: string; readonly unitPrice: string };
  /** Our own freezes on the account with the bank's figures (I16). */
  readonly measures?: readonly MeasureFigures[];
  readonly transactions?: readonly TransactionLine[];
}

export interface TransactionLine {
  readonly serial: string;
  readonly at: string;
  readonly direction: 'debit' | 'credit';
  readonly amount: MoneyJson;
  readonly balance?: MoneyJson;
  readonly counterpartName?: string;
  readonly counterpartAccount?: string;
  readonly counterpartBank?: string;
  readonly note?: string;
}

/** Money that left the account (R20): the legs stand apart because banks book them apart. */
export interface MovedMoney {
  readonly principal: MoneyJson;
  readonly interest?: MoneyJson;
  readonly fee?: MoneyJson;
  readonly serial: string;
  readonly valueDate: LegalDate;
  readonly channel: string;
  readonly state: 'sent' | 'credited' | 'returned';
}

/** What the bank says of one line of a control order. An unknown word of the bank is `undetermined`, never a guess (I6). */
export interface ControlLine {
  readonly seq: number;
  readonly status: 'executed' | 'partly-executed' | 'refused' | 'in-progress' | 'undetermined';
  readonly limit?: MoneyJson;
  readonly balance?: MoneyJson;
  readonly available?: MoneyJson;
  readonly covered?: MoneyJson;
  readonly uncovered?: MoneyJson;
  readonly rank?: number;
  readonly from?: LegalDate;
  readonly to?: LegalDate;
  /** in-progress: when the bank expects to be done. */
  readonly expectedOn?: LegalDate;
  /** R26: never missing when refused. A canonical code of docs/rules.md, Reasons and the bank's own words. */
  readonly reason?: { readonly code: string; readonly text: string };
  readonly priorMeasures?: readonly PriorMeasure[];
  readonly priorityRights?: readonly PriorityRight[];
  readonly moved?: MovedMoney;
}

export interface ReceiptRef {
  readonly digest: string;
  readonly sha256: string;
  readonly size: number;
  readonly name: string;
}

/**
 * `order.answered.v1` on `answers.v1`: the bank's word on an order. Exactly one of `inquiry`, `control`, `rollback` is there.
 * A later answer to lines that were in progress is a further message. Sealed under the case's key.
 */
export interface OrderAnswered {
  readonly orderNumber: string;
  readonly bank: string;
  readonly answeredAt: string;
  readonly receivedAt?: string;
  readonly original: OriginalRef;
  readonly inquiry?: { readonly result: 'found' | 'no-account' | 'identity-mismatch'; readonly holdings: readonly HoldingLine[] };
  readonly control?: { readonly lines: readonly ControlLine[] };
  readonly rollback?: { readonly code: string; readonly note: string; readonly contact?: string; readonly phone?: string };
  readonly receipts: readonly ReceiptRef[];
  /** Leaf hash of the connector's own fact about this answer: the gateway cannot hide it. */
  readonly factLeafHash: string;
}
