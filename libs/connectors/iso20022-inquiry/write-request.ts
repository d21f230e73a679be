import { AppError, instantText, legalDateOf, parseInstant } from '#kernel';
import type { OrderDispatched } from '#contracts';
import { BANK_SCHEME, COURT_SCHEME } from './codes.js';
import { writeCriteria } from './inquire.js';
import { ENVELOPE, HEAD, OFFICIAL, REQUEST, REQUEST_ID, SOAP } from './namespaces.js';
import { leaf, tag } from './xml-writer.js';

/** The paper that must travel with an inquiry (R4). */
const NOTICE = 'inquiry-notice';

/**
 * A request auth.001.001.01 with its header in the profile's envelope, unsigned: the same order gives the same bytes, at any time and place.
 * @param institution the bank's number, for the header
 * @throws AppError `unsupported-by-dialect` for another action than an inquiry, and for what has no form in the message
 */
export function writeRequest(order: OrderDispatched, institution: string): Buffer {
  if (order.action !== 'inquire') throw new AppError('unsupported-by-dialect', '该银行的报文只能查询，不能冻结、续冻、解冻或扣划');
  const message = tag('AppHdr', writeHeader(order, institution), HEAD) + tag('Document', writeOpening(order), REQUEST);
  const envelope = `<ApplicationRequest xmlns="${ENVELOPE}" id="${REQUEST_ID}">${message}</ApplicationRequest>`;
  return Buffer.from(
    `<soap:Envelope xmlns:soap="${SOAP}"><soap:Header></soap:Header><soap:Body>${envelope}</soap:Body></soap:Envelope>`,
    'utf8',
  );
}

/** The order's number names the message too, so that a repetition is recognised wherever one looks. */
function writeHeader({ orderNumber, case: { courtCode }, dispatchedAt }: OrderDispatched, institution: string): string {
  return (
    leaf('CharSet', 'UTF-8', 5) +
    tag('Fr', partyOf(courtCode, COURT_SCHEME)) +
    tag('To', partyOf(institution, BANK_SCHEME)) +
    leaf('BizMsgIdr', orderNumber, 35) +
    leaf('MsgDefIdr', 'auth.001.001.01', 35) +
    leaf('CreDt', instantText(parseInstant(dispatchedAt)), 24)
  );
}

function partyOf(id: string, scheme: string): string {
  const other = tag('Othr', leaf('Id', id, 35) + tag('SchmeNm', leaf('Prtry', scheme, 35)));
  return tag('OrgId', tag('Id', tag('OrgId', other)));
}

/** What is asked is how things stand on the day of the order: a period of more days would bring accounts that were closed long ago. */
function writeOpening(order: OrderDispatched): string {
  const day = legalDateOf(parseInstant(order.dispatchedAt));
  const opening =
    leaf('InvstgtnId', order.orderNumber, 35) +
    tag('LglMndtBsis', leaf('Prgrph', order.case.number, 35) + leaf('Dsclmr', noticeOf(order), 350)) +
    tag('CnfdtltySts', 'true') +
    tag('InvstgtnPrd', tag('Dt', tag('FrDt', day) + tag('ToDt', day))) +
    tag('SchCrit', writeCriteria(order)) +
    tag('SplmtryData', tag('Envlp', tag('Document', tag('InfReqFin012', tag('AuthorityInquiry', writeOfficial(order))), OFFICIAL)));
  return tag('InfReqOpng', opening);
}

/** The message has no room for a paper, so it names the one that was sealed for it, by court, number and digest. */
function noticeOf({ case: { courtName }, documents }: OrderDispatched): string {
  const notice = documents.find(({ type }) => type === NOTICE);
  if (!notice) throw new AppError('unsupported-by-dialect', '查询没有附协助查询存款通知书');
  return `${courtName} ${notice.title} ${notice.number} SHA-256 ${notice.sha256}`;
}

/** The officer by both credentials (R2). Nobody above him has a part in an inquiry, so his court stands for his superior. */
function writeOfficial({ officer, case: { courtCode, courtName } }: OrderDispatched): string {
  const numberOf = (kind: 'work' | 'duty'): string => officer.credentials.find((one) => one.kind === kind)?.number ?? '';
  return (
    leaf('OfficialId', `工作证 ${numberOf('work')} 公务证 ${numberOf('duty')}`, 140) +
    leaf('OfficialSuperiorId', `${courtCode} ${courtName}`, 140)
  );
}
