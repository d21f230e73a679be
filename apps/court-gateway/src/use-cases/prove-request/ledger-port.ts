import type { Instant } from '#kernel';

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

/** The newest part of a published log, as far as one source is concerned. */
export interface LogEdge {
  readonly origin: string;
  readonly size: number;
  /** Facts of the source from before this moment must be in the log. */
  readonly settledBefore: Instant;
  /** Leaf hashes (hex) of the source's later facts that the log has published. */
  readonly recent: ReadonlySet<string>;
}

/** What the gateway asks of the ledger. It takes the ledger's word for nothing: every leaf is compared with what the gateway has written. */
export interface LedgerPort {
  /** @throws AppError `unavailable` */
  proofsOf(requestId: string): Promise<LedgerProofs>;
  /** The verifier key of a log, one line. @throws AppError `unavailable` */
  vkeyOf(origin: string): Promise<string>;
  /** What the log of a year, or the current one, says of a source's newest facts. @throws AppError `not-found`, `unavailable` */
  edgeOf(source: string, year?: number): Promise<LogEdge>;
}

/** Nest token. */
export const LEDGER = Symbol('ledger');
