import { AppError } from '#kernel';
import { isLiveMeasure, type MeasureStatus } from '#orders';
import type { Row, Tx } from '#persistence';
import type { CaseRow } from '../../adapters/store/case-rows.js';
import { openLines } from '../close-case/close-case.js';

interface Counted extends Row {
  readonly n: number;
}

/**
 * A case may be erased when it is closed and nothing of it can still happen: no measure lives (a 终本 keeps them), no order is without a last word,
 * no money is on its way, and nobody has anything left to do. Call it under the case's lock.
 * @throws AppError `wrong-state`, `live-measures`, `open-orders`
 */
export async function nothingMustLive(tx: Tx, row: CaseRow): Promise<void> {
  if (row.status !== 'closed') throw new AppError('wrong-state', '案件尚未结案，不能销毁');
  const measures = await tx.all<Row & { id: string; status: MeasureStatus }>('SELECT id, status FROM measures WHERE case_id = ?', [row.id]);
  const live = measures.filter(({ status }) => isLiveMeasure(status));
  if (live.length > 0) {
    throw new AppError('live-measures', `尚有${live.length}项冻结未解除`, { extra: { measureIds: live.map(({ id }) => id) } });
  }
  const lines = await openLines(tx, row.id);
  const paymentsOnTheWay = await count(tx, "SELECT COUNT(*) AS n FROM payments WHERE case_id = ? AND state = 'sent'", row.id);
  const openTasks = await count(tx, "SELECT COUNT(*) AS n FROM tasks WHERE case_id = ? AND state = 'open'", row.id);
  if (lines + paymentsOnTheWay + openTasks > 0) {
    throw new AppError('open-orders', `尚有${lines}个未办结的请求事项、${paymentsOnTheWay}笔未到账的执行款、${openTasks}项待办`, {
      extra: { openLines: lines, paymentsOnTheWay, openTasks },
    });
  }
}

async function count(tx: Tx, sql: string, caseId: string): Promise<number> {
  return Number((await tx.one<Counted>(sql, [caseId]))?.n ?? 0);
}
