import { Inject, Injectable } from '@nestjs/common';
import { assertMay, may, type Principal } from '#access';
import { encodeBody, ordersTopic } from '#contracts';
import { AppError, formatAmount, legalDateOf, newId, parseAmount } from '#kernel';
import { enqueue, FactRecorder } from '#messaging';
import { orderStatusOf, type ControlAnswerLine } from '#orders';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { loadCase, lockCase, notFound } from '../../adapters/store/case-rows.js';
import { findOrder, linesOfOrder, type LineRow, type OrderRow } from '../../adapters/store/order-rows.js';
import {
  decideResolution,
  openResolution,
  putResolution,
  resolutionsOf,
  type ResolutionOutcome,
  type ResolutionRow,
} from '../../adapters/store/resolution-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { MONEY_WATCH, type MoneyWatch } from '../money-watch.js';
import { AnswerTasks } from '../record-answer/answer-tasks.js';
import { ControlEffects } from '../record-answer/control-effects.js';
import { NoticeEffects } from '../record-notice/notice-effects.js';
import { happened, type Scene } from '../scene.js';
import { SettleOrder, type OrderColumns } from '../settle-order/settle-order.js';

/** What a person found out about an undetermined line, with the evidence for it. */
export interface Finding {
  readonly seq: number;
  readonly outcome: ResolutionOutcome;
  /** Decimal string: what is really controlled, released to, or moved; left out, the whole that was asked. */
  readonly amount?: string;
  readonly evidence: string;
  readonly reason: string;
}

export interface ResolutionDecision {
  readonly decision: 'approve' | 'reject';
  /** Left out: all findings of the order that await approval. */
  readonly seq?: number;
  readonly reason?: string;
}

export interface PreparedResolution {
  readonly caseId: string;
  readonly caseKey: DataKey;
  readonly orderNumber: string;
}

@Injectable()
export class ResolutionPorts {
  constructor(
    @Inject(PARTS) readonly parts: GatewayParts,
    @Inject(Vault) readonly vault: Vault,
    @Inject(FactRecorder) readonly facts: FactRecorder,
    @Inject(MONEY_WATCH) readonly watch: MoneyWatch,
    @Inject(SettleOrder) readonly settle: SettleOrder,
  ) {}
}

/**
 * The way out of `undetermined` (I5, I6): one person says what happened at the bank and on what evidence, another approves, and the
 * outcome goes the same way as a bank's answer. The connector hears of it, so that the lane goes on.
 */
@Injectable()
export class ResolveOrder {
  constructor(
    @Inject(ResolutionPorts) private readonly ports: ResolutionPorts,
    @Inject(ControlEffects) private readonly control: ControlEffects,
    @Inject(AnswerTasks) private readonly tasks: AnswerTasks,
    @Inject(NoticeEffects) private readonly notices: NoticeEffects,
  ) {}

  /** @throws AppError `not-found` */
  async prepare(principal: Principal, orderNumber: string): Promise<PreparedResolution> {
    const { order, courtCode } = await this.orderFor(orderNumber);
    assertMay(principal, 'order.resolve', { courtCode });
    return { caseId: order.case_id, caseKey: await this.ports.vault.keyOf(order.case_id), orderNumber };
  }

  /** Whether he may decide is judged in `decide`, on the findings as they are then. @throws AppError `not-found` for another court's */
  async prepareDecision(principal: Principal, orderNumber: string): Promise<PreparedResolution> {
    const { order, courtCode } = await this.orderFor(orderNumber);
    const nobodys = { courtCode, requestedBy: '', approvedBy: [], rolesNeeded: [] };
    if (may(principal, 'order.resolution.approve', nobodys).kind === 'hidden') throw notFound();
    return { caseId: order.case_id, caseKey: await this.ports.vault.keyOf(order.case_id), orderNumber };
  }

