import { type Minor, maxMinor } from '#kernel';
import { boundBy } from '../ceilings.js';
import { PAYMENT_LIFE, isStateOf, mayMove } from '../life-cycles/index.js';
import type { TaskKind } from '../words.js';
import type { AskedDeduct, ControlAnswerLine, LineOutcome, MeasureState, Moved, NewPayment } from './answer.js';
import { coveredAt, impossibleFigures, settledWithoutEffect, uncoveredOf, undetermined } from './reading.js';

/**
 * A deduct's answer moves what it moved from the measure to collected, in one step, so that committed stands still (I7): limit and covered
 * fall together and collected rises. More moved than asked or than was bound is impossible and decides nothing. At limit 0 the measure stays in
 * force until the money is credited (R20).
 */
export function applyDeductAnswer(asked: AskedDeduct, measure: MeasureState, answer: ControlAnswerLine): LineOutcome {
  const settled = settledWithoutEffect(answer);
  if (settled) return settled;
  const { moved } = answer;
  if (!moved) return undetermined('银行反馈已扣划，但未反馈划出的款项');
  const amount = movedSum(moved);
  const contradiction = impossibleFigures({ ...answer, limit: undefined }) ?? contradictionOf(asked, measure, moved);
  if (contradiction !== undefined) return undetermined(contradiction);
  const { next, doubted } = lower(measure, amount, answer);
  const tasks: TaskKind[] = doubted ? ['mismatch'] : [];
  const payment = paymentOf(moved, amount);
  const done: LineOutcome = {
    line: {
      status: amount === asked.amount ? 'executed' : 'partly-executed',
      limit: next.limit,
      covered: next.covered,
      uncovered: next.uncovered,
      moved: amount,
      reason: answer.reason,
    },
    measure: payment.state === 'credited' ? exhaustedIfEmpty(next, asked.paymentsOnTheWay) : next,
    payment,
    collected: amount,
    tasks,
  };
  return payment.state === 'returned' ? { ...done, collected: 0n, tasks: [...tasks, 'control-lost'] } : done;
}

/** What reaches the court: principal and interest. The bank's fee is its own charge beside it and pays no debt. */
export function movedSum(moved: Pick<Moved, 'principal' | 'interest'>): Minor {
  return moved.principal + (moved.interest ?? 0n);
}

function contradictionOf(asked: AskedDeduct, measure: MeasureState, moved: Moved): string | undefined {
  if ([moved.principal, moved.interest ?? 0n, moved.fee ?? 0n].some((part) => part < 0n)) return '反馈的划出金额为负数';
  const amount = movedSum(moved);
  if (amount === 0n) return '银行反馈已扣划，但划出金额为零';
  if (amount > asked.amount) return '划出金额大于请求扣划的金额';
  if (amount > boundBy(measure)) return '划出金额大于该项冻结的金额';
  if (!isStateOf(PAYMENT_LIFE, moved.state) || moved.state === 'claimed') return `款项状态“${moved.state.slice(0, 40)}”无法识别`;
  return undefined;
}

/**
 * Limit and covered after money moved. The bank's covered after the deduct is taken when it gives one that raises nothing; one that would is
 * doubted and our own reckoning stands. Figures that are newer than the answer already know of the deduct.
 */
function lower(measure: MeasureState, amount: Minor, answer: ControlAnswerLine): { next: MeasureState; doubted: boolean } {
  const limit = maxMinor(0n, measure.limit - amount);
  const known = answer.asOf < measure.asOf;
  const reckoned = known ? measure.covered : maxMinor(0n, measure.covered - amount);
  const stated = known ? undefined : coveredAt(limit, answer);
  const doubted = stated !== undefined && (stated < 0n || stated > maxMinor(limit, reckoned));
  const covered = doubted ? reckoned : (stated ?? reckoned);
  const asOf = Math.max(measure.asOf, answer.asOf);
  return { next: { ...measure, limit, covered, uncovered: uncoveredOf(limit, covered), asOf }, doubted };
}

function paymentOf(moved: Moved, amount: Minor): NewPayment {
  return {
    amount,
    principal: moved.principal,
    interest: moved.interest ?? 0n,
    fee: moved.fee ?? 0n,
    channel: moved.channel,
    bankSerial: moved.serial,
    valueDate: moved.valueDate,
    state: moved.state === 'credited' || moved.state === 'returned' ? moved.state : 'sent',
  };
}

/** A measure from which everything was taken ends when all of it is credited, and not before (I7). */
export function exhaustedIfEmpty(measure: MeasureState, paymentsOnTheWay: number): MeasureState {
  const empty = measure.status === 'in-force' && measure.limit === 0n && measure.covered === 0n && paymentsOnTheWay === 0;
  return empty ? { ...measure, status: 'exhausted' } : measure;
}

/** A payment and the measure it was taken from. */
export interface PaymentFacts {
  readonly state: NewPayment['state'];
  readonly amount: Minor;
  readonly measure: MeasureState;
  /** Other payments of the same measure that are not credited yet. */
  readonly paymentsOnTheWay: number;
}

export interface PaymentOutcome {
  readonly state: NewPayment['state'];
  readonly measure: MeasureState;
  /** By how much the case's collected sum changes. */
  readonly collected: Minor;
  readonly tasks: readonly TaskKind[];
}

/** The money reached the court account. Nothing changes on repetition, or when it was returned already: then a person must look. */
export function applyCredited(facts: PaymentFacts): PaymentOutcome {
  const unchanged = { state: facts.state, measure: facts.measure, collected: 0n };
  if (facts.state === 'credited' || facts.state === 'claimed') return { ...unchanged, tasks: [] };
  if (!mayMove(PAYMENT_LIFE, facts.state, 'credited')) return { ...unchanged, tasks: ['mismatch'] };
  return { ...unchanged, state: 'credited', measure: exhaustedIfEmpty(facts.measure, facts.paymentsOnTheWay), tasks: ['claim'] };
}

/**
 * The money came back to the debtor's bank (I7): collected falls. Limit and covered rise again only when the bank says that its control is
 * restored; otherwise the money is free and a person must act at once.
 */
export function applyReturned(facts: PaymentFacts, controlRestored: boolean): PaymentOutcome {
  const { measure, amount } = facts;
  if (!mayMove(PAYMENT_LIFE, facts.state, 'returned')) {
    return { state: facts.state, measure, collected: 0n, tasks: facts.state === 'returned' ? [] : ['mismatch'] };
  }
  const revivable = measure.status === 'in-force' || measure.status === 'exhausted';
  if (!controlRestored || !revivable) return { state: 'returned', measure, collected: -amount, tasks: ['control-lost'] };
  const restored: MeasureState = { ...measure, status: 'in-force', limit: measure.limit + amount, covered: measure.covered + amount };
  return { state: 'returned', measure: restored, collected: -amount, tasks: [] };
}
