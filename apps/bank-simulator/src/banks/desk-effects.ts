import {
  addDays,
  addYears,
  AppError,
  formatAmount,
  legalDateOf,
  sha256Hex,
  type Instant,
  type LegalDate,
  type Minor,
  type MoneyJson,
} from '#kernel';
import type { Book } from '../book/book.js';
import type { Account, OrderAction } from '../book/model.js';
import type { BankOrder, CourtAccountOfOrder, LineReport } from '../book/order.js';
import { receiveOrder } from '../book/receive-order.js';
import type { OrderRecord } from '../store/order-rows.js';
import type { BankCores, Seat } from './bank-cores.js';

/** What a clerk types into the core for one order line. Everything after `amount` may be left out. */
export interface DeskEffect {
  readonly orderNumber: string;
  readonly seq: number;
  readonly action: OrderAction;
  readonly account?: string;
  readonly amount?: MoneyText;
  readonly to?: LegalDate;
  readonly authority?: string;
  readonly document?: string;
  /** Which freeze a renewal, release or deduct is about; by default the fitting one of the court on the account. */
  readonly original?: { readonly orderNumber: string; readonly line?: number };
  readonly courtAccount?: CourtAccountOfOrder;
}

/** An amount whose currency is known only when the account is. */
export type MoneyText = (currency: string) => Minor;

/** The figures after the effect, as the clerk types them into the answer. */
export interface DeskEffectView {
  readonly orderNumber: string;
  readonly seq: number;
  readonly action: OrderAction;
  readonly account?: string;
  readonly amount?: MoneyJson;
  readonly replayed: boolean;
  readonly report?: LineReport;
}

const DEFAULT_COURT = '人民法院';

/** The core of a bank whose clerks type: one effect per order line, however often it is typed. */
export class DeskEffects {
  constructor(private readonly cores: BankCores) {}

  /** @throws AppError `not-found`, `wrong-state` (the core refuses, with its reason), `idempotency-mismatch` */
  type(bank: string, effect: DeskEffect): Promise<DeskEffectView> {
    // An inquiry is one effect of the whole order, whatever number the clerk gives it.
    const key = `${effect.orderNumber}#${effect.action === 'inquire' ? 0 : effect.seq}`;
    return this.cores.submit(bank, [key], (seat) => {
      const account = effect.action === 'inquire' ? undefined : seat.book.account(effect.account ?? '');
      const amount = account && effect.amount?.(account.currency);
      const digest = sha256Hex(JSON.stringify([effect.action, effect.account ?? '', String(amount)]));
      const known = seat.order(key);
      if (known && known.digest !== digest) throw new AppError('idempotency-mismatch', '该请求单该序号已登记了不同的操作');
      const record = known ?? execute(seat, { bank, key, digest, effect, account, amount });
      return viewOf(effect, account, amount, record, known !== undefined);
    });
  }
}

interface Typed {
  readonly bank: string;
  readonly key: string;
  readonly digest: string;
  readonly effect: DeskEffect;
  readonly account: Account | undefined;
  readonly amount: Minor | undefined;
}

/** A refusal is shown and not kept: the clerk corrects it and types again. */
function execute(seat: Seat, { bank, key, digest, effect, account, amount }: Typed): OrderRecord {
  const order = orderOf(seat.book, effect, account, amount, seat.at);
  const answer = receiveOrder(seat.book, order, seat.at, () => false);
  const refusal = answer.kind === 'control' ? answer.lines[0]?.reason : undefined;
  if (refusal) throw new AppError('wrong-state', refusal.text, { extra: { reason: refusal.code } });
  if (answer.kind === 'rollback') throw new AppError('wrong-state', answer.note, { extra: { reason: answer.code } });
  const record: OrderRecord = {
    bank,
    orderNumber: key,
    action: effect.action,
    digest,
    receivedAt: seat.at,
    state: 'answered',
    answeredAt: seat.at,
    answer,
    toDeliver: false,
  };
  seat.save(record);
  return record;
}

/** The clerk has compared the person with the papers, so the core takes the account's own holder. */
function orderOf(book: Book, effect: DeskEffect, account: Account | undefined, amount: Minor | undefined, at: Instant): BankOrder {
  const head = { orderNumber: effect.orderNumber, action: effect.action, authority: effect.authority ?? DEFAULT_COURT };
  if (!account) return { ...head, subject: { name: '', idType: '', idNumber: '' }, lines: [] };
  const today = legalDateOf(at);
  const original = effect.original;
  const line = {
    seq: effect.seq,
    account: account.number,
    amount,
    from: effect.action === 'freeze' ? today : undefined,
    to: effect.to ?? defaultTo(book, effect, account, today),
    document: effect.document,
    original,
    courtAccount: effect.courtAccount ?? { name: '执行款专户', number: '-', bankNumber: book.identity.bankNumbers[0] ?? '-' },
  };
  return { ...head, subject: account.customer, legalPerson: account.legalPerson, lines: [line] };
}

/** A year less a day for a new freeze; a renewal runs a year from the old end (R14). */
function defaultTo(book: Book, effect: DeskEffect, account: Account, today: LegalDate): LegalDate {
  if (effect.action === 'freeze') return addDays(addYears(today, 1), -1);
  const newest = book
    .liveOf(account.number)
    .filter((freeze) => freeze.orderNumber !== undefined)
    .at(-1);
  return addYears(newest?.to ?? today, 1);
}

function viewOf(
  effect: DeskEffect,
  account: Account | undefined,
  amount: Minor | undefined,
  record: OrderRecord,
  replayed: boolean,
): DeskEffectView {
  const { orderNumber, seq, action } = effect;
  return {
    orderNumber,
    seq,
    action,
    account: account?.number,
    amount: account && amount !== undefined ? { amount: formatAmount(amount, account.currency), currency: account.currency } : undefined,
    replayed,
    report: record.answer?.kind === 'control' ? record.answer.lines[0] : undefined,
  };
}
