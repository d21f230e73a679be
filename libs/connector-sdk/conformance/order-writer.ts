import { invariant } from '#kernel';
import type { DocumentRef, OrderDispatched } from '#contracts';
import type { DocumentContents } from '../ports.js';

/**
 * An order as `chakong-order/v1`: whole, for the core of a simulated bank whose clerks work by rote. Members that do not belong to the action
 * are left out, and our internal ids stay inside.
 * @param contents bytes of the documents by digest; a document that is not in it goes without `content`
 */
export function orderForCore(order: OrderDispatched, contents: DocumentContents): object {
  const { officer, debtor } = order;
  const credential = (kind: 'work' | 'duty') => officer.credentials.find((one) => one.kind === kind)?.number;
  invariant(order.action === 'inquire' || order.lines.length > 0, 'a control order has lines');
  return {
    format: 'chakong-order/v1',
    orderNumber: order.orderNumber,
    action: order.action,
    bank: order.bank,
    legalPerson: order.legalPerson,
    lane: order.lane && { id: order.lane.id, number: order.lane.number },
    court: { code: order.case.courtCode, name: order.case.courtName },
    caseNumber: order.case.number,
    officer: { name: officer.name, phone: officer.phone, workId: credential('work'), dutyId: credential('duty') },
    debtor: { kind: debtor.kind, name: debtor.name, idType: debtor.idType, idNumber: debtor.idNumber },
    documents: order.documents.map((document) => documentOf(document, contents)),
    lines: order.action === 'inquire' ? undefined : order.lines,
    transactions: order.transactions,
    courtAccount: order.action === 'deduct' ? order.courtAccount : undefined,
  };
}

function documentOf(document: DocumentRef, contents: DocumentContents): object {
  const { type, number, title, sha256, size, seal } = document;
  return { type, number, title, sha256, size, seal, content: contents.get(document.digest)?.toString('base64') };
}
