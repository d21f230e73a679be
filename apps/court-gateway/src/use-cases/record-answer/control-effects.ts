import { Inject, Injectable } from '@nestjs/common';
import { invariant, legalDateOf, type Instant } from '#kernel';
import {
  applyDeductAnswer,
  applyFreezeAnswer,
  applyReleaseAnswer,
  applyRenewAnswer,
  creditOf,
  effectOf,
  isOpenLine,
  LINE_LIFE,
  mayMove,
  undetermined,
  type ControlAnswerLine,
  type LineOutcome,
} from '#orders';
import { compareAndSetOrStale, type SqlValue, type Tx } from '#persistence';
import { restateBalance } from '../../adapters/store/holding-writes.js';
import { findMeasure, liveMeasuresOn, measureStateOf } from '../../adapters/store/measure-writes.js';
import type { MeasureRow } from '../../adapters/store/measures-reading.js';
import { lineAccount, sealLineReason, type LineRow, type OrderRow } from '../../adapters/store/order-rows.js';
import { paymentsOnTheWay } from '../../adapters/store/payment-rows.js';
import { Vault } from '../../vault.js';
import { MoneyBook } from '../keep-money/money-book.js';
import type { Scene } from '../scene.js';
import { AnswerTasks } from './answer-tasks.js';
import type { TranslatedLine } from './translate-answer.js';

/** What an answered line was, what became of it, and whether money of the case has changed. */
export interface AppliedLine {
  readonly line: LineRow;
  readonly outcome: LineOutcome;
  readonly moneyChanged: boolean;
}

/** Applies what a bank, or two persons in its place, say of one control line: the line, its measure, its payment, what was collected. */
@Injectable()
export class ControlEffects {
  constructor(
    @Inject(Vault) private readonly vault: Vault,
    @Inject(MoneyBook) private readonly book: MoneyBook,
    @Inject(AnswerTasks) private readonly tasks: AnswerTasks,
  ) {}

  /** Callers hold the case's lock, and the line is open. */
  async apply(tx: Tx, scene: Scene, order: OrderRow, line: LineRow, said: TranslatedLine): Promise<AppliedLine> {
    const measure = line.measure_id === null ? undefined : await findMeasure(tx, line.measure_id);
    const outcome = await this.outcomeOf(tx, order, line, measure, said);
    if (!mayMove(LINE_LIFE, line.status, outcome.line.status) && line.status !== outcome.line.status) {
      await this.tasks.open(tx, scene, order, line.seq, ['mismatch'], '银行反馈与该行的状态不符');
      return { line, outcome, moneyChanged: false };
    }
    const before = measure && measureStateOf(measure);
    const done: Done = { on: said.answer.asOf, effect: effectOf(line.action, before, outcome), reasonCode: said.reasonCode };
    const written = await this.writeLine(tx, scene, line, outcome, done);
    await this.applyMoney(tx, scene, order, written, measure, outcome, said.answer);
    if (line.holding_id !== null && outcome.line.status !== 'undetermined') await restateBalance(tx, line.holding_id, said.answer);
    await this.tasks.open(tx, scene, order, line.seq, outcome.tasks, outcome.line.reason);
    return { line: written, outcome, moneyChanged: outcome.measure !== undefined || outcome.collected !== 0n };
  }

  /** A line that nobody can tell the end of (I6); its amounts stay bound. */
  async markUndetermined(tx: Tx, scene: Scene, line: LineRow, reason: string): Promise<LineRow> {
    if (!isOpenLine(line.status) || line.status === 'undetermined') return line;
    return this.writeLine(tx, scene, line, undetermined(reason), {});
  }

  /**
   * Ends a line whose order the bank has sent back (回退): nothing was executed, and its amount is free again.
   * @param on when, by the bank's word
   */
  async refuse(tx: Tx, scene: Scene, line: LineRow, code: string, note: string, on: Instant): Promise<LineRow> {
    const outcome: LineOutcome = { line: { status: 'refused', reason: note === '' ? code : note }, collected: 0n, tasks: [] };
    return this.writeLine(tx, scene, line, outcome, { on, reasonCode: code });
  }

