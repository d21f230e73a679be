import { encodeBody, decodeBody, type BankStated, type StatedItem, type StatedTotal } from '#contracts';
import { AppError, decimalsOf, type Instant, type LegalDate, type Minor, type MoneyJson } from '#kernel';
import type { DayEntry, DaySide, DayTotal } from '#orders';
import type { Reader, Row, Tx } from '#persistence';

interface PartRow extends Row {
  readonly body: string;
}

/** A word of a bank on a day of which every part has come. */
export interface CompleteWord extends Row {
  readonly day: LegalDate;
  readonly version: number;
  readonly from_day: LegalDate;
  readonly parts: number;
}

/** What a bank says of a day, put together. */
export interface BankWord extends DaySide {
  readonly version: number;
  readonly statementNo: string;
  readonly statedAt: string;
  /** SHA-256 of the exact bytes of each part, in their order, as the connector keeps them. */
  readonly digests: readonly string[];
  /** The bank's key that signed them. */
  readonly keyId?: string;
  /** The connector's fact about it. */
  readonly factLeafHash: string;
}

/** Parts of one statement that are put together. */
const PARTS_MAX = 1_000;
/** Days that one look for complete words goes over. */
const DAYS_MAX = 100;

/** Keeps a part; false when it is known, which then has no second effect (I4). */
export function insertPart(tx: Tx, part: BankStated, at: Instant): Promise<boolean> {
  return tx.insertOnce('bank_statements', {
    bank: part.bank,
    day: part.to,
    version: part.version,
    part: part.part,
    parts: part.parts,
    from_day: part.from,
    body: encodeBody('bank.stated.v1', part).toString('utf8'),
    at,
  });
}

/** The newest complete word of a bank on each day from one on. */
export async function completeWords(reader: Reader, bank: string, from: LegalDate): Promise<ReadonlyMap<LegalDate, CompleteWord>> {
  const rows = await reader.all<CompleteWord>(
    `SELECT day, version, from_day, parts FROM bank_statements WHERE bank = ? AND day >= ?
     GROUP BY day, version, from_day, parts HAVING COUNT(*) = parts ORDER BY day, version LIMIT ${DAYS_MAX * 10}`,
    [bank, from],
  );
  return new Map(rows.map((row) => [row.day, row]));
}

/** Puts a complete word together. @throws AppError `contract-broken` when its parts do not fit each other */
export async function readWord(reader: Reader, bank: string, { day, version, parts }: CompleteWord): Promise<BankWord> {
  const rows = await reader.all<PartRow>(
    `SELECT body FROM bank_statements WHERE bank = ? AND day = ? AND version = ? ORDER BY part LIMIT ${PARTS_MAX + 1}`,
    [bank, day, version],
  );
  const said = rows.map(({ body }) => decodeBody('bank.stated.v1', Buffer.from(body, 'utf8')));
  const [first] = said;
  if (!first || said.length !== parts || said.some(({ statementNo }) => statementNo !== first.statementNo)) {
    throw new AppError('contract-broken', `the parts of ${bank}'s statement of ${day} do not belong together`, { level: 'error' });
  }
  const { statementNo, statedAt, totals, references, original, factLeafHash } = first;
  return {
    version,
    statementNo,
    statedAt,
    digests: said.map((part) => part.original.digest),
    ...(original.keyId === undefined ? {} : { keyId: original.keyId }),
    factLeafHash,
    totals: totals.map(totalOf),
    ...(references ? { entries: said.flatMap(({ items }) => items.map(entryOf)) } : {}),
  };
}

function totalOf({ action, state, count, sums }: StatedTotal): DayTotal {
  return { action, state, count, sums: sums.map((sum) => ({ currency: sum.currency, minor: minorOf(sum) })) };
}

function entryOf({ orderNumber, seq, action, state, amount }: StatedItem): DayEntry {
  const sum = amount && { currency: amount.currency, minor: minorOf(amount) };
  return { orderNumber, seq, action, state, ...(sum ? { sum } : {}) };
}

/** A day's sums may be above what one message to a bank can carry, so they have no largest value here. */
function minorOf({ amount, currency }: MoneyJson): Minor {
  const [whole = '', fraction = ''] = amount.split('.');
  if (fraction.length !== decimalsOf(currency)) throw new AppError('contract-broken', `${amount} is no amount of ${currency}`);
  return BigInt(whole + fraction);
}
