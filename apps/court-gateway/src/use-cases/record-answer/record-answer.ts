import { Inject, Injectable } from '@nestjs/common';
import type { OrderAnswered } from '#contracts';
import { invariant, newId, type Instant } from '#kernel';
import { FactRecorder } from '#messaging';
import { isFinal, isOpenLine, ORDER_LIFE, orderStatusOf, type OrderStatus } from '#orders';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { insertAnswer, insertReceipts, wasAnsweredBefore } from '../../adapters/store/answer-rows.js';
import { loadCase, lockCase } from '../../adapters/store/case-rows.js';
import { sealOutcome, type LineRow, type OrderRow } from '../../adapters/store/order-rows.js';
import { OrdersInHand } from '../../adapters/store/orders-in-hand.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { MONEY_WATCH, type MoneyWatch } from '../money-watch.js';
import { NoticeEffects } from '../record-notice/notice-effects.js';
import { ResolutionWatch } from '../resolve-order/resolution-watch.js';
import { bankActor, happened, type Scene } from '../scene.js';
import { SettleOrder, type OrderColumns } from '../settle-order/settle-order.js';
import { AnswerTasks } from './answer-tasks.js';
import { ControlEffects } from './control-effects.js';
import { InquiryEffects, speaksOfMeasures } from './inquiry-effects.js';
import type { Translated, TranslatedAnswer } from './translate-answer.js';

/** A bank's answer with what was prepared of it before the transaction. */
export interface ArrivedAnswer {
  readonly messageId: string;
  /** The sealed body of the message, as it came. */
  readonly sealed: Buffer;
  readonly body: OrderAnswered;
  readonly caseId: string;
  readonly caseKey: DataKey;
  readonly translated: TranslatedAnswer;
}

/** What the lines of an order became, and what of the order itself is written with them. */
interface Effect {
  readonly lines: readonly LineRow[];
  readonly to: OrderStatus;
  readonly change: OrderColumns;
  readonly moneyChanged: boolean;
}

/** The parts of answering, each with its own rules. */
@Injectable()
export class AnswerEffects {
  constructor(
    @Inject(InquiryEffects) readonly inquiry: InquiryEffects,
    @Inject(ControlEffects) readonly control: ControlEffects,
    @Inject(NoticeEffects) readonly notices: NoticeEffects,
    @Inject(ResolutionWatch) readonly resolutions: ResolutionWatch,
    @Inject(AnswerTasks) readonly tasks: AnswerTasks,
  ) {}
}

@Injectable()
export class AnswerPorts {
  constructor(
    @Inject(PARTS) readonly parts: GatewayParts,
    @Inject(Vault) readonly vault: Vault,
    @Inject(FactRecorder) readonly facts: FactRecorder,
    @Inject(MONEY_WATCH) readonly watch: MoneyWatch,
    @Inject(SettleOrder) readonly settle: SettleOrder,
  ) {}
}

/**
 * Takes a bank's answer into effect (docs/design.md "Life of one order", step 6): lines, holdings, measures, payments, what was collected,
 * order and request, tasks, facts and events change in one transaction (I3). An answer that nobody waits for changes nothing and
 * is looked at by a person.
 */
@Injectable()
export class RecordAnswer {
  constructor(
    @Inject(AnswerPorts) private readonly ports: AnswerPorts,
    @Inject(AnswerEffects) private readonly effects: AnswerEffects,
    @Inject(OrdersInHand) private readonly inHand: OrdersInHand,
  ) {}

