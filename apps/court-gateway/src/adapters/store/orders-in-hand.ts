import { Injectable } from '@nestjs/common';
import type { LineStatus, OrderProgress, OrderStatus } from '#orders';
import { placeholders, type Row, type Tx } from '#persistence';
import { findCase, type CaseRow } from './case-rows.js';
import { knownHoldings, knownHoldingsAt, placeText, type HoldingPlace } from './holding-writes.js';
import type { HoldingRow } from './holdings-reading.js';
import { findOrder, linesOfOrder, linesOfOrders, type LineRow, type OrderRow } from './order-rows.js';
import type { RequestRow } from './request-rows.js';

/** How each order of a request has got on. */
type Progresses = Map<string, OrderProgress>;

interface Hand {
  readonly orders: Map<string, OrderRow>;
  readonly lines: Map<string, readonly LineRow[]>;
  readonly cases: ReadonlyMap<string, CaseRow>;
  /** Numbers of the open orders of each request whose row this transaction holds. */
  readonly open: ReadonlyMap<string, Set<string>>;
  /** Requests whose last open orders are in hand, and how all their orders have got on. */
  readonly requests: ReadonlyMap<string, RequestRow>;
  readonly progresses: ReadonlyMap<string, Progresses>;
  readonly holdings: Map<string, ReadonlyMap<string, HoldingRow>>;
}

/** What is known of the request of an order that has just ended. */
export interface RequestInHand {
  readonly hasOpenOrders: boolean;
  readonly request: RequestRow | undefined;
  /** Its other orders. */
  readonly others: readonly OrderProgress[] | undefined;
}

export interface SiblingRow extends Row {
  readonly request_id: string;
  readonly order_number: string;
  readonly status: OrderStatus;
  readonly overdue: number;
  readonly line_status: LineStatus | null;
}

/** Orders that have no last word yet. */
const OPEN: readonly OrderStatus[] = ['queued', 'sent', 'received', 'undetermined'];
const NUMBERS_MAX = 500;

/**
 * Orders that the messages of one transaction are about, locked and read together: answers and progress of one order come to two readers at the same
 * moment, and whoever comes second would otherwise find its rows changed and do all of its work again. What somebody may change is given out once;
 * asked again it is read again.
 */
@Injectable()
export class OrdersInHand {
  private readonly hands = new WeakMap<Tx, Hand>();

  /**
   * Holds the orders and then their requests until the commit: everywhere in this order and by key, so that two never wait for each other.
   * `withHoldings`: reads what is known of the accounts that inquiries among them ask about.
   */
  async take(tx: Tx, orderNumbers: readonly string[], withHoldings = false): Promise<void> {
    const numbers = [...new Set(orderNumbers)].sort().slice(0, NUMBERS_MAX);
    if (numbers.length < 2) return;
    const list = placeholders(numbers.length);
    await tx.run(`UPDATE orders SET version = version WHERE order_number IN (${list})`, numbers);
    const orders = await tx.all<OrderRow>(`SELECT * FROM orders WHERE order_number IN (${list})`, numbers);
    if (orders.length === 0) return;
    const requestIds = [...new Set(orders.map(({ request_id }) => request_id))].sort();
    const open = await this.lockRequests(tx, requestIds);
    const ending = requestIds.filter((id) => endsWith(open.get(id), numbers));
    const caseIds = [...new Set(orders.map(({ case_id }) => case_id))];
    const cases = await tx.all<CaseRow>(`SELECT * FROM cases WHERE id IN (${placeholders(caseIds.length)})`, caseIds);
    const requests = ending.length === 0 ? [] : await requestsOf(tx, ending);
    const places = withHoldings ? orders.filter(({ action }) => action === 'inquire').map(placeOf) : [];
    this.hands.set(tx, {
      orders: new Map(orders.map((row) => [row.order_number, row])),
      lines: byOrder(await linesOfOrders(tx, numbers)),
      cases: new Map(cases.map((row) => [row.id, row])),
      open,
      requests: new Map(requests.map((row) => [row.id, row])),
      progresses: progressesOf(ending.length === 0 ? [] : await siblingsOf(tx, ending)),
      holdings: await knownHoldingsAt(tx, places),
    });
  }

  async order(tx: Tx, orderNumber: string): Promise<OrderRow | undefined> {
    const hand = this.hands.get(tx);
    const row = hand?.orders.get(orderNumber);
    hand?.orders.delete(orderNumber);
    return row ?? findOrder(tx, orderNumber);
  }

