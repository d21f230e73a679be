import type { GatesChanged } from '#contracts';
import type { BeforeSendingFacts } from '#orders';
import { compareAndSet, placeholders, type Row, type SqlValue, type Tx } from '#persistence';
import type { KnownOrder } from './order-vault.js';

interface CaseRow extends Row {
  readonly case_id: string;
  readonly status: 'open' | 'suspended' | 'closed';
  readonly hold: string | null;
  readonly at: number;
}

interface OfficerRow extends Row {
  readonly officer_id: string;
  readonly filed: number;
  readonly filed_from: string;
  readonly filed_to: string;
  readonly valid_to: string;
  readonly at: number;
}

/** Keeps the newest word; messages of different keys may overtake each other. */
export async function keepGates(tx: Tx, change: GatesChanged, at: number): Promise<void> {
  if (change.case) {
    const { id, status, hold } = change.case;
    await keepNewer(tx, 'gate_cases', { case_id: id }, { status, hold: hold ?? null, at });
  }
  if (change.officer) {
    const { id, filed, filedFrom, filedTo, validTo } = change.officer;
    const columns = { filed: filed ? 1 : 0, filed_from: filedFrom, filed_to: filedTo, valid_to: validTo, at };
    await keepNewer(tx, 'gate_officers', { officer_id: id }, columns);
  }
}

async function keepNewer(
  tx: Tx,
  table: 'gate_cases' | 'gate_officers',
  key: Readonly<Record<string, string>>,
  columns: Readonly<Record<string, SqlValue>> & { readonly at: number },
): Promise<void> {
  if (await tx.insertOnce(table, { ...key, ...columns })) return;
  const [[column, value]] = Object.entries(key) as [[string, string]];
  const kept = await tx.one<{ at: number }>(`SELECT at FROM ${table} WHERE ${column} = ?`, [value]);
  if (kept && kept.at <= columns.at) await compareAndSet(tx, table, columns, { ...key, at: kept.at });
}

/** What the gateway has told of the cases and officers of some orders. */
export interface GatesTold {
  readonly cases: ReadonlyMap<string, CaseRow>;
  readonly officers: ReadonlyMap<string, OfficerRow>;
}

export async function gatesOf(tx: Tx, orders: readonly KnownOrder[]): Promise<GatesTold> {
  const caseIds = [...new Set(orders.map(({ order }) => order.case.id))];
  const officerIds = [...new Set(orders.map(({ order }) => order.officer.id))];
  if (caseIds.length === 0) return { cases: new Map(), officers: new Map() };
  const cases = await tx.all<CaseRow>(`SELECT * FROM gate_cases WHERE case_id IN (${placeholders(caseIds.length)})`, caseIds);
  const officers = await tx.all<OfficerRow>(
    `SELECT * FROM gate_officers WHERE officer_id IN (${placeholders(officerIds.length)})`,
    officerIds,
  );
  return {
    cases: new Map(cases.map((row) => [row.case_id, row])),
    officers: new Map(officers.map((row) => [row.officer_id, row])),
  };
}

/**
 * What the gates before sending judge by: the order's own word of the moment of dispatch, and what the gateway has told since.
 * A word older than the dispatch is passed by: the order was released knowing better.
 */
export function factsBeforeSending({ cases, officers }: GatesTold, { row, order }: KnownOrder, now: number): BeforeSendingFacts {
  const sinceDispatch = <R extends { readonly at: number }>(told: R | undefined): R | undefined =>
    told && told.at >= row.dispatched_at ? told : undefined;
  const kase = sinceDispatch(cases.get(order.case.id));
  const officer = sinceDispatch(officers.get(order.officer.id));
  const ends = order.lines.map(({ to }) => to).filter((to) => to !== undefined);
  return {
    action: order.action,
    at: now,
    caseStatus: kase?.status ?? order.case.status,
    ...(kase?.hold == null ? {} : { hold: kase.hold }),
    officer: officer
      ? { filed: officer.filed === 1, filedFrom: officer.filed_from, filedTo: officer.filed_to, validTo: officer.valid_to }
      : { filed: true, filedTo: order.officer.filedTo, validTo: order.officer.validTo },
    ...(order.action === 'freeze' ? { freezeEnds: ends } : {}),
  };
}
