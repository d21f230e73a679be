import { AppError } from '#kernel';
import type { DocumentRef, OrderDispatched } from '#contracts';
import type { DocumentContents } from '#connector-sdk';
import { codeOf, CUSTOMER_TYPES, DOCUMENT_TYPES, TRAN_CODES, UNIFIED_CODE } from '../codes.js';

/** The version of the bodies that both sides write. A body of another one is not read. */
export const BODY_VERSION = 1;

/** What every order says: who asks, about whom, by which papers. Our internal ids stay inside. */
export function writeHead(order: OrderDispatched, contents: DocumentContents): Record<string, unknown> {
  const { officer, debtor } = order;
  const credential = (kind: 'work' | 'duty') => officer.credentials.find((one) => one.kind === kind)?.number;
  return {
    v: BODY_VERSION,
    reqNo: order.orderNumber,
    tranCode: sayable(TRAN_CODES, order.action, 'action'),
    instCode: order.legalPerson,
    lane: order.lane && { id: order.lane.id, no: order.lane.number },
    court: { code: order.case.courtCode, name: order.case.courtName },
    caseNo: order.case.number,
    officer: { name: officer.name, phone: officer.phone, workCertNo: credential('work'), dutyCertNo: credential('duty') },
    cust: {
      custType: sayable(CUSTOMER_TYPES, debtor.kind, 'kind of party'),
      name: debtor.name,
      certType: debtor.idType === UNIFIED_CODE.ours ? UNIFIED_CODE.theirs : debtor.idType,
      certNo: debtor.idNumber,
    },
    docs: order.documents.map((document) => documentOf(document, contents)),
  };
}

function documentOf({ type, number, title, sha256, size, seal, digest }: DocumentRef, contents: DocumentContents): object {
  return {
    docType: sayable(DOCUMENT_TYPES, type, 'kind of document'),
    docNo: number,
    title,
    sha256,
    size,
    seal,
    content: contents.get(digest)?.toString('base64'),
  };
}

/** @throws AppError `unsupported-by-dialect` when the bank has no code for the word */
export function sayable(table: Readonly<Record<string, string>>, word: string, what: string): string {
  const code = codeOf(table, word);
  if (code === undefined) throw new AppError('unsupported-by-dialect', `该银行的报文无法表达 ${what} ${word}`);
  return code;
}