  async lines(tx: Tx, orderNumber: string): Promise<readonly LineRow[]> {
    const hand = this.hands.get(tx);
    const rows = hand?.lines.get(orderNumber);
    hand?.lines.delete(orderNumber);
    return rows ?? linesOfOrder(tx, orderNumber);
  }

  /** What is known of a debtor at one legal-person bank in one case, by account. */
  async holdings(tx: Tx, place: HoldingPlace): Promise<ReadonlyMap<string, HoldingRow>> {
    const hand = this.hands.get(tx);
    const rows = hand?.holdings.get(placeText(place));
    hand?.holdings.delete(placeText(place));
    return rows ?? knownHoldings(tx, place);
  }

  /** A case whose money the caller does not touch; whoever does takes its lock, which reads it anew. */
  async caseOf(tx: Tx, caseId: string): Promise<CaseRow | undefined> {
    return this.hands.get(tx)?.cases.get(caseId) ?? findCase(tx, caseId);
  }

  /** Notes that an order has ended, and how. @returns undefined when its request is not held here */
  ended(tx: Tx, { request_id, order_number }: OrderRow, progress: OrderProgress): RequestInHand | undefined {
    const hand = this.hands.get(tx);
    const open = hand?.open.get(request_id);
    if (!hand || !open) return undefined;
    open.delete(order_number);
    const progresses = hand.progresses.get(request_id);
    progresses?.set(order_number, progress);
    const others = progresses && [...progresses].filter(([number]) => number !== order_number).map(([, each]) => each);
    return { hasOpenOrders: open.size > 0, request: hand.requests.get(request_id), others };
  }

  private async lockRequests(tx: Tx, requestIds: readonly string[]): Promise<ReadonlyMap<string, Set<string>>> {
    const requests = placeholders(requestIds.length);
    await tx.run(`UPDATE requests SET event_seq = event_seq WHERE id IN (${requests})`, requestIds);
    const unended = await tx.all<{ request_id: string; order_number: string }>(
      `SELECT request_id, order_number FROM orders WHERE request_id IN (${requests}) AND status IN (${placeholders(OPEN.length)})`,
      [...requestIds, ...OPEN],
    );
    const open = new Map(requestIds.map((id) => [id, new Set<string>()]));
    for (const { request_id, order_number } of unended) open.get(request_id)?.add(order_number);
    return open;
  }
}

/** The orders of some requests, a row for each line. */
export function siblingsOf(tx: Tx, requestIds: readonly string[]): Promise<readonly SiblingRow[]> {
  return tx.all<SiblingRow>(
    `SELECT o.request_id AS request_id, o.order_number AS order_number, o.status AS status, o.overdue AS overdue, l.status AS line_status
     FROM orders o LEFT JOIN order_lines l ON l.order_number = o.order_number WHERE o.request_id IN (${placeholders(requestIds.length)})
     ORDER BY o.order_number`,
    requestIds,
  );
}

/** How the orders of each request have got on. */
export function progressesOf(rows: readonly SiblingRow[]): ReadonlyMap<string, Progresses> {
  const found = new Map<string, Map<string, { status: OrderStatus; lines: LineStatus[]; overdue: boolean }>>();
  for (const row of rows) {
    const ofRequest = found.get(row.request_id) ?? new Map<string, { status: OrderStatus; lines: LineStatus[]; overdue: boolean }>();
    found.set(row.request_id, ofRequest);
    const known = ofRequest.get(row.order_number) ?? { status: row.status, lines: [], overdue: row.overdue === 1 };
    if (row.line_status !== null) known.lines.push(row.line_status);
    ofRequest.set(row.order_number, known);
  }
  return found;
}

function requestsOf(tx: Tx, ids: readonly string[]): Promise<readonly RequestRow[]> {
  return tx.all<RequestRow>(`SELECT * FROM requests WHERE id IN (${placeholders(ids.length)})`, ids);
}

/** Whether nothing of a request is open once these orders have ended. */
function endsWith(open: ReadonlySet<string> | undefined, numbers: readonly string[]): boolean {
  return open !== undefined && open.size > 0 && [...open].every((number) => numbers.includes(number));
}

function placeOf({ case_id, debtor_id, bank, legal_person }: OrderRow): HoldingPlace {
  return { caseId: case_id, debtorId: debtor_id, bank, legalPerson: legal_person };
}

function byOrder(lines: readonly LineRow[]): Map<string, readonly LineRow[]> {
  const found = new Map<string, LineRow[]>();
  for (const line of lines) {
    const own = found.get(line.order_number);
    if (own) own.push(line);
    else found.set(line.order_number, [line]);
  }
  return found;
}