  async execute(tx: Tx, arrived: ArrivedAnswer): Promise<void> {
    const { parts, facts, watch } = this.ports;
    const { body, caseId, caseKey, translated } = arrived;
    const needsLock = translated.word.kind !== 'inquiry' || speaksOfMeasures(translated.word);
    const row = needsLock ? await lockCase(tx, caseId) : ((await this.inHand.caseOf(tx, caseId)) ?? (await loadCase(tx, caseId)));
    const order = await this.inHand.order(tx, body.orderNumber);
    insertAnswer(tx, arrived.messageId, arrived.sealed, body, parts.clock.now());
    const ours = order?.case_id === caseId && order.bank === body.bank ? order : undefined;
    const scene: Scene = {
      case: row,
      caseKey,
      actor: bankActor(body.bank),
      orderNumber: body.orderNumber,
      ...(ours ? { requestId: ours.request_id } : {}),
      facts: [],
    };
    const lines = ours ? await this.inHand.lines(tx, ours.order_number) : [];
    const surprise = surpriseOf(ours, lines, translated.word);
    if (!ours || surprise !== undefined) {
      await this.lookInto(tx, scene, arrived, surprise ?? 'unknown-order');
    } else {
      const effect = await this.applyTo(tx, scene, ours, lines, arrived);
      await this.finish(tx, scene, ours, arrived, effect);
      if (effect.moneyChanged) await watch.moneyChanged(tx, caseId, caseKey);
    }
    facts.note(tx, scene.facts);
  }

  private async applyTo(tx: Tx, scene: Scene, order: OrderRow, lines: readonly LineRow[], arrived: ArrivedAnswer): Promise<Effect> {
    const { word, asOf } = arrived.translated;
    if (arrived.body.original.signature === 'invalid') return this.doubt(tx, scene, order, lines, '银行反馈的签名无效');
    switch (word.kind) {
      case 'unreadable':
        return this.doubt(tx, scene, order, lines, word.reason);
      case 'rollback':
        return this.rollBack(tx, scene, order, lines, word, asOf);
      case 'control':
        return this.applyControl(tx, scene, order, lines, word);
      case 'inquiry': {
        const [line] = lines;
        invariant(line, 'an inquiry has one line');
        const { line: written, nothingFound, moneyChanged } = await this.effects.inquiry.apply(tx, scene, order, line, word, asOf);
        return {
          lines: [written],
          to: orderStatusOf([written.status]),
          change: { nothing_found: nothingFound ? 1 : 0 },
          moneyChanged,
        };
      }
    }
  }

  /** What cannot be trusted or read decides nothing (I6): every open line is undetermined, its amounts stay bound. */
  private async doubt(tx: Tx, scene: Scene, order: OrderRow, lines: readonly LineRow[], reason: string): Promise<Effect> {
    const written: LineRow[] = [];
    for (const line of lines) written.push(await this.effects.control.markUndetermined(tx, scene, line, reason));
    await this.effects.tasks.open(tx, scene, order, undefined, ['undetermined'], reason);
    return { lines: written, to: 'undetermined', change: {}, moneyChanged: false };
  }

  private async rollBack(
    tx: Tx,
    scene: Scene,
    order: OrderRow,
    lines: readonly LineRow[],
    { code, note, contact, phone }: Extract<Translated, { kind: 'rollback' }>,
    asOf: Instant,
  ): Promise<Effect> {
    const written: LineRow[] = [];
    for (const line of lines) written.push(await this.effects.control.refuse(tx, scene, line, code, note, asOf));
    const outcome = { note, ...(contact === undefined ? {} : { contact }), ...(phone === undefined ? {} : { phone }) };
    const sealed = sealOutcome(this.ports.vault, scene.caseKey, order.order_number, outcome);
    const change = { outcome_code: code.slice(0, CODE_CHARS_MAX), outcome_sealed: sealed };
    return { lines: written, to: 'rolled-back', change, moneyChanged: order.action !== 'inquire' };
  }

