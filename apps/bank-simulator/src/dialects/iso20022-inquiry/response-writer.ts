import { instantText, type Instant } from '#kernel';
import { courtXml } from '#connector-sdk';
import type { BankAnswer } from '../../book/order.js';
import type { OrderRecord } from '../../store/order-rows.js';
import { accountAndParties } from './account-writer.js';
import type { ReadRequest } from './request-reader.js';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const ENVELOPE = 'urn:fi:tulli:wsdl_root.002';
const ISO = 'urn:iso:std:iso:20022:tech:xsd:';
const ACCOUNTS = 'supl.027.001.01';
const NOTE_MAX = 500;

/** Id of the element that the bank signs. */
export const RESPONSE_ID = 'applicationResponse';

/** The response to a request, unsigned and with a place for the signature: nothing but the stored record and the request goes in. */
export function responseText(request: ReadRequest, record: OrderRecord): string {
  const { answer, answeredAt } = record;
  if (!answer || answeredAt === undefined) return message(request, record.receivedAt, 'NRES', indicator('<InvstgtnSts>NFOU</InvstgtnSts>'));
  return message(request, answeredAt, 'COMP', told(request, answer, answeredAt));
}

function message(request: ReadRequest, at: Instant, status: string, indicators: string): string {
  const { order, criteria, header, from, to } = request;
  const number = courtXml.escapeXml(order.orderNumber);
  const head =
    `<CharSet>UTF-8</CharSet><Fr>${to}</Fr><To>${from}</To><BizMsgIdr>${number}-A</BizMsgIdr><MsgDefIdr>auth.002.001.01</MsgDefIdr>` +
    `<CreDt>${instantText(at)}</CreDt><Sgntr>\n</Sgntr><Rltd>${header}</Rltd>`;
  const response =
    `<RspnId>${number}-A</RspnId><InvstgtnId>${number}</InvstgtnId><RspnSts>${status}</RspnSts>` +
    `<SchCrit>${criteria}</SchCrit>${indicators}`;
  return (
    `<soap:Envelope xmlns:soap="${SOAP}"><soap:Header/><soap:Body><ApplicationResponse xmlns="${ENVELOPE}" id="${RESPONSE_ID}">` +
    `<AppHdr xmlns="${ISO}head.001.001.01">${head}</AppHdr>` +
    `<Document xmlns="${ISO}auth.002.001.01"><InfReqRspn>${response}</InfReqRspn></Document></ApplicationResponse></soap:Body></soap:Envelope>`
  );
}

function told(request: ReadRequest, answer: BankAnswer, at: Instant): string {
  if (answer.kind !== 'inquiry') {
    const note = answer.kind === 'rollback' ? `${answer.code} ${answer.note}` : '';
    return indicator('<InvstgtnSts>NOAP</InvstgtnSts>', note);
  }
  if (answer.accounts.length === 0) return indicator('<InvstgtnSts>NFOU</InvstgtnSts>');
  const party = request.criteria.includes('<OrgId>') ? 'OrgId' : 'PrvtId';
  const accounts = answer.accounts.map((one) => accountAndParties(one, request.order.subject, party, instantText(at)));
  const servicer = '<AcctSvcrId><FinInstnId></FinInstnId></AcctSvcrId>';
  const head = `<InvstgtnId>${courtXml.escapeXml(request.order.orderNumber)}</InvstgtnId><CreDtTm>${instantText(at)}</CreDtTm>${servicer}`;
  const supplement = `<Document xmlns="${ISO}${ACCOUNTS}"><InfRspnSD1>${head}${accounts.join('')}</InfRspnSD1></Document>`;
  return indicator(`<Rslt>${supplement}</Rslt>`);
}

function indicator(result: string, note = ''): string {
  const text = [...note].slice(0, NOTE_MAX).join('');
  return (
    `<RtrInd><AuthrtyReqTp><MsgNmId>${ACCOUNTS}</MsgNmId></AuthrtyReqTp><InvstgtnRslt>${result}</InvstgtnRslt>` +
    `${text === '' ? '' : `<AddtlInf>${courtXml.escapeXml(text)}</AddtlInf>`}</RtrInd>`
  );
}

/** A SOAP fault with one of the profile's error codes. */
export function faultText(code: string, words: string): string {
  return (
    `<soap:Envelope xmlns:soap="${SOAP}"><soap:Header/><soap:Body><soap:Fault><faultcode>soap:Client</faultcode>` +
    `<faultstring>${courtXml.escapeXml(words)}</faultstring><detail><errorcode>${code}</errorcode></detail></soap:Fault></soap:Body></soap:Envelope>`
  );
}