  private async outcomeOf(
    tx: Tx,
    order: OrderRow,
    line: LineRow,
    measure: MeasureRow | undefined,
    { answer, currencies }: TranslatedLine,
  ): Promise<LineOutcome> {
    if (currencies.some((currency) => currency !== line.currency)) return undetermined('银行反馈的币种与请求不符');
    if (line.action === 'freeze') return this.freezeOutcome(tx, order, line, answer);
    invariant(measure, 'a renewal, release or deduct line names its measure');
    const state = measureStateOf(measure);
    switch (line.action) {
      case 'renew':
        return applyRenewAnswer({ until: line.to_date ?? state.to }, state, answer);
      case 'release':
        return applyReleaseAnswer({ newLimit: BigInt(line.new_limit ?? 0) }, state, answer);
      case 'deduct': {
        const onTheWay = await paymentsOnTheWay(tx, line.case_id, measure.id);
        return applyDeductAnswer({ amount: BigInt(line.amount ?? 0), paymentsOnTheWay: onTheWay }, state, answer);
      }
      case 'inquire':
        return undetermined('银行以控制结果答复了查询');
    }
  }

  private async freezeOutcome(tx: Tx, order: OrderRow, line: LineRow, answer: ControlAnswerLine): Promise<LineOutcome> {
    invariant(line.from_date !== null && line.to_date !== null, 'a freeze line has a term');
    const needsRank = answer.rank === undefined && line.account_index !== null;
    return applyFreezeAnswer(
      {
        amount: BigInt(line.amount ?? 0),
        scope: line.scope ?? 'funds',
        term: { from: line.from_date, to: line.to_date },
        earlierRanks: needsRank ? await liveMeasuresOn(tx, order.bank, order.legal_person, line.account_index ?? '') : 0,
      },
      answer,
    );
  }

  private async writeLine(
    tx: Tx,
    scene: Scene,
    line: LineRow,
    { line: result, payment }: LineOutcome,
    { on, effect, reasonCode }: Done,
  ): Promise<LineRow> {
    const reason = result.reason ?? '';
    const isOver = on !== undefined && !isOpenLine(result.status);
    const change = {
      status: result.status,
      version: line.version + 1,
      ...amount('result_limit', result.limit),
      ...amount('covered', result.covered),
      ...amount('uncovered', result.uncovered),
      ...amount('moved', result.moved),
      ...amount('effect', effect),
      settled_on: isOver ? legalDateOf(on) : null,
      ...(payment === undefined ? {} : { credit: creditOf(payment.state) }),
      expected_on: result.expectedOn ?? null,
      reason_code: reasonCode ?? null,
      reason_sealed: reason === '' ? null : sealLineReason(this.vault, scene.caseKey, line, reason),
    };
    await compareAndSetOrStale(tx, 'order_lines', change, {
      order_number: line.order_number,
      seq: line.seq,
      version: line.version,
      status: line.status,
    });
    return { ...line, ...numbersOf(change), status: result.status, expected_on: change.expected_on, version: change.version };
  }

  private async applyMoney(
    tx: Tx,
    scene: Scene,
    order: OrderRow,
    line: LineRow,
    measure: MeasureRow | undefined,
    outcome: LineOutcome,
    { asOf }: ControlAnswerLine,
  ): Promise<void> {
    const { order_number: orderNumber, seq, currency } = line;
    if (outcome.measure && measure) await this.book.changeMeasure(tx, scene, measure, outcome.measure, `${line.action}-answer`);
    if (outcome.measure && line.action === 'freeze') {
      const number = lineAccount(this.vault, scene.caseKey, line);
      invariant(number !== undefined && line.account_index !== null, 'a freeze line concerns an account');
      const place = { holdingId: line.holding_id, debtorId: order.debtor_id, bank: order.bank, legalPerson: order.legal_person };
      const account = { number, index: line.account_index };
      await this.book.openMeasure(tx, scene, { ...place, account, currency, kind: line.kind, orderNumber, seq }, outcome.measure);
    }
    if (!outcome.payment) return;
    invariant(measure, 'a deduct line names its measure');
    await this.book.openPayment(tx, scene, { orderNumber, seq, measureId: measure.id, currency }, outcome.payment, asOf);
    await this.book.collect(tx, scene, outcome.collected);
  }
}

/** When a line came to its end by the bank's word, and what it did by then; the end of day states it (`settled_on`, `effect`). */
interface Done {
  readonly on?: Instant;
  readonly effect?: bigint | undefined;
  readonly reasonCode?: string | undefined;
}

function amount(column: string, value: bigint | undefined): Readonly<Record<string, bigint>> {
  return value === undefined ? {} : { [column]: value };
}

/** Columns as a query would give them back. */
function numbersOf(columns: Readonly<Record<string, SqlValue>>): Readonly<Record<string, SqlValue>> {
  return Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]));
}
