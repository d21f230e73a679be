import type { X509Certificate } from 'node:crypto';
import { NotReadable, type AnswerReading } from '#connector-sdk';
import { errorText, instantText, legalDateOf } from '#kernel';
import type { OrderDispatched } from '#contracts';
import { elementAt, textAt } from './elements.js';
import { readInquiry } from './inquire.js';
import { readMessage, type InquiryMessage } from './read-message.js';
import type { SignatureTrust } from './signature.js';
import { RESPONSE_STATUSES } from './status-table.js';
import { codeIn } from './codes.js';
import { instantOf } from './values.js';

/**
 * Reads a response auth.002.001.01 to one order, out of what a named certificate signed and nowhere else. Everything that is not wholly
 * understood is `unreadable`, and so leaves the order undetermined (I6).
 */
export function readAnswer(
  bytes: Buffer,
  order: OrderDispatched,
  trust: SignatureTrust & { readonly certificates: readonly X509Certificate[] },
): AnswerReading {
  try {
    return answerIn(readMessage(bytes, trust), order);
  } catch (error) {
    return { kind: 'unreadable', reason: errorText(error) };
  }
}

/** The answer that a message gives, whoever signed it. @throws NotReadable or AppError with what is not understood */
export function answerIn({ name, document, header }: InquiryMessage, order: OrderDispatched): AnswerReading {
  const response = elementAt(document, 'InfReqRspn');
  if (name !== 'auth.002.001.01' || !response || !header) throw new NotReadable('no response with a header');
  assertAnswers(response, header, order);
  const status = codeIn(RESPONSE_STATUSES, textAt(response, 'RspnSts') ?? '', 'RspnSts');
  if (status !== 'complete') throw new NotReadable(status === 'later' ? 'nothing is answered yet' : 'a part of the answer is missing');
  const at = instantOf(textAt(header, 'CreDt'));
  const content = readInquiry(response, order, legalDateOf(at));
  return { kind: 'answer', orderNumber: order.orderNumber, answeredAt: instantText(at), content };
}

/** The register hands back the number and the question as they were, so an answer to something else shows itself. @throws NotReadable */
function assertAnswers(response: Element, header: Element, { orderNumber, debtor }: OrderDispatched): void {
  if (textAt(response, 'InvstgtnId') !== orderNumber) throw new NotReadable('the answer names another order');
  const related = textAt(header, 'Rltd', 'BizMsgIdr');
  if (related !== undefined && related !== orderNumber) throw new NotReadable('the answer replies to another message');
  const party = elementAt(response, 'SchCrit', 'CstmrId', 'Pty');
  const asked = party && elementAt(party, 'Id', debtor.kind === 'person' ? 'PrvtId' : 'OrgId', 'Othr');
  const name = party && textAt(party, 'Nm');
  if (!asked || textAt(asked, 'Id') !== debtor.idNumber || (name !== undefined && name !== debtor.name))
    throw new NotReadable('the answer is to another question');
}
