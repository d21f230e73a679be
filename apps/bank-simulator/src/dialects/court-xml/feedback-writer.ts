import { courtXml } from '#connector-sdk';
import { formatAmount, instantText, invariant, legalDateOf, parseAmount, sumMinor } from '#kernel';
import type { BankAnswer, LineReport } from '../../book/order.js';
import type { OrderRecord } from '../../store/order-rows.js';
import { accountRecord, bookingRecords, currencyNumber, measureList, NOTHING_FOUND, rightList } from './account-writer.js';

/** Whom the court may call about a rollback. */
const CONTACT = { XCHTR: '司法查控岗', XCHTDH: '027-88880000' };

/** Which call or file an answer belongs to. */
export type FeedbackKind = 'inquiry' | 'transactions' | 'control' | 'rollback';

/** Where an account's bookings stand: in its record, or in records of their own that come before (`writeBookings`). */
export type BookingsPlace = 'inside' | 'apart';

export interface Feedback {
  readonly kind: FeedbackKind;
  /** The exact bytes that the bank signs: all records of this order, side by side. */
  readonly bytes: Buffer;
}

/** What stands in every record of an answer beside its own. */
type Head = Readonly<Record<string, string>>;

/** The answer as records, the same bytes whenever they are written: nothing but the stored record goes in. */
export function writeFeedback(record: OrderRecord, coding: courtXml.AttributeCoding, bookings: BookingsPlace = 'inside'): Feedback {
  const { answer, answeredAt } = record;
  invariant(answer && answeredAt !== undefined, 'only an answered order has an answer to write');
  const head: Head = {
    EX1_RECEIVEDAT: courtXml.courtTime(instantText(record.receivedAt), 'milliseconds'),
    EX1_ANSWEREDAT: courtXml.courtTime(instantText(answeredAt), 'milliseconds'),
  };
  const records = recordsOf(record.orderNumber, bookings === 'apart' ? withoutBookings(answer) : answer, head, legalDateOf(answeredAt));
  return { kind: answer.kind, bytes: Buffer.from(records.map((one) => courtXml.writeElement(one, coding)).join(''), 'utf8') };
}

/** The sealed receipt of a control answer, where this bank gives one: its record tells the sum that was moved or controlled. */
export function writeReceipt({ orderNumber, answer }: OrderRecord, coding: courtXml.AttributeCoding): Buffer | undefined {
  if (answer?.kind !== 'control' || answer.receipt === undefined) return undefined;
  const sums = answer.lines.flatMap(({ moved, covered }) => moved?.principal ?? covered ?? []);
  const sum = formatAmount(sumMinor(sums.map((one) => parseAmount(one))));
  const content = paperOf(`${orderNumber} ${sum}`);
  const record = courtXml.xmlElement('hzxx', {
    BDHM: orderNumber,
    WJMC: '协助执行通知书（回执）.pdf',
    WJLX: 'pdf',
    WSLB: courtXml.RECEIPT_CLASS,
    WSNR: content.toString('base64'),
    MD5: courtXml.md5Hex(content),
    EX1_JE: answer.receipt === 'wrong' ? '0.07' : sum,
  });
  return Buffer.from(courtXml.writeElement(record, coding), 'utf8');
}

/** One page that says one line: a stand-in for the bank's sealed paper. */
function paperOf(line: string): Buffer {
  const text = `BT /F1 12 Tf 72 760 Td (${line}) Tj ET`;
  return Buffer.from(
    [
      '%PDF-1.7',
      '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
      '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
      '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj',
      `4 0 obj<</Length ${text.length}>>\nstream\n${text}\nendstream\nendobj`,
      'trailer<</Root 1 0 R>>',
      '%%EOF\n',
    ].join('\n'),
    'latin1',
  );
}

function withoutBookings(answer: BankAnswer): BankAnswer {
  if (answer.kind !== 'inquiry') return answer;
  return { ...answer, accounts: answer.accounts.map((account) => ({ ...account, transactions: undefined })) };
}

