import { courtXml } from '#connector-sdk';
import { AppError, errorText, type RealTime } from '#kernel';
import { httpCall } from '../http-call.js';

/** Where the court's web service is, and as whom the bank signs in. */
export interface CourtAddress {
  /** For example `http://127.0.0.1:3000/connector/hankoubank`. */
  readonly connector: string;
  readonly user: string;
  readonly password: string;
}

export interface SoapReply {
  /** The document of the reply, out of its Base64. */
  readonly document: Buffer;
  /** The court's signatures by order number. */
  readonly signatures: ReadonlyMap<string, string>;
}

export interface SoapCall {
  /** Attributes of the argument beside user and password. */
  readonly argument?: Readonly<Record<string, string>>;
  readonly content?: Buffer;
  /** The bank's signatures by order number. */
  readonly signatures?: ReadonlyMap<string, string>;
}

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const SERVICE = 'urn:chakong:poll-xml:1';
/** A page of documents is the largest reply. */
const REPLY_LIMITS: courtXml.XmlLimits = { bytes: 64 * 1024 * 1024, elements: 5_000, depth: 8, attributes: 16 };

/** The bank's client of the web service (docs/dialects/poll-xml.md). A reply that is not understood is an error, never guessed at. */
export class SoapClient {
  constructor(
    private readonly time: RealTime,
    private readonly court: CourtAddress,
  ) {}

  /** @throws AppError `unavailable` for a fault, and for every reply that cannot be read */
  async call(operation: string, { argument = {}, content, signatures }: SoapCall = {}): Promise<SoapReply> {
    const { connector, user, password } = this.court;
    const given = { user, password, ...argument, ...(content ? { content: content.toString('base64') } : {}) };
    const text = courtXml.escapeXml(courtXml.writeElement(courtXml.xmlElement('request', given), 'plain'));
    const body = `<soap:Body><ck:${operation} xmlns:ck="${SERVICE}"><argument>${text}</argument></ck:${operation}></soap:Body>`;
    const envelope = `${courtXml.XML_HEADER}<soap:Envelope xmlns:soap="${ENVELOPE}">${headerOf(signatures)}${body}</soap:Envelope>`;
    const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' };
    const reply = await httpCall(this.time, `${connector}/ws`, { method: 'POST', headers, body: Buffer.from(envelope, 'utf8') });
    if (reply.status !== 200) throw new AppError('unavailable', `the court answered ${reply.status} to ${operation}`, { retryable: true });
    try {
      return replyOf(courtXml.readXml(reply.body, REPLY_LIMITS), `${operation}Response`);
    } catch (error) {
      throw new AppError('unavailable', `the court's reply to ${operation} cannot be read: ${errorText(error)}`);
    }
  }
}

function headerOf(signatures: ReadonlyMap<string, string> = new Map()): string {
  if (signatures.size === 0) return '';
  const each = [...signatures].map(
    ([number, signature]) => `<ck:signature BDHM="${number}">${courtXml.escapeXml(signature)}</ck:signature>`,
  );
  return `<soap:Header><ck:signatures xmlns:ck="${SERVICE}">${each.join('')}</ck:signatures></soap:Header>`;
}

function replyOf(envelope: courtXml.RawElement, expected: string): SoapReply {
  const part = (name: string) => envelope.children.find((child) => courtXml.localName(child.name) === name);
  const [answer] = part('Body')?.children ?? [];
  const [result] = answer?.children ?? [];
  if (!answer || courtXml.localName(answer.name) !== expected || !result) throw new courtXml.NotReadable(`no ${expected}`);
  const given = part('Header')?.children.flatMap(({ children }) => children) ?? [];
  return {
    document: courtXml.bytesOfBase64(result.text),
    signatures: new Map(given.map(({ attributes, text }) => [attributes['BDHM'] ?? '', text.trim()])),
  };
}