  private async applyControl(
    tx: Tx,
    scene: Scene,
    order: OrderRow,
    lines: readonly LineRow[],
    word: Extract<Translated, { kind: 'control' }>,
  ): Promise<Effect> {
    const current = new Map(lines.map((line) => [line.seq, line]));
    let moneyChanged = false;
    for (const said of word.lines) {
      const { seq, status } = said.answer;
      const line = current.get(seq);
      if (!line || !isOpenLine(line.status)) {
        // A later answer may list again what is over; another word on it is for a person to look at.
        if (line?.status !== status) await this.effects.tasks.open(tx, scene, order, seq, ['mismatch'], '该行已经办结或不存在');
        continue;
      }
      const applied = await this.effects.control.apply(tx, scene, order, line, said);
      current.set(seq, applied.line);
      moneyChanged ||= applied.moneyChanged || applied.line.status === 'refused';
      if (applied.outcome.measure !== undefined || applied.outcome.payment !== undefined) {
        await this.effects.notices.applyWaiting(tx, scene, order.order_number, seq);
      }
    }
    const written = [...current.values()];
    return { lines: written, to: orderStatusOf(written.map((line) => line.status)), change: {}, moneyChanged };
  }

  private async finish(tx: Tx, scene: Scene, order: OrderRow, { body, translated }: ArrivedAnswer, effect: Effect): Promise<void> {
    const { parts, settle } = this.ports;
    const at = parts.clock.now();
    const receipts = body.receipts.map((receipt) => ({ ...receipt, id: newId(parts.clock, parts.entropy) }));
    await insertReceipts(tx, { orderNumber: order.order_number, caseId: order.case_id, at }, receipts);
    if (order.status === 'undetermined') await this.effects.resolutions.overtake(tx, order.order_number, effect.lines);
    happened(scene, 'answer.applied', `order:${order.order_number}`, {
      orderNumber: order.order_number,
      bank: body.bank,
      kind: translated.word.kind,
      status: effect.to,
      lines: effect.lines.map(({ seq, status }) => ({ seq, status })),
      originalDigest: body.original.digest,
      signature: body.original.signature,
      bankFact: body.factLeafHash,
      receipts: receipts.map(({ sha256 }) => sha256),
    });
    const change = {
      ...effect.change,
      answer_leaf: body.factLeafHash,
      ...(isFinal(ORDER_LIFE, effect.to) ? { answered_at: at } : {}),
      ...(order.withdrawal === 'asked' ? { withdrawal: 'already-sent' } : {}),
    };
    await settle.move(tx, scene, order, effect.to, effect.lines, change);
  }

  /** An answer to an order that is over, or that is not the case's: kept, told to a person, never applied. */
  private async lookInto(tx: Tx, scene: Scene, { body, messageId }: ArrivedAnswer, why: string): Promise<void> {
    // The same bytes once more say nothing new; anything else about an order that is over is never passed over in silence.
    if (why === 'order-over' && (await wasAnsweredBefore(tx, body.orderNumber, body.original.digest, messageId))) return;
    happened(scene, 'answer.unexpected', `order:${body.orderNumber}`, {
      orderNumber: body.orderNumber,
      bank: body.bank,
      why,
      originalDigest: body.original.digest,
      bankFact: body.factLeafHash,
    });
    const order = { order_number: body.orderNumber, case_id: scene.case.id, bank: body.bank };
    await this.effects.tasks.open(tx, scene, order, undefined, ['mismatch'], SURPRISES[why] ?? why);
  }
}

const CODE_CHARS_MAX = 40;

const SURPRISES: Readonly<Record<string, string>> = {
  'unknown-order': '银行反馈了本院没有发出的请求单',
  'order-over': '银行对已经办结的请求单再次反馈',
  'wrong-action': '银行反馈的种类与请求不符',
  'partly-done': '银行对已部分执行的请求单反馈回退',
};

/** Why an answer cannot be applied to its order. */
function surpriseOf(order: OrderRow | undefined, lines: readonly LineRow[], word: Translated): string | undefined {
  if (!order) return 'unknown-order';
  if (isFinal(ORDER_LIFE, order.status)) return 'order-over';
  if (word.kind === 'rollback' && lines.some(({ status }) => !isOpenLine(status))) return 'partly-done';
  if (word.kind === 'inquiry' && order.action !== 'inquire') return 'wrong-action';
  return word.kind === 'control' && order.action === 'inquire' ? 'wrong-action' : undefined;
}
