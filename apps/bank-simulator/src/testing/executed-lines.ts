import type { Book } from '../book/book.js';
import type { Notice } from '../book/model.js';
import type { BankOrder, LineReport } from '../book/order.js';
import { receiveOrder } from '../book/receive-order.js';
import { NOON } from './sample-bank.js';

/** What specs ask of a book again and again. */
export const never = () => false;

export function lines(book: Book, one: BankOrder, at = NOON, partial: (seq: number) => boolean = never): readonly LineReport[] {
  const answer = receiveOrder(book, one, at, partial);
  if (answer.kind !== 'control') throw new Error(`expected a control answer, got ${JSON.stringify(answer)}`);
  return answer.lines;
}

export function line(book: Book, one: BankOrder, at = NOON, partial: (seq: number) => boolean = never): LineReport {
  const [first] = lines(book, one, at, partial);
  if (!first) throw new Error('no line');
  return first;
}

export const told = (book: Book): string[] => book.changes.notices.map((n: Notice) => `${n.kind} ${n.covered}/${n.limit}`);