/** The bookings of all accounts as records of their own, by the account's number in the answer; undefined when none were asked for. */
export function writeBookings({ orderNumber, answer }: OrderRecord, coding: courtXml.AttributeCoding): Feedback | undefined {
  if (answer?.kind !== 'inquiry') return undefined;
  const records = answer.accounts.flatMap((account, i) =>
    bookingRecords(account.transactions ?? [], account.currency, { BDHM: orderNumber, CCXH: String(i + 1) }),
  );
  if (records.length === 0) return undefined;
  return { kind: 'transactions', bytes: Buffer.from(records.map((one) => courtXml.writeElement(one, coding)).join(''), 'utf8') };
}

function recordsOf(orderNumber: string, answer: BankAnswer, head: Head, today: string): readonly courtXml.XmlElement[] {
  const BDHM = orderNumber;
  switch (answer.kind) {
    case 'rollback':
      return [courtXml.xmlElement('htxx', { BDHM, XCHTYY: answer.code, XCHTBZ: answer.note, ...CONTACT, ...head })];
    case 'inquiry':
      return answer.result === 'found'
        ? answer.accounts.map((account, i) => accountRecord({ BDHM, CCXH: String(i + 1) }, account, { ...head, EX1_RESULT: 'found' }))
        : [nothing(BDHM, answer.result, head)];
    case 'control':
      return answer.lines.map((line) => controlRecord(BDHM, line, head, today));
  }
}

/** A bank does not pass over in silence that there is no account (R27). */
function nothing(orderNumber: string, result: string, head: Head): courtXml.XmlElement {
  const FKSJ = head['EX1_ANSWEREDAT']?.slice(0, 19);
  return courtXml.xmlElement('zhxx', { BDHM: orderNumber, CCXH: '1', FKSJ, BEIZ: NOTHING_FOUND, ...head, EX1_RESULT: result });
}

const RESULTS = {
  executed: { KZZT: '1' },
  'partly-executed': { KZZT: '1', EX1_STATUS: 'partial' },
  refused: { KZZT: '2' },
  'unheard-of': { KZZT: '9' },
  'own-done': { KZZT: 'Z1' },
} as const satisfies Readonly<Record<LineReport['status'], object>>;

function controlRecord(orderNumber: string, line: LineReport, head: Head, today: string): courtXml.XmlElement {
  const { EX1_STATUS, KZZT } = { EX1_STATUS: undefined, ...RESULTS[line.status] };
  const attributes = {
    BDHM: orderNumber,
    CCXH: String(line.seq),
    KHZH: line.account,
    KZNR: line.scope && (line.scope === 'account' ? '2' : '1'),
    KZZT,
    YE: line.balance,
    KYYE: line.available,
    // The check file of the interface demands both days, also where nothing was controlled.
    CSKSRQ: line.from ?? today,
    CSJSRQ: line.to ?? line.from ?? today,
    DJXE: line.limit,
    SKJE: line.covered,
    CESKJE: line.uncovered,
    WNKZYY: line.reason?.text ?? '',
    BEIZ: '',
    ...head,
    EX1_STATUS,
    EX1_BZ: line.currency && currencyNumber(line.currency),
    EX1_REASON: line.reason?.code,
    EX1_RANK: line.rank === undefined ? undefined : String(line.rank),
    ...movedOf(line),
  };
  return courtXml.xmlElement('kzxx', attributes, [...measureList(line.priorMeasures), ...rightList(line.priorityRights)]);
}

function movedOf({ moved }: LineReport): Readonly<Record<string, string>> {
  if (!moved) return {};
  return {
    EX1_MOVED: moved.principal,
    EX1_INTEREST: moved.interest,
    EX1_FEE: moved.fee,
    EX1_SERIAL: moved.serial,
    EX1_VALUEDATE: moved.valueDate,
    EX1_CHANNEL: moved.channel,
    EX1_CREDIT: moved.state,
  };
}
