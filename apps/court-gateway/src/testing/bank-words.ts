import {
  ANSWERS_TOPIC,
  encodeBody,
  NOTICES_TOPIC,
  ORDER_EVENTS_TOPIC,
  type BankNotified,
  type ControlLine,
  type HoldingLine,
  type OrderAnswered,
  type OrderProgressed,
} from '#contracts';
import { instantText, moneyJson, newId, sha256Hex, type MoneyJson } from '#kernel';
import type { Message } from '#messaging';
import { Vault } from '../vault.js';
import { messageAad } from '../adapters/store/answer-rows.js';
import type { OrderRow } from '../adapters/store/order-rows.js';
import { approve, post, rows, termOf, type PostingCase } from './posting-fixture.js';
import type { GatewayFixture } from './gateway-fixture.js';

let words = 0;

export const cny = (minor: number | bigint): MoneyJson => moneyJson(BigInt(minor), 'CNY');

function originalOf(text: string): OrderAnswered['original'] {
  return { digest: sha256Hex(text), size: text.length, contentType: 'application/json', signature: 'valid', keyId: 'bank-1' };
}

/** A sealed message as a connector would send it. */
export async function sealed<T extends 'order.answered.v1' | 'bank.notified.v1'>(
  gateway: GatewayFixture,
  type: T,
  caseId: string,
  body: T extends 'order.answered.v1' ? OrderAnswered : BankNotified,
): Promise<Message> {
  const { clock, entropy, keys } = gateway.parts;
  const id = newId(clock, entropy);
  const clear = type === 'order.answered.v1' ? encodeBody(type, body as never) : encodeBody('bank.notified.v1', body as never);
  return {
    id,
    topic: type === 'order.answered.v1' ? ANSWERS_TOPIC : NOTICES_TOPIC,
    key: body.orderNumber,
    type,
    at: clock.now(),
    headers: { caseId },
    body: new Vault(gateway.parts).cipher.sealBytes(await keys.get(caseId), messageAad(type, id), clear),
  };
}

type Answer = Partial<Pick<OrderAnswered, 'inquiry' | 'control' | 'rollback' | 'receipts' | 'answeredAt' | 'bank' | 'orderNumber'>>;

export function answerTo(
  gateway: GatewayFixture,
  order: Pick<OrderRow, 'order_number' | 'bank' | 'case_id'>,
  answer: Answer,
  original: Partial<OrderAnswered['original']> = {},
): Promise<Message> {
  words += 1;
  return sealed(gateway, 'order.answered.v1', order.case_id, {
    orderNumber: order.order_number,
    bank: order.bank,
    answeredAt: instantText(gateway.parts.clock.now()),
    receipts: [],
    factLeafHash: sha256Hex(`leaf ${words}`),
    ...answer,
    original: { ...originalOf(`answer ${words}`), ...original },
  });
}

export function noticeOf(
  gateway: GatewayFixture,
  order: Pick<OrderRow, 'order_number' | 'bank' | 'case_id'>,
  notice: Partial<BankNotified> & Pick<BankNotified, 'kind'>,
): Promise<Message> {
  words += 1;
  return sealed(gateway, 'bank.notified.v1', order.case_id, {
    noticeId: `N-${words}`,
    bank: order.bank,
    orderNumber: order.order_number,
    seq: 1,
    at: instantText(gateway.parts.clock.now()),
    factLeafHash: sha256Hex(`leaf ${words}`),
    ...notice,
    original: originalOf(`notice ${words}`),
  });
}

export function progressOf(
  gateway: GatewayFixture,
  orderNumber: string,
  event: OrderProgressed['event'],
  rest: Partial<OrderProgressed> = {},
): Message {
  const { clock, entropy } = gateway.parts;
  const body: OrderProgressed = { orderNumber, event, at: instantText(clock.now()), ...rest };
  return {
    id: newId(clock, entropy),
    topic: ORDER_EVENTS_TOPIC,
    key: orderNumber,
    type: 'order.progressed.v1',
    at: clock.now(),
    headers: {},
    body: encodeBody('order.progressed.v1', body),
  };
}

/** Hands messages to the gateway and returns when their effects are committed. */
export function deliver(gateway: GatewayFixture, ...messages: readonly Message[]): Promise<void> {
  return gateway.parts.bus.publish(messages);
}

export function holdingLine(account: string, balance: number, change: Partial<HoldingLine> = {}): HoldingLine {
  return {
    account,
    kind: 'current',
    currency: 'CNY',
    state: 'normal',
    balance: cny(balance),
    available: cny(balance),
    priorMeasures: [],
    priorityRights: [],
    ...change,
  };
}

export function frozen(limit: number, covered: number, change: Partial<ControlLine> = {}): ControlLine {
  return {
    seq: 1,
    status: 'executed',
    limit: cny(limit),
    covered: cny(covered),
    uncovered: cny(Math.max(0, limit - covered)),
    rank: 1,
    ...change,
  };
}

export function moved(amount: number, state: 'sent' | 'credited' | 'returned' = 'sent', change: Partial<ControlLine> = {}): ControlLine {
  const valueDate = '2026-04-02';
  return {
    seq: 1,
    status: 'executed',
    moved: { principal: cny(amount), serial: `S-${(words += 1)}`, valueDate, channel: 'internal', state },
    ...change,
  };
}

export async function ordersOf(gateway: GatewayFixture, requestId: string): Promise<OrderRow[]> {
  return rows<OrderRow>(gateway, 'SELECT * FROM orders WHERE request_id = ? ORDER BY order_number', requestId);
}

/** A control request of one line, approved and dispatched; its only order. */
export async function dispatched(gateway: GatewayFixture, body: Readonly<Record<string, unknown>>): Promise<OrderRow> {
  const posted = await post(gateway, body);
  if (posted.status !== 202) throw new Error(posted.text);
  const approved = await approve(gateway, posted.at('id'));
  if (approved.status !== 200) throw new Error(approved.text);
  const [order] = await ordersOf(gateway, posted.at('id'));
  if (!order) throw new Error('a request has an order');
  return order;
}

export function freezeOrder(gateway: GatewayFixture, of: PostingCase, holdingId: string, amount: string, days = 300): Promise<OrderRow> {
  const lines = [{ holdingId, amount }];
  return dispatched(gateway, { action: 'freeze', caseId: of.id, lines, term: termOf(gateway, days) });
}

export interface MeasureNow {
  readonly id: string;
  readonly status: string;
  readonly limit: string;
  readonly covered: string;
}

/** The measures of a case as the interface shows them. */
export async function measuresNow(gateway: GatewayFixture, of: PostingCase) {
  const shown = await gateway.call('officer', 'GET', `/api/v1/cases/${of.id}/measures`);
  if (shown.status !== 200) throw new Error(shown.text);
  const items = shown.at<{ id: string; status: string; limit: MoneyJson; covered: MoneyJson }[]>('items');
  return {
    sums: Object.fromEntries(
      ['committed', 'underControl', 'collected', 'outstanding', 'exposure', 'excess'].map((name) => [name, shown.at(`${name}.amount`)]),
    ),
    items: items.map(({ id, status, limit, covered }): MeasureNow => ({ id, status, limit: limit.amount, covered: covered.amount })),
  };
}

export async function openTasks(gateway: GatewayFixture, of: PostingCase): Promise<string[]> {
  const found = await rows<{ kind: string }>(gateway, "SELECT kind FROM tasks WHERE case_id = ? AND state = 'open' ORDER BY kind", of.id);
  return found.map(({ kind }) => kind);
}
