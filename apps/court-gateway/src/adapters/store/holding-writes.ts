import { invariant, type Instant } from '#kernel';
import { changeLater, compareAndSetOrStale, insertLater, type Reader, type Row, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { TransactionLine } from '#contracts';
import type { Vault } from '../../vault.js';
import { sealHolding, type HoldingRow, type SealedHolding } from './holdings-reading.js';

/** Whose accounts an inquiry has asked about. */
export interface HoldingPlace {
  readonly caseId: string;
  readonly debtorId: string;
  readonly bank: string;
  readonly legalPerson: string;
}

/** What the bank says of one account or asset now. */
export interface StatedHolding {
  readonly accountIndex: string;
  readonly clear: SealedHolding;
  readonly kind: string;
  readonly currency: string;
  readonly state: string;
  readonly balance: bigint;
  readonly available: bigint;
  readonly restriction?: { readonly code: string; readonly reserve?: bigint };
}

export interface Inquired {
  readonly orderNumber: string;
  readonly asOf: Instant;
}

export function findHolding(reader: Reader, holdingId: string): Promise<HoldingRow | undefined> {
  return reader.one<HoldingRow>('SELECT * FROM holdings WHERE id = ?', [holdingId]);
}

/** What is known of a debtor at one legal-person bank in one case, by account. */
export async function knownHoldings(reader: Reader, place: HoldingPlace): Promise<ReadonlyMap<string, HoldingRow>> {
  const rows = await reader.all<HoldingRow>(
    'SELECT * FROM holdings WHERE case_id = ? AND debtor_id = ? AND bank = ? AND legal_person = ?',
    [place.caseId, place.debtorId, place.bank, place.legalPerson],
  );
  return new Map(rows.map((row) => [row.account_index, row]));
}

/** As `knownHoldings`, for several places at once, by `placeText`; a place of which nothing is known has an empty map. */
export async function knownHoldingsAt(
  reader: Reader,
  places: readonly HoldingPlace[],
): Promise<Map<string, ReadonlyMap<string, HoldingRow>>> {
  const found = new Map(places.map((place) => [placeText(place), new Map<string, HoldingRow>()]));
  if (found.size === 0) return found;
  const where = new Array(places.length).fill('(case_id = ? AND debtor_id = ? AND bank = ? AND legal_person = ?)').join(' OR ');
  const rows = await reader.all<HoldingRow>(
    `SELECT * FROM holdings WHERE ${where}`,
    places.flatMap(({ caseId, debtorId, bank, legalPerson }) => [caseId, debtorId, bank, legalPerson]),
  );
  for (const row of rows) {
    const place = { caseId: row.case_id, debtorId: row.debtor_id, bank: row.bank, legalPerson: row.legal_person };
    found.get(placeText(place))?.set(row.account_index, row);
  }
  return found;
}

export function placeText({ caseId, debtorId, bank, legalPerson }: HoldingPlace): string {
  return `${caseId}|${debtorId}|${bank}|${legalPerson}`;
}

function columnsOf(stated: StatedHolding, inquired: Inquired) {
  return {
    kind: stated.kind,
    currency: stated.currency,
    state: stated.state,
    balance: stated.balance,
    available: stated.available,
    restriction_code: stated.restriction?.code ?? null,
    restriction_reserve: stated.restriction?.reserve ?? null,
    order_number: inquired.orderNumber,
    as_of: inquired.asOf,
  };
}

/** Writes what an inquiry's answer says down: new accounts as new rows, known ones over their row unless that is newer (I16). */
export function saveHoldings(
  tx: Tx,
  vault: Vault,
  caseKey: DataKey,
  place: HoldingPlace,
  inquired: Inquired,
  holdings: readonly { readonly id: string; readonly stated: StatedHolding; readonly known: HoldingRow | undefined }[],
): void {
  const fresh = holdings.filter(({ known }) => known === undefined);
  insertLater(
    tx,
    'holdings',
    fresh.map(({ id, stated }) => ({
      id,
      version: 1,
      case_id: place.caseId,
      debtor_id: place.debtorId,
      bank: place.bank,
      legal_person: place.legalPerson,
      account_index: stated.accountIndex,
      sealed: sealHolding(vault, caseKey, id, stated.clear),
      ...columnsOf(stated, inquired),
    })),
  );
  for (const { id, stated, known } of holdings) {
    if (known === undefined || known.as_of > inquired.asOf) continue;
    changeLater(tx, 'holdings', {
      change: { ...columnsOf(stated, inquired), sealed: sealHolding(vault, caseKey, id, stated.clear), version: known.version + 1 },
      key: { id },
      guard: { version: known.version },
    });
  }
}

/** Newer figures of an account from a control answer or a notice (I16); older ones change nothing. */
export async function restateBalance(
  tx: Tx,
  holdingId: string,
  figures: { readonly balance?: bigint; readonly available?: bigint; readonly asOf: Instant },
): Promise<void> {
  const { balance, available, asOf } = figures;
  if (balance === undefined && available === undefined) return;
  const row = await findHolding(tx, holdingId);
  invariant(row, 'a measure or line names a holding that is there');
  if (row.as_of > asOf) return;
  await compareAndSetOrStale(
    tx,
    'holdings',
    {
      ...(balance === undefined ? {} : { balance }),
      ...(available === undefined ? {} : { available }),
      as_of: asOf,
      version: row.version + 1,
    },
    { id: holdingId, version: row.version },
  );
}

interface TransactionsRow extends Row {
  readonly holding_id: string;
  readonly order_number: string;
  readonly as_of: Instant;
  readonly sealed: Buffer;
}

function transactionsPlace(holdingId: string, orderNumber: string): string {
  return `${holdingId}/${orderNumber}`;
}

export function insertTransactions(
  tx: Tx,
  vault: Vault,
  caseKey: DataKey,
  holdingId: string,
  inquired: Inquired,
  lines: readonly TransactionLine[],
): void {
  const sealed = vault.seal(caseKey, 'holding_transactions', 'sealed', transactionsPlace(holdingId, inquired.orderNumber), lines);
  insertLater(tx, 'holding_transactions', [{ holding_id: holdingId, order_number: inquired.orderNumber, as_of: inquired.asOf, sealed }]);
}

/** All that inquiries have brought of an account's transactions, newest answer first. */
export async function transactionsOf(
  reader: Reader,
  vault: Vault,
  caseKey: DataKey,
  holdingId: string,
): Promise<readonly { readonly orderNumber: string; readonly asOf: Instant; readonly lines: readonly TransactionLine[] }[]> {
  const rows = await reader.all<TransactionsRow>(
    'SELECT holding_id, order_number, as_of, sealed FROM holding_transactions WHERE holding_id = ? ORDER BY as_of DESC, order_number DESC',
    [holdingId],
  );
  return rows.map((row) => ({
    orderNumber: row.order_number,
    asOf: row.as_of,
    lines: vault.open<TransactionLine[]>(
      caseKey,
      'holding_transactions',
      'sealed',
      transactionsPlace(row.holding_id, row.order_number),
      row.sealed,
    ),
  }));
}
