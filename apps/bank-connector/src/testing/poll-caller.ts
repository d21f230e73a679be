import { courtXml } from '#connector-sdk';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const SERVICE = 'urn:chakong:poll-xml:1';
const CODING = 'base64-gbk';

/** What came back from one call: the document, or the fault. */
export interface PollReply {
  readonly status: number;
  readonly document: Buffer;
  readonly fault: string;
  readonly code: string;
  readonly signatures: ReadonlyMap<string, string>;
}

/** A bank that polls, as specs see it: one call at a time, and everything that comes back. */
export class PollCaller {
  constructor(
    private readonly address: string,
    private readonly user: string,
    private readonly password: string,
  ) {}

  /** Sends an envelope, or whatever else stands in its place. */
  async send(body: Buffer, contentType = 'text/xml; charset=utf-8'): Promise<PollReply> {
    const response = await fetch(this.address, { method: 'POST', headers: { 'content-type': contentType }, body: new Uint8Array(body) });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isXml = response.headers.get('content-type')?.startsWith('text/xml') ?? false;
    const none = { document: Buffer.alloc(0), fault: '', code: '', signatures: new Map<string, string>() };
    if (!isXml) return { ...none, status: response.status, code: bytes.toString('utf8') };
    const parts = courtXml.readXml(bytes).children;
    const [answer] = parts.at(-1)?.children ?? [];
    const text = (name: string): string => answer?.children.find((child) => child.name === name)?.text ?? '';
    const code = answer?.children.find(({ name }) => name === 'detail')?.children[0]?.text ?? '';
    const signed = parts.slice(0, -1).flatMap((header) => header.children[0]?.children ?? []);
    return {
      status: response.status,
      document: Buffer.from(text('return'), 'base64'),
      fault: text('faultstring'),
      code,
      signatures: new Map(signed.map(({ attributes, text: value }) => [attributes['BDHM'] ?? '', value])),
    };
  }

  call(
    operation: string,
    argument: Readonly<Record<string, string>> = {},
    signatures: ReadonlyMap<string, string> = new Map(),
  ): Promise<PollReply> {
    return this.send(this.envelope(operation, argument, signatures));
  }

  envelope(operation: string, argument: Readonly<Record<string, string>>, signatures: ReadonlyMap<string, string> = new Map()): Buffer {
    const given = courtXml.xmlElement('request', { user: this.user, password: this.password, ...argument });
    const text = courtXml.escapeXml(courtXml.writeElement(given, 'plain'));
    const signed = [...signatures].map(([number, signature]) => `<ck:signature BDHM="${number}">${signature}</ck:signature>`).join('');
    const header = signed === '' ? '' : `<soap:Header><ck:signatures xmlns:ck="${SERVICE}">${signed}</ck:signatures></soap:Header>`;
    const body = `<soap:Body><ck:${operation} xmlns:ck="${SERVICE}"><argument>${text}</argument></ck:${operation}></soap:Body>`;
    return Buffer.from(`<soap:Envelope xmlns:soap="${ENVELOPE}">${header}${body}</soap:Envelope>`, 'utf8');
  }

  /** The orders of a list with their exact bytes and signatures. */
  async orders(list: string): Promise<readonly { readonly orderNumber: string; readonly bytes: Buffer; readonly signature: string }[]> {
    const { status, document, signatures, fault } = await this.call(list, { limit: '100' });
    if (status !== 200) throw new Error(`${list} was answered with ${status} ${fault}`);
    return courtXml.readXml(document).children.map(({ source, attributes }) => {
      const orderNumber = courtXml.decodeAttribute(attributes['BDHM'] ?? '', CODING);
      return { orderNumber, bytes: Buffer.from(source, 'utf8'), signature: signatures.get(orderNumber) ?? '' };
    });
  }

  async confirm(orderNumbers: readonly string[], receivedAt: string) {
    const receipts = orderNumbers.map((BDHM) => courtXml.xmlElement('qs', { BDHM, EX1_RECEIVEDAT: receivedAt }));
    const content = courtXml.writeDocument(courtXml.xmlElement('qsList', {}, receipts), CODING);
    return this.upload('confirmReceipt', content, new Map());
  }

  /** Number and result of each thing that was brought. */
  async upload(
    operation: string,
    content: Buffer,
    signatures: ReadonlyMap<string, string>,
  ): Promise<readonly (readonly [string, string])[]> {
    const { status, document, fault } = await this.call(operation, { content: content.toString('base64') }, signatures);
    if (status !== 200) throw new Error(`${operation} was answered with ${status} ${fault}`);
    const [list] = courtXml.decodeElement(courtXml.readXml(document), CODING).children;
    return (list?.children ?? []).map(({ attributes }) => [attributes['bdhm'] ?? '', attributes['result'] ?? ''] as const);
  }
}
