import type { GatesChanged, OrderDispatched } from '#contracts';
import type { BeforeSendingFacts } from '#orders';
import { compareAndSet, type Row, type SqlValue, type Tx } from '#persistence';

interface CaseRow extends Row {
  readonly status: 'open' | 'suspended' | 'closed';
  readonly hold: string | null;
  readonly at: number;
}

interface OfficerRow extends Row {
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

/**
 * What the gates before sending judge by: the order's own word of the moment of dispatch, and what the gateway has told since.
 * A word older than the dispatch is passed by: the order was released knowing better.
 */
export async function factsBeforeSending(tx: Tx, order: OrderDispatched, dispatchedAt: number, now: number): Promise<BeforeSendingFacts> {
  const kase = await tx.one<CaseRow>('SELECT status, hold, at FROM gate_cases WHERE case_id = ? AND at >= ?', [
    order.case.id,
    dispatchedAt,
  ]);
  const officer = await tx.one<OfficerRow>(
    'SELECT filed, filed_from, filed_to, valid_to, at FROM gate_officers WHERE officer_id = ? AND at >= ?',
    [order.officer.id, dispatchedAt],
  );
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
