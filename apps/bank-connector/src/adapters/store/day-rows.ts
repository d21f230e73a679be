import type { DayPage, HeardBytes } from '#connector-sdk';
import { legalDateOf, type Instant, type LegalDate } from '#kernel';
import { compareAndSet, insert, type Reader, type Row, type Tx } from '#persistence';

/** A row of `day_statements`. */
export interface DayRow extends Row {
  readonly day: LegalDate;
  readonly from_day: LegalDate;
  /** 0 before the bank's first word. */
  readonly version: number;
  readonly digest: string;
  /** How often the bank has given its word on the day, the same or another. */
  readonly asks: number;
  /** Null when the bank is not asked any more. */
  readonly next_ask_at: Instant | null;
}

/** A page as it came. */
export interface KeptPage {
  readonly page: DayPage;
  readonly heard: HeardBytes;
  readonly sha256: string;
  readonly keyId?: string;
}

/** The day of this bank's first order; undefined before it. */
export async function firstOrderDay(reader: Reader): Promise<LegalDate | undefined> {
  const row = await reader.one<{ taken_at: Instant }>('SELECT taken_at FROM orders ORDER BY seq LIMIT 1');
  return row && legalDateOf(row.taken_at);
}

export function findDay(reader: Reader, day: LegalDate): Promise<DayRow | undefined> {
  return reader.one<DayRow>('SELECT * FROM day_statements WHERE day = ?', [day]);
}

/** Writes what is known of a day; false when another process was faster, and the caller then changes nothing. */
export async function saveDay(tx: Tx, seen: DayRow | undefined, row: DayRow): Promise<boolean> {
  if (!seen) return tx.insertOnce('day_statements', row);
  const { version, digest, asks, next_ask_at } = row;
  return compareAndSet(
    tx,
    'day_statements',
    { version, digest, asks, next_ask_at },
    { day: row.day, version: seen.version, asks: seen.asks },
  );
}

/** The exact bytes, before anything follows from them (I11). */
export async function insertPages(tx: Tx, day: LegalDate, version: number, pages: readonly KeptPage[], at: Instant): Promise<void> {
  for (const { page, heard, sha256 } of pages) {
    await insert(tx, 'day_pages', {
      day,
      version,
      page: page.page,
      bytes: heard.bytes,
      content_type: heard.contentType,
      signature: heard.signature ?? null,
      sha256,
      at,
    });
  }
}
