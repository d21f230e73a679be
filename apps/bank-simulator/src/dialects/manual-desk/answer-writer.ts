import { instantText, invariant, isCurrency, type MoneyJson } from '#kernel';
import type { Opaque } from '../../book/model.js';
import type { AccountReport, BankAnswer, LineReport, MeasureReport } from '../../book/order.js';
import type { OrderRecord } from '../../store/order-rows.js';

/** Whom the court may call about a rollback. */
const CONTACT = { contact: '司法查控岗', phone: '027-88880000' };

const STATUS_WORDS = {
  executed: 'done',
  'partly-executed': 'partial',
  refused: 'refused',
  'unheard-of': 'pending-review',
  'own-done': 'Z1',
} as const;

/** What the clerks have to type, as `chakong-answer/v1`: the same whenever it is asked for. */
export function answerForClerk(record: OrderRecord): object {
  const { answer, answeredAt } = record;
  invariant(answer && answeredAt !== undefined, 'only an answered order has an answer to write');
  const head = {
    format: 'chakong-answer/v1',
    orderNumber: record.orderNumber,
    receivedAt: instantText(record.receivedAt),
    answeredAt: instantText(answeredAt),
  };
  return { ...head, ...bodyOf(answer) };
}

function bodyOf(answer: BankAnswer): object {
  switch (answer.kind) {
    case 'rollback':
      return { rollback: { code: answer.code, note: answer.note, ...CONTACT } };
    case 'inquiry':
      return { inquiry: { result: answer.result, holdings: answer.accounts.map(holdingOf) } };
    case 'control':
      return { control: { lines: answer.lines.map(lineOf) } };
  }
}

function holdingOf(report: AccountReport): object {
  const { currency } = report;
  return {
    account: report.account,
    kind: report.kind,
    currency,
    state: report.state,
    balance: money(report.balance, currency),
    available: money(report.available, currency),
    priorMeasures: report.priorMeasures.map((measure) => measureOf(measure, currency)),
    priorityRights: report.priorityRights.map((right) => rightOf(right, currency)),
    restriction: report.restriction === undefined ? undefined : restrictionOf(report.restriction, currency),
    asset: report.asset,
    measures: report.measures.map((measure) => ({
      orderNumber: measure.orderNumber,
      seq: measure.line,
      limit: money(measure.limit, currency),
      covered: money(measure.covered, currency),
      uncovered: money(measure.uncovered, currency),
      rank: measure.rank,
      ended: measure.ended,
    })),
    transactions: report.transactions?.map((one) => ({
      serial: one.serial,
      at: one.at,
      direction: one.direction,
      amount: money(one.amount, currency),
      balance: money(one.balance, currency),
      note: one.remark,
    })),
  };
}

function lineOf(line: LineReport): object {
  const currency = line.currency ?? 'CNY';
  const optional = (amount: string | undefined) => (amount === undefined ? undefined : money(amount, currency));
  return {
    seq: line.seq,
    status: STATUS_WORDS[line.status],
    limit: optional(line.limit),
    covered: optional(line.covered),
    uncovered: optional(line.uncovered),
    rank: line.rank,
    balance: optional(line.balance),
    available: optional(line.available),
    from: line.from,
    to: line.to,
    priorMeasures: line.priorMeasures?.map((measure) => measureOf(measure, currency)),
    priorityRights: line.priorityRights?.map((right) => rightOf(right, currency)),
    moved: line.moved && {
      principal: money(line.moved.principal, currency),
      interest: money(line.moved.interest, currency),
      fee: money(line.moved.fee, currency),
      serial: line.moved.serial,
      valueDate: line.moved.valueDate,
      channel: line.moved.channel,
      state: line.moved.state,
    },
    reason: line.reason,
  };
}

function money(amount: string, currency: string): MoneyJson {
  return { amount, currency };
}

function measureOf(measure: MeasureReport, currency: string): object {
  return { ...measure, amount: money(measure.amount, currency) };
}

type Members = Readonly<Record<string, Opaque>>;

function membersOf(value: Opaque): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** Whoever set the account up may have given a word or an object; the wire has objects. */
function rightOf(right: Opaque, currency: string): object {
  const members = membersOf(right);
  const type = typeof right === 'string' ? right : (textOf(members['type']) ?? 'priority');
  return { type, holder: textOf(members['holder']) ?? '', amount: moneyOf(members['amount'], currency) };
}

function restrictionOf(restriction: Opaque, currency: string): object {
  const members = membersOf(restriction);
  const code = typeof restriction === 'string' ? restriction : (textOf(members['code']) ?? 'restricted');
  return { code, reserve: moneyOf(members['reserve'], currency), basis: textOf(members['basis']) };
}

function textOf(value: Opaque | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function moneyOf(value: Opaque | undefined, currency: string): MoneyJson | undefined {
  if (typeof value === 'string') return money(value, currency);
  const { amount, currency: given } = membersOf(value ?? null);
  if (typeof amount !== 'string') return undefined;
  return money(amount, typeof given === 'string' && isCurrency(given) ? given : currency);
}
