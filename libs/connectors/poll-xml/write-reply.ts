import { courtXml, type PullOperation, type PullReply, type WireOrder } from '#connector-sdk';
import { nameOf, NAMESPACE } from './operations.js';
import { CODING } from './read-content.js';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

/** The envelope around a reply: the document in Base64 as its one string, and the court's signatures of its orders in the header. */
export function writeReply(operation: PullOperation, reply: PullReply): Buffer {
  const name = `${nameOf(operation)}Response`;
  const document = documentOf(operation, reply).toString('base64');
  const header = reply.kind === 'orders' && reply.orders.length > 0 ? signatures(reply.orders) : '';
  return envelope(`${header}<soap:Body><ck:${name} xmlns:ck="${NAMESPACE}"><return>${document}</return></ck:${name}></soap:Body>`);
}

/** Whose fault it is: what no repetition of the same call mends is the caller's. */
export function writeFault(code: string, detail: string, isCallers: boolean): Buffer {
  const fault = `<faultcode>soap:${isCallers ? 'Client' : 'Server'}</faultcode><faultstring>${courtXml.escapeXml(visible(detail))}</faultstring>`;
  const more = `<detail><ck:code xmlns:ck="${NAMESPACE}">${courtXml.escapeXml(visible(code))}</ck:code></detail>`;
  return envelope(`<soap:Body><soap:Fault>${fault}${more}</soap:Fault></soap:Body>`);
}

/** A refusal may quote what was wrong, also characters that no XML can hold. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
}

function envelope(content: string): Buffer {
  return Buffer.from(`${courtXml.XML_HEADER}<soap:Envelope xmlns:soap="${ENVELOPE}">${content}</soap:Envelope>`, 'utf8');
}

function signatures(orders: readonly WireOrder[]): string {
  const each = orders.map(
    ({ orderNumber, signature }) => `<ck:signature BDHM="${orderNumber}">${courtXml.escapeXml(signature)}</ck:signature>`,
  );
  return `<soap:Header><ck:signatures xmlns:ck="${NAMESPACE}">${each.join('')}</ck:signatures></soap:Header>`;
}

function documentOf(operation: PullOperation, reply: PullReply): Buffer {
  switch (reply.kind) {
    case 'orders': {
      const list = courtXml.listOfAction(operation === 'query-list' ? 'inquire' : 'freeze');
      return courtXml.wrapRecords(
        list,
        reply.orders.map(({ bytes }) => bytes),
      );
    }
    case 'documents':
      return courtXml.writeCourtDocuments(reply.order, reply.documents, CODING);
    case 'credentials':
      return courtXml.writeCourtCredentials(reply.order, reply.images, CODING);
    case 'results':
      return courtXml.writeResults(operation === 'rollback' ? 'htjglist' : 'cxjglist', reply.results, CODING);
  }
}
