/** The proof of one leaf, as the ledger gives it. */
export interface LedgerProof {
  readonly origin: string;
  readonly index: number;
  /** Base64 of the leaf. */
  readonly leaf: string;
  /** Hex. */
  readonly leafHash: string;
  readonly tlogProof: string;
}

export interface LedgerProofs {
  readonly proofs: readonly LedgerProof[];
  /** Facts of the request that the ledger knows and no published checkpoint covers yet. */
  readonly pending: number;
}

/** What the gateway asks of the ledger. It takes the ledger's word for nothing: every leaf is compared with what the gateway has written. */
export interface LedgerPort {
  /** @throws AppError `unavailable` */
  proofsOf(requestId: string): Promise<LedgerProofs>;
  /** The verifier key of a log, one line. @throws AppError `unavailable` */
  vkeyOf(origin: string): Promise<string>;
}

/** Nest token. */
export const LEDGER = Symbol('ledger');
