import { AppError, errorText } from '#kernel';
import { courtXml, type PullCall, type PullOperation } from '#connector-sdk';
import { OPERATION_NAMES } from './operations.js';

/** One call with everything in it; the server refuses larger bodies before they come here. */
const CALL_LIMITS: courtXml.XmlLimits = { bytes: 12 * 1024 * 1024, elements: 2_000, depth: 8, attributes: 32 };
/** The argument holds what is brought in one attribute, so it has next to no elements. */
const ARGUMENT_LIMITS: courtXml.XmlLimits = { bytes: CALL_LIMITS.bytes, elements: 4, depth: 2, attributes: 16 };
const SOAP_11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const LIMIT_MAX = 500;
const ORDER_NUMBER = /^[0-9A-Za-z-]{1,30}$/;

/** Turns what the reader of XML says into the refusal that callers know. */
export function refusing<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof courtXml.NotReadable) throw new AppError('invalid', `${what}无法识别：${errorText(error)}`);
    throw error;
  }
}

/** Reads a SOAP 1.1 envelope with one operation that has one string argument. @throws AppError `invalid` */
export function readCall(bytes: Buffer): PullCall {
  return refusing('请求报文', () => {
    const { header, operation } = partsOf(courtXml.readXml(bytes, CALL_LIMITS));
    const kind = operationOf(courtXml.localName(operation.name));
    const [argument, ...more] = operation.children;
    if (!argument || more.length > 0) throw new courtXml.NotReadable('an operation has exactly one argument');
    const root = courtXml.decodeElement(courtXml.readXml(Buffer.from(argument.text, 'utf8'), ARGUMENT_LIMITS), 'plain');
    return callOf(kind, root, header);
  });
}

function partsOf(envelope: courtXml.RawElement) {
  const prefix = envelope.name.includes(':') ? `:${envelope.name.slice(0, envelope.name.indexOf(':'))}` : '';
  const isSoap = courtXml.localName(envelope.name) === 'Envelope' && envelope.attributes[`xmlns${prefix}`] === SOAP_11;
  if (!isSoap) throw new courtXml.NotReadable('no envelope of SOAP 1.1');
  const part = (name: string) => envelope.children.filter((child) => courtXml.localName(child.name) === name);
  const [body, ...bodies] = part('Body');
  const [header, ...headers] = part('Header');
  const [operation, ...operations] = body?.children ?? [];
  if (!operation || operations.length + bodies.length + headers.length > 0) throw new courtXml.NotReadable('not exactly one operation');
  return { header, operation };
}

function operationOf(name: string): PullOperation {
  const known: Readonly<Record<string, PullOperation>> = OPERATION_NAMES;
  const operation = Object.hasOwn(known, name) ? known[name] : undefined;
  if (operation === undefined) throw new courtXml.NotReadable(`no operation "${name.slice(0, 40)}"`);
  return operation;
}

function callOf(operation: PullOperation, argument: courtXml.XmlElement, header: courtXml.RawElement | undefined): PullCall {
  const { user = '', password = '', content = '', limit } = argument.attributes;
  const orderNumber = orderNumberOf(operation, argument);
  return courtXml.compact({
    operation,
    user,
    password,
    orderNumber,
    limit: limit === undefined ? undefined : limitOf(limit),
    content: courtXml.bytesOfBase64(content),
    signatures: signaturesOf(header),
  });
}

/** Documents of an inquiry are asked for by WSBH and those of a control order by BDHM, as the interface has it. */
function orderNumberOf(operation: PullOperation, argument: courtXml.XmlElement): string | undefined {
  if (operation !== 'documents' && operation !== 'credentials') return undefined;
  const key = courtXml.valueOf(argument, 'WSBH');
  const number = key !== undefined && operation === 'documents' ? courtXml.orderOfDocumentKey(key) : courtXml.valueOf(argument, 'BDHM');
  if (number === undefined || !ORDER_NUMBER.test(number)) throw new courtXml.NotReadable('no WSBH or BDHM of ours');
  return number;
}

function limitOf(text: string): number {
  const limit = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LIMIT_MAX) throw new courtXml.NotReadable(`limit is no whole number from 1 to ${LIMIT_MAX}`);
  return limit;
}

const SIGNATURE_CHARS_MAX = 400;

function signaturesOf(header: courtXml.RawElement | undefined): ReadonlyMap<string, string> {
  const blocks = header?.children.filter(({ name }) => courtXml.localName(name) === 'signatures') ?? [];
  const signatures = new Map<string, string>();
  for (const { attributes, text } of blocks.flatMap(({ children }) => children)) {
    const number = attributes['BDHM'] ?? '';
    const value = text.trim();
    if (!ORDER_NUMBER.test(number) || value.length > SIGNATURE_CHARS_MAX || signatures.has(number)) {
      throw new courtXml.NotReadable('a signature without a number, twice, or too long');
    }
    signatures.set(number, value);
  }
  return signatures;
}
