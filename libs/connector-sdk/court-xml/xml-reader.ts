import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { errorText } from '#kernel';
import { decodeAttribute, type AttributeCoding } from './attribute-coding.js';
import { NotReadable, type XmlElement } from './xml-element.js';

/** What one document may hold. A document that is larger in any way is not read. */
export interface XmlLimits {
  readonly bytes: number;
  readonly elements: number;
  readonly depth: number;
  readonly attributes: number;
}

export const XML_LIMITS: XmlLimits = { bytes: 12 * 1024 * 1024, elements: 50_000, depth: 8, attributes: 64 };

/** An element as it stands in the bytes: attribute values still coded, and the exact piece of the text that it is. */
export interface RawElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly RawElement[];
  /** The text directly in it, with references resolved; records have none, envelopes have. */
  readonly text: string;
  readonly source: string;
}

const META = XMLParser.getMetaDataSymbol() as unknown as symbol;
const CDATA = '#cdata';
const HEADER = /^<\?xml\s[^?]{0,200}\?>/;

interface ParsedNode {
  readonly [name: string]: unknown;
  readonly [meta: symbol]: { readonly startIndex?: number; readonly endIndex?: number } | undefined;
}

/**
 * Reads a document with one root. No document type, no processing instruction, no entity beyond the five and numbers, no attribute twice.
 * @throws NotReadable for everything else
 */
export function readXml(bytes: Uint8Array, limits: XmlLimits = XML_LIMITS): RawElement {
  return parse(textOf(bytes, limits), limits);
}

/** Reads elements that stand side by side without a root around them, with or without a header. @throws NotReadable */
export function readXmlPieces(bytes: Uint8Array, limits: XmlLimits = XML_LIMITS): readonly RawElement[] {
  return parse(`<pieces>${textOf(bytes, limits)}</pieces>`, { ...limits, depth: limits.depth + 1 }).children;
}

/** The element with its values decoded. Declarations of name spaces are no values. @throws NotReadable */
export function decodeElement({ name, attributes, children }: RawElement, coding: AttributeCoding): XmlElement {
  const values = Object.entries(attributes).filter(([key]) => key !== 'xmlns' && !key.startsWith('xmlns:'));
  return {
    name,
    attributes: Object.fromEntries(values.map(([key, value]) => [key, decodeAttribute(value, coding)])),
    children: children.map((child) => decodeElement(child, coding)),
  };
}

/** The name without the prefix of its name space. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function textOf(bytes: Uint8Array, limits: XmlLimits): string {
  if (bytes.length > limits.bytes) throw new NotReadable(`the document has more than ${limits.bytes} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new NotReadable('the document is not UTF-8', { cause });
  }
  return text.replace(HEADER, '').trim();
}

function parse(text: string, limits: XmlLimits): RawElement {
  assertHarmless(text, limits);
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new NotReadable(`no well-formed XML: ${valid.err.msg.slice(0, 200)}`);
  const [root, ...more] = parsed(text, limits).filter(isElement);
  if (!root || more.length > 0) throw new NotReadable('the document has not exactly one root');
  const element = elementOf(root, text, limits);
  if (element.source.length !== text.length) throw new NotReadable('something stands outside the root');
  return element;
}

/**
 * Looked for in the text itself, before any parser sees it and in one pass: what could make a small document large or reach outside.
 * Comments and sections of character data are passed over as a parser does it. A "<" in a value could hide something here; such a value is
 * refused afterwards.
 */
function assertHarmless(text: string, limits: XmlLimits): void {
  let passed = 0;
  for (let at = text.indexOf('<!'); at >= 0; at = text.indexOf('<!', passed)) {
    assertNoInstruction(text.slice(passed, at));
    const end = endOfNoMarkup(text, at);
    if (end === undefined) throw new NotReadable('the document has a document type or a declaration');
    passed = end;
  }
  assertNoInstruction(text.slice(passed));
  let tags = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    if (text[at + 1] !== '/' && ++tags > limits.elements) throw new NotReadable(`the document has more than ${limits.elements} elements`);
  }
}

function assertNoInstruction(markup: string): void {
  if (markup.includes('<?')) throw new NotReadable('the document has a processing instruction');
}

/** Where the comment or section that begins at `at` is over; undefined when none begins there. @throws NotReadable when it never ends */
function endOfNoMarkup(text: string, at: number): number | undefined {
  const isComment = text.startsWith('<!--', at);
  if (!isComment && !text.startsWith('<![CDATA[', at)) return undefined;
  const mark = isComment ? '-->' : ']]>';
  const end = text.indexOf(mark, at);
  if (end < 0) throw new NotReadable('a comment or section without an end');
  return end + mark.length;
}

function parsed(text: string, { depth }: XmlLimits): ParsedNode[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    // References are resolved below, where an unknown one is an error and not passed on as it is.
    processEntities: false,
    captureMetaData: true,
    cdataPropName: CDATA,
    maxNestedTags: depth,
  });
  try {
    return parser.parse(text) as ParsedNode[];
  } catch (error) {
    throw new NotReadable(`no XML that can be read: ${errorText(error).slice(0, 200)}`);
  }
}

function elementOf(node: ParsedNode, text: string, limits: XmlLimits): RawElement {
  const name = Object.keys(node).find((key) => key !== ':@') ?? '';
  const attributes = Object.entries((node[':@'] ?? {}) as Readonly<Record<string, string>>);
  if (attributes.length > limits.attributes) throw new NotReadable(`an element has more than ${limits.attributes} attributes`);
  const inside = node[name] as readonly ParsedNode[];
  const { startIndex = 0, endIndex = 0 } = node[META] ?? {};
  return {
    name,
    attributes: Object.fromEntries(attributes.map(([key, value]) => [key, resolve(value)])),
    children: inside.filter(isElement).map((child) => elementOf(child, text, limits)),
    text: inside.map(ownText).join(''),
    source: text.slice(startIndex, endIndex),
  };
}

function isElement(node: ParsedNode): boolean {
  return node['#text'] === undefined && node[CDATA] === undefined;
}

/** In a CDATA section nothing is a reference. */
function ownText(node: ParsedNode): string {
  const text = node['#text'];
  if (typeof text === 'string') return resolve(text);
  const [section] = (node[CDATA] ?? []) as readonly ParsedNode[];
  return typeof section?.['#text'] === 'string' ? section['#text'] : '';
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function resolve(value: string): string {
  if (value.includes('<')) throw new NotReadable('a value holds a "<"');
  if (!value.includes('&')) return value;
  return value.replace(/&([^;&]{0,12};?)/g, (_, reference: string) => characterOf(reference));
}

function characterOf(reference: string): string {
  const name = reference.endsWith(';') ? reference.slice(0, -1) : '';
  const named = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (named !== undefined) return named;
  const [, hex, decimal] = /^#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))$/.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal ?? NaN) : parseInt(hex, 16);
  if (!isCharacter(code)) throw new NotReadable('a reference to an entity that is not one of the five, or to no character of XML');
  return String.fromCodePoint(code);
}

/** XML 1.0, production 2: half of a surrogate pair or a control character cannot be written as a reference either. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
