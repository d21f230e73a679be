import { caseFigures, OPEN_LINE_STATUSES, type CaseFigures, type MeasureMoney, type MeasureStatus } from '#orders';
import { placeholders, type Reader, type Row } from '#persistence';
import { caseMoneyOf, type CaseRow } from './case-rows.js';

interface MeasureSums extends Row {
  readonly status: MeasureStatus;
  readonly limit_amount: number;
  readonly covered: number;
}

/** All sums of a case (I7). Inside a transaction call it after `lockCase`; outside it shows what is committed. */
export async function figuresOfCase(reader: Reader, row: CaseRow): Promise<CaseFigures> {
  const measures = await reader.all<MeasureSums>('SELECT status, limit_amount, covered FROM measures WHERE case_id = ?', [row.id]);
  const open = await reader.all<{ amount: number | null }>(
    `SELECT amount FROM order_lines WHERE case_id = ? AND action = 'freeze' AND status IN (${placeholders(OPEN_LINE_STATUSES.length)})`,
    [row.id, ...OPEN_LINE_STATUSES],
  );
  return caseFigures(
    caseMoneyOf(row),
    measures.map(measureMoney),
    open.map(({ amount }) => BigInt(amount ?? 0)),
  );
}

function measureMoney(row: MeasureSums): MeasureMoney {
  return { status: row.status, limit: BigInt(row.limit_amount), covered: BigInt(row.covered) };
}