  /** @throws AppError `wrong-state` for a line that is not undetermined, `invalid` */
  async propose(tx: Tx, { caseId, caseKey, orderNumber }: PreparedResolution, finding: Finding, by: Principal): Promise<ResolutionRow> {
    const { order, line, scene } = await this.lineFor(tx, caseId, caseKey, orderNumber, finding.seq, by);
    const amount = amountOf(order, line, finding);
    const former = (await resolutionsOf(tx, orderNumber)).find(({ seq }) => seq === finding.seq);
    if (former?.status === 'awaiting') throw new AppError('wrong-state', '该行已有处理结论在等待复核');
    const { vault, parts, facts } = this.ports;
    await putResolution(
      tx,
      vault,
      caseKey,
      { order_number: orderNumber, seq: finding.seq, outcome: finding.outcome, amount, by_user: by.userId, at: parts.clock.now() },
      { evidence: finding.evidence, reason: finding.reason },
      former,
    );
    happened(scene, 'order.resolution-proposed', `order:${orderNumber}`, {
      orderNumber,
      seq: finding.seq,
      outcome: finding.outcome,
      amount: amount === null ? undefined : formatAmount(amount, line.currency),
      evidence: finding.evidence,
      reason: finding.reason,
    });
    facts.note(tx, scene.facts);
    return this.rowOf(tx, orderNumber, finding.seq);
  }

  /** @throws AppError `own-approval`, `forbidden`, `wrong-state` */
  async decide(
    tx: Tx,
    prepared: PreparedResolution,
    { decision, seq, reason }: ResolutionDecision,
    by: Principal,
  ): Promise<readonly ResolutionRow[]> {
    const { caseId, caseKey, orderNumber } = prepared;
    const row = await lockCase(tx, caseId);
    const awaiting = (await resolutionsOf(tx, orderNumber)).filter(
      (one) => one.status === 'awaiting' && (seq === undefined || one.seq === seq),
    );
    const { parts, facts, watch } = this.ports;
    const rolesNeeded = parts.policy.approvals.resolution;
    for (const one of awaiting) {
      assertMay(by, 'order.resolution.approve', { courtCode: row.court_code, requestedBy: one.by_user, approvedBy: [], rolesNeeded });
    }
    if (awaiting.length === 0) throw new AppError('wrong-state', '没有等待复核的处理结论');
    const order = await findOrder(tx, orderNumber);
    if (!order) throw notFound();
    const scene: Scene = { case: row, caseKey, actor: by.userId, requestId: order.request_id, orderNumber, facts: [] };
    for (const one of awaiting) {
      await decideResolution(tx, one, decision === 'approve' ? 'approved' : 'rejected', by.userId, parts.clock.now());
      const content = { orderNumber, seq: one.seq, outcome: one.outcome, proposedBy: one.by_user, reason };
      happened(scene, decision === 'approve' ? 'order.resolved' : 'order.resolution-rejected', `order:${orderNumber}`, content);
    }
    if (decision === 'approve') await this.apply(tx, scene, order, awaiting);
    if (decision === 'approve' && order.action !== 'inquire') await watch.moneyChanged(tx, caseId, caseKey);
    facts.note(tx, scene.facts);
    return (await resolutionsOf(tx, orderNumber)).filter((one) => awaiting.some((was) => was.seq === one.seq));
  }

  private async apply(tx: Tx, scene: Scene, order: OrderRow, resolved: readonly ResolutionRow[]): Promise<void> {
    const lines = new Map((await linesOfOrder(tx, order.order_number)).map((line) => [line.seq, line]));
    for (const one of resolved) {
      const line = lines.get(one.seq);
      if (line?.status !== 'undetermined' || one.outcome === 'send-again') continue;
      const { reason } = openResolution(this.ports.vault, scene.caseKey, one);
      if (one.outcome === 'refused' || line.action === 'inquire') {
        lines.set(one.seq, await this.control.refuse(tx, scene, line, RESOLVED_CODE, reason, this.ports.parts.clock.now()));
        continue;
      }
      const answer = this.answerOf(line, one, reason);
      const applied = await this.control.apply(tx, scene, order, line, { answer, reasonCode: RESOLVED_CODE, currencies: [] });
      lines.set(one.seq, applied.line);
      // The bank may have spoken of the measure or the money while nobody knew of them.
      await this.notices.applyWaiting(tx, scene, order.order_number, one.seq);
    }
    const sendAgain = resolved.some(({ outcome }) => outcome === 'send-again');
    const written = [...lines.values()];
    const to = orderStatusOf(written.map(({ status }) => status));
    const answered: OrderColumns = to === 'answered' ? { answered_at: this.ports.parts.clock.now() } : {};
    // What is sent again stays undetermined until the bank answers; the persons have done their part.
    if (sendAgain) await this.tasks.settle(tx, ['undetermined'], order.order_number);
    else await this.ports.settle.move(tx, scene, order, to, written, answered);
    if (sendAgain || to !== 'undetermined') this.tellConnector(tx, order, sendAgain, resolved);
  }

