import type { DocumentRef } from '#contracts';
import { invariant, type Instant, type LegalDate } from '#kernel';
import type { InstrumentState, InstrumentType } from '#orders';
import { placeholders, type Reader, type Row } from '#persistence';
import type { DataKey } from '#privacy';
import type { InstrumentRecord } from '../../use-cases/make-instrument/instrument-port.js';
import type { Vault } from '../../vault.js';

export interface InstrumentRow extends Row {
  readonly id: string;
  readonly case_id: string;
  readonly type: InstrumentType;
  readonly state: InstrumentState;
  readonly sealed: Buffer;
  readonly bank: string | null;
  readonly amount: number | null;
  readonly decided_on: LegalDate | null;
  readonly uploaded: number;
  readonly sha256: string;
  readonly size: number;
  /** The detached seal record as JSON, once sealed. */
  readonly seal: string | null;
  readonly created_by: string;
  readonly created_at: Instant;
  readonly sealed_at: Instant | null;
  readonly used_at: Instant | null;
  readonly version: number;
}

/** The texts of an instrument; titles and names of judges may name people, so they are sealed with the case. */
export interface InstrumentTexts {
  readonly number: string;
  readonly title: string;
  readonly decidedBy?: string;
}

export function openTexts(vault: Vault, key: DataKey, row: InstrumentRow): InstrumentTexts {
  return vault.open<InstrumentTexts>(key, 'instruments', 'sealed', row.id, row.sealed);
}

export function sealTexts(vault: Vault, key: DataKey, id: string, texts: InstrumentTexts): Buffer {
  return vault.seal(key, 'instruments', 'sealed', id, texts);
}

export function findInstrument(reader: Reader, id: string): Promise<InstrumentRow | undefined> {
  return reader.one<InstrumentRow>('SELECT * FROM instruments WHERE id = ?', [id]);
}

/** All of a case, void ones included, oldest first. */
export function instrumentRows(reader: Reader, caseId: string): Promise<InstrumentRow[]> {
  return reader.all<InstrumentRow>('SELECT * FROM instruments WHERE case_id = ? ORDER BY created_at, id', [caseId]);
}

export function instrumentsByIds(reader: Reader, caseId: string, ids: readonly string[]): Promise<InstrumentRow[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return reader.all<InstrumentRow>(
    `SELECT * FROM instruments WHERE case_id = ? AND id IN (${placeholders(ids.length)}) ORDER BY created_at, id`,
    [caseId, ...ids],
  );
}

export function recordOf(row: InstrumentRow): InstrumentRecord {
  return {
    id: row.id,
    caseId: row.case_id,
    type: row.type,
    state: row.state,
    ...(row.bank === null ? {} : { bank: row.bank }),
    ...(row.amount === null ? {} : { amount: BigInt(row.amount) }),
    amountUnder: 0n,
    madeAt: row.created_at,
    uploaded: row.uploaded === 1,
    ...(row.decided_on === null ? {} : { decidedOn: row.decided_on }),
    sha256: row.sha256,
    size: row.size,
    version: row.version,
  };
}

/** A sealed document as orders carry it. */
export function documentRefOf(row: InstrumentRow, texts: InstrumentTexts): DocumentRef {
  invariant(row.seal !== null, 'only a sealed instrument travels');
  const { id: instrumentId, type, sha256, size, seal } = row;
  return { instrumentId, type, number: texts.number, title: texts.title, digest: sha256, sha256, size, seal };
}
