import type { Principal } from '#access';
import type { TypedAnswer } from '#connector-sdk';
import { AppError, failPoint } from '#kernel';
import type { Tx } from '#persistence';
import { settledUnits } from '../../adapters/store/answer-rows.js';
import { changeDeskOrder } from '../../adapters/store/desk-rows.js';
import type { DeskOrder, Desks } from '../read-desk/desks.js';
import { isOver } from '../record-answer/settle-lines.js';

export interface TypedWork {
  readonly found: DeskOrder;
  readonly content: TypedAnswer;
}

/** The first clerk's part: what he typed is read strictly and kept sealed until a second clerk has looked at it. Nothing goes out yet. */
export class AnswerAtDesk {
  constructor(private readonly desks: Desks) {}

  /** @throws AppError `not-found`, `forbidden`, `wrong-state`, `invalid` with a pointer to each wrong member */
  async prepareAnswer(principal: Principal, orderNumber: string, typed: unknown): Promise<TypedWork> {
    const found = await this.desks.order(principal, 'desk.answer', orderNumber);
    assertWaiting(found);
    const { connector, context } = found.desk;
    const over = new Set((await settledUnits(context.database.reader, orderNumber)).filter(isOver).map(({ seq }) => seq));
    const open = new Set(found.known.order.lines.map(({ seq }) => seq).filter((seq) => !over.has(seq)));
    return { found, content: connector.readAnswer(typed, found.known.order, open) };
  }

  /** A whole order goes back, so nothing of it may have been answered before. */
  async prepareRollback(principal: Principal, orderNumber: string, typed: unknown): Promise<TypedWork> {
    const found = await this.desks.order(principal, 'desk.rollback', orderNumber);
    assertWaiting(found);
    const { connector, context } = found.desk;
    if ((await settledUnits(context.database.reader, orderNumber)).length > 0) throw wrongState('已有反馈的请求单不能回退');
    return { found, content: connector.readRollback(typed) };
  }

  /** Awaits nothing but its Tx. */
  async store(tx: Tx, principal: Principal, { found, content }: TypedWork): Promise<{ orderNumber: string; status: string }> {
    const { desk, known, seen } = found;
    const { vault, clock, announce } = desk.context;
    const orderNumber = seen.order_number;
    const change = {
      status: 'in-review',
      draft_sealed: vault.sealJson(known.key, 'desk_orders', 'draft_sealed', orderNumber, content),
      answered_by: principal.userId,
      answered_name: principal.username,
      answered_at: clock.now(),
      reviewed_by: null,
      reviewed_name: null,
      reviewed_at: null,
    };
    if (!(await changeDeskOrder(tx, seen, change))) throw wrongState('该请求单已由他人处理，请刷新后再试');
    const kind = 'rollback' in content ? { rollback: content.rollback.code } : outline(content);
    await announce.fact(tx, known, 'desk.answered', kind, principal.userId);
    failPoint('desk.answer-before-commit');
    tx.afterCommit(() => failPoint('desk.answer-after-commit'));
    return { orderNumber, status: 'in-review' };
  }
}

function outline(content: Exclude<TypedAnswer, { rollback: unknown }>) {
  if ('inquiry' in content) return { result: content.inquiry.result, holdings: content.inquiry.holdings.length };
  return { lines: content.control.lines.map(({ seq, status }) => ({ seq, status })) };
}

function assertWaiting({ seen }: DeskOrder): void {
  if (seen.status !== 'received') throw wrongState(seen.status === 'in-review' ? '该请求单已录入，正待复核' : '该请求单已办结');
}

export function wrongState(detail: string): AppError {
  return new AppError('wrong-state', detail);
}
