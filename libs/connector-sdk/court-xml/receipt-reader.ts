import type { ControlLine, OrderDispatched } from '#contracts';
import { formatAmount, parseAmount, sumMinor } from '#kernel';
import type { AnswerContent, HeardReceipt } from '../readings.js';
import { bytesOfBase64 } from './attribute-coding.js';
import { RECEIPT_CLASS } from './codes.js';
import { md5Hex } from './documents-writer.js';
import { exactText, freeText, moneyOf, optionalExact, valueOf } from './values.js';
import { NotReadable, type XmlElement } from './xml-element.js';

const RECEIPTS_MAX = 20;
const DEFAULT_NAME = '协助执行通知书（回执）.pdf';
const NAME_MAX = 200;

/** A receipt that is not about this order, or says something else than the answer beside it: nobody knows then what the bank has sealed. */
export class ReceiptMismatch extends NotReadable {}

/**
 * `hzxx`: the receipts of one answer. What the record says of the paper must agree with the order and the answer: number, name, case and sum, each where the
 * bank states it. What is written on the paper itself is for the people who read it.
 * @throws ReceiptMismatch
 */
export function receiptsOf(records: readonly XmlElement[], order: OrderDispatched, content: AnswerContent): readonly HeardReceipt[] {
  if (records.length > RECEIPTS_MAX) throw new NotReadable(`more than ${RECEIPTS_MAX} receipts`);
  return records.map((record) => receiptOf(record, order, content));
}

function receiptOf(record: XmlElement, order: OrderDispatched, said: AnswerContent): HeardReceipt {
  if (record.name !== 'hzxx' || valueOf(record, 'BDHM') !== order.orderNumber) throw new ReceiptMismatch('a receipt of another order');
  if ((valueOf(record, 'WSLB') ?? RECEIPT_CLASS) !== RECEIPT_CLASS) throw new ReceiptMismatch('a document that is no receipt');
  const content = bytesOfBase64(valueOf(record, 'WSNR') ?? '');
  if (exactText(record, 'MD5', 32).toLowerCase() !== md5Hex(content)) throw new ReceiptMismatch('a receipt with another MD5');
  const { debtor, case: about } = order;
  agree('name', optionalExact(record, 'EX1_XM', NAME_MAX), debtor.name);
  agree('case', optionalExact(record, 'EX1_AH', NAME_MAX), about.number);
  const currency = order.lines[0]?.currency ?? 'CNY';
  agree('sum', moneyOf(record, 'EX1_JE', currency)?.amount, sumOf(said, currency));
  const name = (freeText(record, 'WJMC') ?? '').replaceAll(/[\p{Control}\p{Surrogate}]/gu, '').slice(0, NAME_MAX);
  return { name: name === '' ? DEFAULT_NAME : name, content };
}

function agree(what: string, stated: string | undefined, ours: string | undefined): void {
  if (stated !== undefined && stated !== ours) throw new ReceiptMismatch(`the ${what} of the receipt is not that of the answer`);
}

/** What the answer says was moved, or else controlled, over all its lines; undefined where it says nothing of money, or of several currencies. */
function sumOf(said: AnswerContent, currency: string): string | undefined {
  if (!('control' in said)) return undefined;
  const sums = said.control.lines.flatMap((line) => figureOf(line) ?? []);
  if (sums.length === 0 || sums.some((one) => one.currency !== currency)) return undefined;
  return formatAmount(sumMinor(sums.map(({ amount }) => parseAmount(amount, currency))), currency);
}

function figureOf({ moved, covered }: ControlLine) {
  return moved?.principal ?? covered;
}
