import { courtXml } from '#connector-sdk';
import { sha256Hex } from '#kernel';
import { signDetached } from '#trust';
import { DOCUMENT, type FakeCourt, type wireOrder } from './fake-court.js';

const CODING = 'base64-gbk';
const SERVICE = 'urn:chakong:poll-xml:1';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const MEASURES: Readonly<Record<string, string>> = { freeze: '01', renew: '02', release: '04', deduct: '06' };

type WireOrder = ReturnType<typeof wireOrder>;
interface Polled {
  readonly orderNumber: string;
  readonly isInquiry: boolean;
  readonly bytes: Buffer;
  readonly signature: string;
}

/** The court's side of the web service that a bank polls, behind the sockets of `FakeCourt`. */
export class FakePollCourt {
  readonly waiting: Polled[] = [];
  readonly acknowledged = new Set<string>();
  /** The records of each answer that came with a signature that holds, as XML. */
  readonly answers: { readonly orderNumber: string; readonly records: readonly courtXml.XmlElement[] }[] = [];
  badSignatures = 0;
  /** How acknowledgements spell what was wrong. */
  errorName = 'errorMsg';

  constructor(private readonly court: FakeCourt) {
    court.soap = (body) => this.handle(body);
  }

  async serve(order: WireOrder, signature?: string): Promise<void> {
    const bytes = Buffer.from(courtXml.writeElement(recordOf(order), CODING), 'utf8');
    const own = `${this.court.signer.keyId};ed25519;${(await signDetached(this.court.signer, bytes)).slice('ed25519:'.length)}`;
    this.waiting.push({ orderNumber: order.orderNumber, isInquiry: order['action'] === 'inquire', bytes, signature: signature ?? own });
  }

  has(orderNumber: string): boolean {
    return this.answers.some((answer) => answer.orderNumber === orderNumber);
  }

  private async handle(body: Buffer): Promise<Buffer> {
    const { children } = courtXml.readXml(body);
    const [operation] = children.at(-1)?.children ?? [];
    const name = courtXml.localName(operation?.name ?? '');
    const argument = courtXml.readXml(Buffer.from(operation?.children[0]?.text ?? '', 'utf8')).attributes;
    const signatures = new Map(
      children.flatMap((part) => part.children[0]?.children ?? []).map(({ attributes, text }) => [attributes['BDHM'] ?? '', text]),
    );
    const content = Buffer.from(argument['content'] ?? '', 'base64');
    if (name.endsWith('List')) return this.list(name, name === 'getQueryList');
    if (name === 'getDocuments') return reply(name, documents(argument['BDHM'] ?? ''));
    if (name === 'confirmReceipt') return reply(name, this.confirm(content));
    return reply(name, await this.take(content, signatures));
  }

  private list(name: string, isQuery: boolean): Buffer {
    const open = this.waiting.filter(
      (one) => one.isInquiry === isQuery && !this.acknowledged.has(one.orderNumber) && !this.has(one.orderNumber),
    );
    const page = open.slice(0, 100);
    const signed = page.map(({ orderNumber, signature }) => `<ck:signature BDHM="${orderNumber}">${signature}</ck:signature>`).join('');
    const document = courtXml.wrapRecords(
      isQuery ? 'cxqqList' : 'kzqqList',
      page.map(({ bytes }) => bytes),
    );
    return reply(name, document, `<soap:Header><ck:signatures xmlns:ck="${SERVICE}">${signed}</ck:signatures></soap:Header>`);
  }

  private confirm(content: Buffer): Buffer {
    const numbers = courtXml.decodeElement(courtXml.readXml(content), CODING).children.map(({ attributes }) => attributes['BDHM'] ?? '');
    for (const number of numbers) this.acknowledged.add(number);
    return results(numbers.map((bdhm) => ({ bdhm, result: 'success' })));
  }

  private async take(content: Buffer, signatures: ReadonlyMap<string, string>): Promise<Buffer> {
    const [only] = signatures.keys();
    let slices: readonly { readonly orderNumber: string; readonly bytes: Buffer }[];
    try {
      slices = courtXml.cutFeedback(content, CODING);
    } catch {
      // Bytes were lost on the way.
      slices = [{ orderNumber: only ?? '', bytes: content }];
    }
    const take = async ({ orderNumber, bytes }: (typeof slices)[number]): Promise<Readonly<Record<string, string>>> => {
      if (!(await this.court.holds(bytes, signatures.get(orderNumber)))) {
        this.badSignatures += 1;
        return { bdhm: orderNumber, result: 'fail', [this.errorName]: '签名不对' };
      }
      this.answers.push({ orderNumber, records: courtXml.readXmlPieces(bytes).map((one) => courtXml.decodeElement(one, CODING)) });
      return { bdhm: orderNumber, result: 'success' };
    };
    return results(await Promise.all(slices.map(take)));
  }
}

function results(outcomes: readonly Readonly<Record<string, string>>[]): Buffer {
  const records = outcomes.map((one) => courtXml.xmlElement('jg', one));
  return courtXml.writeDocument(courtXml.xmlElement('result', {}, [courtXml.xmlElement('cxjglist', {}, records)]), CODING);
}

function reply(name: string, document: Buffer, header = ''): Buffer {
  const response = `<ck:${name}Response xmlns:ck="${SERVICE}"><return>${document.toString('base64')}</return></ck:${name}Response>`;
  return Buffer.from(`<soap:Envelope xmlns:soap="${SOAP}">${header}<soap:Body>${response}</soap:Body></soap:Envelope>`, 'utf8');
}

function documents(orderNumber: string): Buffer {
  const types = ['freeze-ruling', 'freeze-notice', 'release-ruling', 'release-notice', 'deduct-ruling', 'deduct-notice'];
  const list = types.map((type) => ({ type, number: '一号', title: type, sha256: sha256Hex(DOCUMENT), seal: '{}', content: DOCUMENT }));
  return courtXml.writeCourtDocuments({ orderNumber, action: 'freeze' }, list, CODING);
}

/** The record of an order that specs write in the court's plain form. */
function recordOf(order: WireOrder): courtXml.XmlElement {
  const {
    court,
    debtor,
    officer,
    documents: papers,
    lines,
    transactions,
  } = order as unknown as {
    transactions?: { from: string; to: string };
    court: { name: string };
    debtor: { name: string; idType: string; idNumber: string };
    officer: { workId: string; dutyId: string };
    documents: readonly { type: string; sha256: string }[];
    lines: readonly { seq: number; account: string; amount: { amount: string }; from?: string; to?: string }[];
  };
  const head = {
    BDHM: order.orderNumber,
    XM: debtor.name,
    ZJLX: debtor.idType,
    DSRZJHM: debtor.idNumber,
    FYMC: court.name,
    AH: '(2026)鄂0106执1234号',
    GZZBH: officer.workId,
    GWZBH: officer.dutyId,
    EX1_DOCUMENTS: papers.map(({ type, sha256 }) => `${type}:${sha256}`).join(' '),
  };
  if (order['action'] === 'inquire') return courtXml.xmlElement('cxqq', { ...head, CKKSSJ: transactions?.from, CKJSSJ: transactions?.to });
  const records = lines.map(({ seq, account, amount, from, to }) =>
    courtXml.xmlElement('kzzh', {
      CCXH: String(seq),
      KZLX: '1',
      KZCS: MEASURES[String(order['action'])],
      KHZH: account,
      KZNR: '1',
      KSRQ: from,
      JSRQ: to,
      BZ: '156',
      JE: amount.amount,
    }),
  );
  return courtXml.xmlElement('kzqq', head, [courtXml.xmlElement('kzzhlist', {}, records)]);
}
