import type { DocumentRef } from '#contracts';
import type { LegalDate } from '#kernel';
import type { GateInstrument } from '#orders';
import type { Reader, Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { NoticeLine } from './renderer.js';

/** An instrument as the register has it. `GateInstrument.amountUnder` is 0 here: the lines under it are the caller's to sum. */
export interface InstrumentRecord extends GateInstrument {
  readonly caseId: string;
  /** The bytes were uploaded; otherwise they are made from the template. */
  readonly uploaded: boolean;
  readonly decidedOn?: LegalDate;
  /** Digest of the current bytes, under which they lie in the case's blobs. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly version: number;
}

/** What sealing has prepared outside the transaction: bytes are in the blob store, the signature is made. */
export interface PreparedSeal {
  readonly instrumentId: string;
  readonly version: number;
  /** The document as orders carry it. */
  readonly document: DocumentRef;
}

/** The notice of one order, made from its own lines only. */
export interface OrderNotice {
  readonly caseId: string;
  /** The instrument that the notice stands for (`freeze-notice`, …); an uploaded one travels as it is. */
  readonly instrumentId: string;
  /** Printed on the notice where it is known already. */
  readonly orderNumber?: string;
  readonly bankName: string;
  readonly debtor: { readonly name: string; readonly idNumber: string };
  readonly lines: readonly NoticeLine[];
}

/**
 * Instruments for the use cases of requests. `prepare…` and `renderOrderNotice` render, sign and write blobs, so they run before the
 * transaction; what takes a Tx runs in it.
 */
export interface InstrumentPort {
  /** All of the case that are not void, oldest first; `chooseInstruments` of libs/orders picks the newest fitting ones. */
  ofCase(reader: Reader, caseId: string): Promise<readonly InstrumentRecord[]>;
  /** Seals drafts for an approval that is about to be given; ids that are sealed or used already come back as they are. */
  prepareSeals(caseId: string, instrumentIds: readonly string[]): Promise<readonly PreparedSeal[]>;
  /** `draft` → `sealed` by compare-and-set. @throws AppError `stale-version` when a draft was changed or voided meanwhile */
  seal(tx: Tx, caseKey: DataKey, seals: readonly PreparedSeal[], actor: string): Promise<void>;
  /** A sealed notice made from one order's lines, its bytes in the case's blobs. */
  renderOrderNotice(notice: OrderNotice): Promise<DocumentRef>;
  /** `sealed` → `used` at the first dispatch; those used already stay so. */
  markUsed(tx: Tx, instrumentIds: readonly string[]): Promise<void>;
}

/** Nest token. */
export const INSTRUMENTS = Symbol('instruments');
