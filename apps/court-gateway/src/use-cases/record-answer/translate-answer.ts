import type { ControlLine, HoldingLine, MeasureFigures, OrderAnswered } from '#contracts';
import { AppError, parseAmount, parseInstant, type Instant, type Minor, type MoneyJson } from '#kernel';
import type { ControlAnswerLine, Moved, RefreshedFigures } from '#orders';
import type { StatedHolding } from '../../adapters/store/holding-writes.js';

/** One line of a control answer, with the bank's reason by code and every currency that it names. */
export interface TranslatedLine {
  readonly answer: ControlAnswerLine;
  readonly reasonCode?: string;
  readonly currencies: readonly string[];
}

/** The bank's figures for one of our own freezes, as an inquiry states them. */
export interface StatedMeasure {
  readonly orderNumber: string;
  readonly seq: number;
  readonly figures: RefreshedFigures;
}

export interface TranslatedHolding {
  readonly stated: StatedHolding;
  readonly measures: readonly StatedMeasure[];
  readonly transactions: HoldingLine['transactions'];
}

/** A bank's word in the types that the rules reckon with. What cannot be read decides nothing (I6). */
export type Translated =
  | { readonly kind: 'inquiry'; readonly result: string; readonly holdings: readonly TranslatedHolding[] }
  | { readonly kind: 'control'; readonly lines: readonly TranslatedLine[] }
  | { readonly kind: 'rollback'; readonly code: string; readonly note: string; readonly contact?: string; readonly phone?: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface TranslatedAnswer {
  readonly asOf: Instant;
  readonly word: Translated;
}

/** Reads amounts and times once, before any transaction. `indexOf` gives the blind index of an account. */
export function translateAnswer(answer: OrderAnswered, indexOf: (account: string) => string, now: Instant): TranslatedAnswer {
  try {
    const asOf = parseInstant(answer.answeredAt);
    return { asOf, word: wordOf(answer, asOf, indexOf) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
    return { asOf: now, word: { kind: 'unreadable', reason: '银行反馈的金额或时间无法读取' } };
  }
}

function wordOf(answer: OrderAnswered, asOf: Instant, indexOf: (account: string) => string): Translated {
  const { inquiry, control, rollback } = answer;
  if ([inquiry, control, rollback].filter((part) => part !== undefined).length !== 1) {
    return { kind: 'unreadable', reason: '银行反馈既不是查询结果、控制结果，也不是回退' };
  }
  if (inquiry) return { kind: 'inquiry', result: inquiry.result, holdings: inquiry.holdings.map((line) => holdingOf(line, asOf, indexOf)) };
  if (control) return { kind: 'control', lines: control.lines.map((line) => controlLineOf(line, asOf)) };
  return { kind: 'rollback', code: rollback?.code ?? '', note: rollback?.note ?? '', ...contactOf(rollback) };
}

function contactOf(rollback: OrderAnswered['rollback']): { contact?: string; phone?: string } {
  return {
    ...(rollback?.contact === undefined ? {} : { contact: rollback.contact }),
    ...(rollback?.phone === undefined ? {} : { phone: rollback.phone }),
  };
}

/** Banks may state a negative figure; the rules of libs/orders refuse it, so it must be readable. */
export function minorOf({ amount, currency }: MoneyJson): Minor {
  return amount.startsWith('-') ? -parseAmount(amount.slice(1), currency) : parseAmount(amount, currency);
}

function optional<N extends string>(name: N, money: MoneyJson | undefined): Partial<Record<N, Minor>> {
  return money === undefined ? {} : ({ [name]: minorOf(money) } as Record<N, Minor>);
}

function holdingOf(line: HoldingLine, asOf: Instant, indexOf: (account: string) => string): TranslatedHolding {
  const { restriction } = line;
  return {
    stated: {
      accountIndex: indexOf(line.account),
      clear: {
        account: line.account,
        priorMeasures: line.priorMeasures,
        priorityRights: line.priorityRights,
        ...(restriction ? { restriction } : {}),
        ...(line.coOwners ? { coOwners: line.coOwners } : {}),
        ...(line.asset ? { asset: line.asset } : {}),
      },
      kind: line.kind,
      currency: line.currency,
      state: line.state,
      balance: minorOf(line.balance),
      available: minorOf(line.available),
      ...(restriction ? { restriction: { code: restriction.code, ...optional('reserve', restriction.reserve) } } : {}),
    },
    measures: (line.measures ?? []).map((figures) => statedMeasureOf(figures, asOf)),
    transactions: line.transactions,
  };
}

function statedMeasureOf(figures: MeasureFigures, asOf: Instant): StatedMeasure {
  return {
    orderNumber: figures.orderNumber,
    seq: figures.seq,
    figures: {
      limit: minorOf(figures.limit),
      covered: minorOf(figures.covered),
      uncovered: minorOf(figures.uncovered),
      rank: figures.rank,
      ...(figures.ended === undefined ? {} : { ended: figures.ended }),
      asOf,
    },
  };
}

function controlLineOf(line: ControlLine, asOf: Instant): TranslatedLine {
  const { moved, reason } = line;
  const moneys = [line.limit, line.balance, line.available, line.covered, line.uncovered, moved?.principal, moved?.interest, moved?.fee];
  return {
    answer: {
      seq: line.seq,
      status: line.status,
      ...optional('limit', line.limit),
      ...optional('balance', line.balance),
      ...optional('available', line.available),
      ...optional('covered', line.covered),
      ...optional('uncovered', line.uncovered),
      ...(line.rank === undefined ? {} : { rank: line.rank }),
      ...(line.from === undefined ? {} : { from: line.from }),
      ...(line.to === undefined ? {} : { to: line.to }),
      ...(line.expectedOn === undefined ? {} : { expectedOn: line.expectedOn }),
      ...(reason === undefined ? {} : { reason: reason.text.trim() === '' ? reason.code : reason.text }),
      priorMeasures: (line.priorMeasures ?? []).map((prior) => ({ ...prior, amount: minorOf(prior.amount) })),
      ...(moved === undefined ? {} : { moved: movedOf(moved) }),
      asOf,
    },
    ...(reason === undefined ? {} : { reasonCode: reason.code }),
    currencies: [...new Set(moneys.flatMap((money) => (money === undefined ? [] : [money.currency])))],
  };
}

function movedOf(moved: NonNullable<ControlLine['moved']>): Moved {
  return {
    principal: minorOf(moved.principal),
    ...optional('interest', moved.interest),
    ...optional('fee', moved.fee),
    serial: moved.serial,
    valueDate: moved.valueDate,
    channel: moved.channel,
    state: moved.state,
  };
}
