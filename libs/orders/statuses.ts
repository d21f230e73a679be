import {
  type LineStatus,
  type OrderStatus,
  type PaymentState,
  type RequestStatus,
  ORDER_LIFE,
  isFinal,
  isOpenLine,
} from './life-cycles/index.js';

/** One order as its request sees it. An inquiry has one line, which says whether the bank gave an answer. */
export interface OrderProgress {
  readonly status: OrderStatus;
  readonly lines: readonly LineStatus[];
  readonly overdue: boolean;
}

export interface RequestProgress {
  readonly total: number;
  /** Orders on which the bank has said its last word, a rollback included. */
  readonly answered: number;
  readonly undetermined: number;
  readonly overdue: number;
}

/**
 * What an order becomes when its lines have changed by an answer: undetermined while one line is (I6), answered when none is open, and
 * otherwise `received`, because the bank that works on a line still owes its answer.
 */
export function orderStatusOf(lines: readonly LineStatus[]): OrderStatus {
  if (lines.includes('undetermined')) return 'undetermined';
  return lines.some(isOpenLine) ? 'received' : 'answered';
}

/**
 * What a dispatched request becomes (never for one that still awaits approval). It stays `dispatched` while any order or line is open:
 * success and failure are never guessed (I6). Lines of orders that were rolled back count as not executed.
 */
export function requestStatusOf(orders: readonly OrderProgress[]): RequestStatus {
  if (orders.some((order) => !isDone(order))) return 'dispatched';
  if (orders.every((order) => order.status === 'withdrawn')) return 'withdrawn';
  const lines = orders.flatMap((order) => (order.status === 'answered' ? order.lines : ['refused' as const]));
  if (lines.every((line) => line === 'executed')) return 'completed';
  return lines.some((line) => line === 'executed' || line === 'partly-executed') ? 'partly-completed' : 'not-executed';
}

function isDone(order: OrderProgress): boolean {
  return isFinal(ORDER_LIFE, order.status) && !(order.status === 'answered' && order.lines.some(isOpenLine));
}

export function progressOf(orders: readonly OrderProgress[]): RequestProgress {
  const count = (test: (order: OrderProgress) => boolean): number => orders.filter(test).length;
  return {
    total: orders.length,
    answered: count((order) => order.status === 'answered' || order.status === 'rolled-back'),
    undetermined: count((order) => order.status === 'undetermined'),
    overdue: count((order) => order.overdue),
  };
}

export type Credit = 'pending' | 'credited' | 'returned';

/** What a deduct line says of its money's way; it never delays the request's completion. */
export function creditOf(state: PaymentState): Credit {
  switch (state) {
    case 'sent':
      return 'pending';
    case 'credited':
    case 'claimed':
      return 'credited';
    case 'returned':
      return 'returned';
  }
}
