import { sha256Hex } from '#kernel';
import type { OrderAction } from '../book/model.js';
import type { BankOrder } from '../book/order.js';

/** A document as an order names it; `content` only where the transport has no other way to fetch it. */
export interface OrderDocument {
  readonly type: string;
  readonly sha256: string;
  readonly content?: Buffer;
}

/** An order as it came in: what the core executes, and the papers that the bank looks at before. */
export interface ReadOrder {
  readonly order: BankOrder;
  readonly documents: readonly OrderDocument[];
  readonly officer: { readonly workId: string; readonly dutyId: string };
}

/**
 * What a bank looks at before it does anything (R2, R4): the debtor's number, the officer's two credentials, and the
 * papers that the action needs, with the bytes that the order says. Returns the rollback code when something is missing.
 */
export function paperProblem({ order, documents, officer }: ReadOrder): string | undefined {
  if (order.subject.idNumber.trim() === '') return '0401';
  if (officer.workId.trim() === '' || officer.dutyId.trim() === '') return '0402';
  const types = new Set(documents.map((document) => document.type));
  const complete = PAPERS[order.action].every((type) => types.has(type));
  const intact = documents.every(({ content, sha256 }) => content === undefined || sha256Hex(content) === sha256);
  return complete && intact ? undefined : '0403';
}

const PAPERS: Readonly<Record<OrderAction, readonly string[]>> = {
  inquire: ['inquiry-notice'],
  freeze: ['freeze-ruling', 'freeze-notice'],
  renew: ['freeze-ruling', 'freeze-notice'],
  release: ['release-ruling', 'release-notice'],
  deduct: ['deduct-ruling', 'deduct-notice'],
};
