import type { Principal } from '#access';
import { AppError, failPoint, instantText } from '#kernel';
import type { Tx } from '#persistence';
import type { ReceiptRef } from '#contracts';
import { changeDeskOrder, receiptsOf, type DeskStatus } from '../../adapters/store/desk-rows.js';
import { findOrder, type Standing } from '../../adapters/store/order-rows.js';
import { wrongState } from '../answer-at-desk/answer-at-desk.js';
import { openDraft, receiptView } from '../read-desk/desk-views.js';
import type { DeskOrder, Desks } from '../read-desk/desks.js';
import { RecordAnswer, type PreparedAnswer } from '../record-answer/record-answer.js';

export interface Review {
  readonly decision: 'approve' | 'reject';
  readonly reason?: string;
}

export interface ReviewWork {
  readonly found: DeskOrder;
  readonly review: Review;
  /** Only when approved. */
  readonly answer: PreparedAnswer | undefined;
}

/** The second clerk's part: approved, what was typed becomes the bank's word and goes to the court; rejected, it goes back to the first. */
export class ReviewAtDesk {
  constructor(private readonly desks: Desks) {}

  /** @throws AppError `not-found`, `forbidden`, `own-approval`, `wrong-state`, `invalid` when a rejection gives no reason */
  async prepare(principal: Principal, orderNumber: string, review: Review): Promise<ReviewWork> {
    const found = await this.desks.orderToReview(principal, orderNumber);
    if (found.seen.status !== 'in-review') throw wrongState('该请求单没有待复核的反馈');
    return { found, review, answer: review.decision === 'approve' ? await this.answer(found, principal) : undefined };
  }

  /** Awaits nothing but its Tx. */
  async store(tx: Tx, principal: Principal, work: ReviewWork): Promise<{ orderNumber: string; status: string }> {
    const { found, review, answer } = work;
    const { desk, known, seen } = found;
    const { announce, clock } = desk.context;
    if (answer) {
      const fate = await new RecordAnswer(desk.context).commit(tx, answer);
      if (fate !== 'published') throw wrongState('该请求单已由他人处理，请刷新后再试');
    }
    const status = answer ? await this.statusAfter(tx, seen.order_number) : 'received';
    const by = { reviewed_by: principal.userId, reviewed_name: principal.username, reviewed_at: clock.now() };
    const change = { ...by, status, draft_sealed: null, rejected_sealed: answer ? null : this.rejection(found, review) };
    if (!(await changeDeskOrder(tx, seen, change))) throw wrongState('该请求单已由他人处理，请刷新后再试');
    const content = { decision: review.decision, ...(review.reason === undefined ? {} : { reason: review.reason }) };
    await announce.fact(tx, known, 'desk.reviewed', content, principal.userId);
    failPoint('desk.review-before-commit');
    tx.afterCommit(() => failPoint('desk.review-after-commit'));
    return { orderNumber: seen.order_number, status };
  }

  private async answer(found: DeskOrder, principal: Principal): Promise<PreparedAnswer> {
    const { desk, known, seen } = found;
    const { context, connector } = desk;
    const content = openDraft(context.vault, known, seen);
    if (!content) throw new AppError('invariant-broken', 'an answer in review has no draft', { level: 'error' });
    const answeredAt = instantText(context.clock.now());
    const receivedAt = instantText(seen.received_at);
    const people = { answeredBy: seen.answered_name ?? '', reviewedBy: principal.username };
    const bytes = connector.writeWord({ orderNumber: seen.order_number, receivedAt, answeredAt, ...people, content });
    const prepared = await new RecordAnswer(context).prepare({
      known,
      heard: { bytes, contentType: 'application/json', signature: undefined },
      worth: { signature: 'absent' },
      reading: { kind: 'answer', orderNumber: seen.order_number, answeredAt, receivedAt, content },
      receipts: await this.receipts(found),
      actor: seen.answered_by ?? principal.userId,
    });
    if (!prepared) throw wrongState('该反馈已经送出');
    return prepared;
  }

  private async receipts({ desk, known, seen }: DeskOrder): Promise<readonly ReceiptRef[]> {
    const rows = await receiptsOf(desk.context.database.reader, seen.order_number);
    return rows.map((row) => ({
      digest: row.digest,
      sha256: row.sha256,
      size: row.size,
      name: receiptView(desk.context.vault, known, row).name,
    }));
  }

  private rejection({ desk, known, seen }: DeskOrder, review: Review): Buffer {
    const at = instantText(desk.context.clock.now());
    return desk.context.vault.sealJson(known.key, 'desk_orders', 'rejected_sealed', seen.order_number, { reason: review.reason ?? '', at });
  }

  /** Lines in progress bring the order back to the first clerk, who says more when he knows more. */
  private async statusAfter(tx: Tx, orderNumber: string): Promise<DeskStatus> {
    const row = await findOrder(tx, orderNumber);
    return STATUS_AFTER[row?.standing ?? 'open'] ?? 'received';
  }
}

const STATUS_AFTER: Readonly<Partial<Record<Standing, DeskStatus>>> = {
  answered: 'answered',
  'rolled-back': 'rolled-back',
  'in-progress': 'received',
  parked: 'undetermined',
};
