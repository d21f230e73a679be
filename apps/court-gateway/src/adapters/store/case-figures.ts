import { caseFigures, OPEN_LINE_STATUSES, type CaseFigures, type MeasureMoney, type MeasureStatus } from '#orders';
import { placeholders, type Reader, type Row } from '#persistence';
import { caseMoneyOf, type CaseRow } from './case-rows.js';

interface MeasureSums extends Row {
  readonly case_id: string;
  readonly status: MeasureStatus;
  readonly limit_amount: number;
  readonly covered: number;
}

interface OpenFreeze extends Row {
  readonly case_id: string;
  readonly amount: number | null;
}

/** All sums of a case (I7). Inside a transaction call it after `lockCase`; outside it shows what is committed. */
export async function figuresOfCase(reader: Reader, row: CaseRow): Promise<CaseFigures> {
  const [figures] = await figuresOfCases(reader, [row]);
  return figures ?? caseFigures(caseMoneyOf(row), [], []);
}

/** The sums of several cases, in their order, with two queries. */
export async function figuresOfCases(reader: Reader, rows: readonly CaseRow[]): Promise<readonly CaseFigures[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const measures = await reader.all<MeasureSums>(
    `SELECT case_id, status, limit_amount, covered FROM measures WHERE case_id IN (${placeholders(ids.length)})`,
    ids,
  );
  const open = await reader.all<OpenFreeze>(
    `SELECT case_id, amount FROM order_lines
     WHERE case_id IN (${placeholders(ids.length)}) AND action = 'freeze' AND status IN (${placeholders(OPEN_LINE_STATUSES.length)})`,
    [...ids, ...OPEN_LINE_STATUSES],
  );
  const measuresOf = groupByCase(measures);
  const openOf = groupByCase(open);
  return rows.map((row) => {
    const freezes = (openOf.get(row.id) ?? []).map(({ amount }) => BigInt(amount ?? 0));
    return caseFigures(caseMoneyOf(row), (measuresOf.get(row.id) ?? []).map(measureMoney), freezes);
  });
}

function measureMoney(row: MeasureSums): MeasureMoney {
  return { status: row.status, limit: BigInt(row.limit_amount), covered: BigInt(row.covered) };
}

export function groupByCase<R extends { readonly case_id: string }>(rows: readonly R[]): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const group = groups.get(row.case_id);
    if (group) group.push(row);
    else groups.set(row.case_id, [row]);
  }
  return groups;
}