  /** What two persons found out, as if the bank had answered it. */
  private answerOf(line: LineRow, { outcome, amount }: ResolutionRow, reason: string): ControlAnswerLine {
    const at = this.ports.parts.clock.now();
    const sum = BigInt(amount ?? line.amount ?? 0);
    const status = outcome === 'executed' ? ('executed' as const) : ('partly-executed' as const);
    const base = { seq: line.seq, status, reason, asOf: at };
    switch (line.action) {
      case 'freeze':
        return { ...base, limit: BigInt(line.amount ?? 0), covered: sum };
      case 'renew':
        return { ...base, ...(line.to_date === null ? {} : { to: line.to_date }) };
      case 'release':
        return { ...base, limit: BigInt(amount ?? line.new_limit ?? 0) };
      case 'deduct':
      case 'inquire': {
        const moved = {
          principal: sum,
          serial: `${line.order_number}/${line.seq}`,
          valueDate: legalDateOf(at),
          channel: 'resolution',
          state: 'sent',
        };
        return { ...base, moved };
      }
    }
  }

  private tellConnector(tx: Tx, order: OrderRow, sendAgain: boolean, resolved: readonly ResolutionRow[]): void {
    const { parts } = this.ports;
    const type = 'order.resolved.v1';
    // What the persons wrote stays here, under the case's key; this message travels in clear and rests on a broker.
    const evidence = `法院处置记录 ${resolved.map(({ order_number, seq }) => `${order_number}/${seq}`).join('；')}`;
    enqueue(tx, {
      id: newId(parts.clock, parts.entropy),
      topic: ordersTopic(order.bank),
      key: order.lane_id ?? order.order_number,
      type,
      at: parts.clock.now(),
      headers: {},
      body: encodeBody(type, {
        orderNumber: order.order_number,
        outcome: sendAgain ? 'send-again' : 'settled',
        evidence: evidence.slice(0, EVIDENCE_CHARS_MAX),
      }),
    });
  }

  private async lineFor(tx: Tx, caseId: string, caseKey: DataKey, orderNumber: string, seq: number, by: Principal) {
    const row = await lockCase(tx, caseId);
    const order = await findOrder(tx, orderNumber);
    const line = (await linesOfOrder(tx, orderNumber)).find((one) => one.seq === seq);
    if (!order || !line) throw notFound();
    if (order.status !== 'undetermined' || line.status !== 'undetermined') throw new AppError('wrong-state', '该行没有待查明的结果');
    const scene: Scene = { case: row, caseKey, actor: by.userId, requestId: order.request_id, orderNumber, facts: [] };
    return { order, line, scene };
  }

  private async orderFor(orderNumber: string): Promise<{ order: OrderRow; courtCode: string }> {
    const { reader } = this.ports.parts.database;
    const order = await findOrder(reader, orderNumber);
    if (!order) throw notFound();
    return { order, courtCode: (await loadCase(reader, order.case_id)).court_code };
  }

  private async rowOf(tx: Tx, orderNumber: string, seq: number): Promise<ResolutionRow> {
    const row = (await resolutionsOf(tx, orderNumber)).find((one) => one.seq === seq);
    if (!row) throw notFound();
    return row;
  }
}

/** The line's reason code where persons and not the bank have said how it ended. */
const RESOLVED_CODE = 'RESOLVED';
const EVIDENCE_CHARS_MAX = 1_000;

/** @throws AppError `invalid` for an amount that the outcome does not take, or that is more than was asked */
function amountOf(order: OrderRow, line: LineRow, { outcome, amount: text }: Finding): bigint | null {
  const fault = (pointer: string, detail: string) => new AppError('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
  if (order.action === 'inquire' && (outcome === 'executed' || outcome === 'partly-executed')) {
    throw fault('/outcome', '查询没有反馈就没有结果，只能登记为 refused 或 send-again');
  }
  if (text === undefined) {
    if (outcome === 'partly-executed') throw fault('/amount', '部分执行须填金额');
    return null;
  }
  if (outcome === 'refused' || outcome === 'send-again' || order.action === 'renew') throw fault('/amount', '该结论不填金额');
  const amount = parseAmount(text, line.currency);
  if (order.action !== 'release' && amount > BigInt(line.amount ?? 0)) throw fault('/amount', '不得超过请求的金额');
  return amount;
}
