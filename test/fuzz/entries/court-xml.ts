import { courtXml } from '#connector-sdk';
import { STATUS_TABLE as FILE_STATUSES } from '#connectors/file-zip';
import { STATUS_TABLE as POLL_STATUSES } from '#connectors/poll-xml';
import { fuzzed, type FuzzedParser } from '../fuzzed-parser.js';
import { file, files } from '../places.js';
import { bytes, utf8 } from './refusals.js';
import { answerOf, COURT_ORDERS, type CourtOrder } from './samples.js';

const LIMITS = courtXml.XML_LIMITS;
const FIXTURES = 'libs/connector-sdk/court-xml/fixtures';

export const XML_PIECES = [
  '<',
  '>',
  '</',
  '/>',
  '"',
  "'",
  '&amp;',
  '&#0;',
  '&#xd800;',
  '&#x1F600;',
  '&x;',
  '<!DOCTYPE a [<!ENTITY x "y">]>',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<?x?>',
  '<a>',
  '<isPrototypeOf BDHM="MTIz"/>',
  ' __proto__="1"',
  ' constructor="1"',
  ' xmlns="x"',
  '\u0000',
  '\r\n',
  '\ufffd',
  '=',
  'AAAA',
];
const RECORD_PIECES = [
  ...XML_PIECES,
  ' SKJE="1e9"',
  ' CCXH="01"',
  ' KZZT="9"',
  ' FKSJ="2026-02-30 24:00:00"',
  '<wlxx/>',
  'zhxx',
  'kzxx',
  '-0',
  '.5',
];

const notReadable = (error: unknown): boolean => error instanceof courtXml.NotReadable;

/** The same document with its values as the web service has them. */
export function inBase64(plain: Buffer): Buffer {
  return courtXml.writeDocument(courtXml.decodeElement(courtXml.readXml(plain), 'plain'), 'base64-gbk');
}

/** The records that answer an order; of an inquiry also accounts with their bookings behind them, side by side and without a list. */
function feedback(what: CourtOrder, coding: courtXml.AttributeCoding): readonly Buffer[] {
  const plain = COURT_ORDERS[what].answers.map((name) => file(`${FIXTURES}/${name}.xml`));
  const lists = coding === 'plain' ? plain : plain.map(inBase64);
  if (what !== 'inquiry') return lists;
  const apart = [...plain.slice(0, 1), file(`${FIXTURES}/transactions.xml`)].flatMap((list) => courtXml.readXml(list).children);
  return [...lists, bytes(apart.map((one) => courtXml.writeElement(courtXml.decodeElement(one, 'plain'), coding)).join(''))];
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
}

/** Without the place in the text, which changes when it is written anew. */
function meaning({ name, attributes, text, children }: courtXml.RawElement): Element {
  return { name, attributes, text, children: children.map(meaning) };
}

function written({ name, attributes, children, text }: Element): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${courtXml.escapeXml(value)}"`);
  return `<${name}${given.join('')}>${courtXml.escapeXml(text)}${children.map(written).join('')}</${name}>`;
}

function feedbackOf(what: CourtOrder, coding: courtXml.AttributeCoding): FuzzedParser {
  const { order } = COURT_ORDERS[what];
  const statuses = coding === 'plain' ? FILE_STATUSES : POLL_STATUSES;
  return fuzzed({
    name: `feedback-${what}-${coding === 'plain' ? 'plain' : 'gbk'}`,
    samples: () => feedback(what, coding),
    pieces: RECORD_PIECES,
    read: (input) => answerOf(courtXml.readCourtFeedback(input, order, coding, courtXml.courtCodes(statuses)), order),
  });
}

/** The records of the courts' interface, which two dialects share. */
export const COURT_XML = [
  fuzzed({
    name: 'xml',
    samples: () => [...files(FIXTURES, /\.xml$/), ...files('libs/connectors/poll-xml/fixtures', /\.xml$/)],
    pieces: XML_PIECES,
    read: (input) => meaning(courtXml.readXml(input)),
    refuses: notReadable,
    write: (root) => bytes(written(root)),
    holds: (root) => {
      if (depthOf(root) > LIMITS.depth) throw new Error('deeper than the limit');
    },
  }),
  fuzzed({
    name: 'xml-pieces',
    samples: () => [bytes('<a x="1"/><b>t</b>'), ...feedback('inquiry', 'plain')],
    pieces: XML_PIECES,
    read: (input) => courtXml.readXmlPieces(input).map(meaning),
    refuses: notReadable,
    write: (roots) => bytes(roots.map(written).join('')),
  }),
  fuzzed({
    name: 'attribute-plain',
    samples: () => ['陈志远', '62310.45', ' a\tb\n', '𠮷'].map(bytes),
    pieces: ['陈', '𠮷', '\u0000', '\ufffd', '\ufffe', '\t', ' ', 'é'],
    read: (input) => courtXml.decodeAttribute(utf8(input), 'plain'),
    refuses: (error) => notReadable(error) || (error instanceof Error && 'code' in error && error.code === 'invalid'),
    write: (value) => bytes(courtXml.encodeAttribute(value, 'plain')),
    isCanonical: true,
  }),
  fuzzed({
    // The bytes are the coded value's own; Base64 around them is what the reader takes apart.
    name: 'attribute-gbk-bytes',
    samples: () => ['陈志远', '62310.45', '𠮷镕'].map((text) => Buffer.from(courtXml.encodeAttribute(text, 'base64-gbk'), 'base64')),
    pieces: ['\u0000', 'A', '\u0080', 'ÿ', '0'],
    read: (input) => courtXml.decodeAttribute(input.toString('base64'), 'base64-gbk'),
    refuses: notReadable,
    write: (value) => Buffer.from(courtXml.encodeAttribute(value, 'base64-gbk'), 'base64'),
    isCanonical: true,
  }),
  fuzzed({
    name: 'attribute-gbk',
    samples: () => ['陈志远', '62310.45', '𠮷镕'].map((text) => bytes(courtXml.encodeAttribute(text, 'base64-gbk'))),
    pieces: ['=', '==', 'AAAA', '\n', ' ', '-', '_', '4+vLxMuq'],
    read: (input) => courtXml.decodeAttribute(input.toString('latin1'), 'base64-gbk'),
    refuses: notReadable,
    write: (value) => bytes(courtXml.encodeAttribute(value, 'base64-gbk')),
  }),
  ...(['freeze', 'deduct', 'inquiry'] as const).flatMap((what) => [feedbackOf(what, 'plain'), feedbackOf(what, 'base64-gbk')]),
  fuzzed({
    name: 'cut-feedback',
    samples: () => [...feedback('freeze', 'base64-gbk'), ...feedback('deduct', 'base64-gbk')],
    pieces: XML_PIECES,
    read: (input) => courtXml.cutFeedback(input, 'base64-gbk'),
    refuses: notReadable,
    write: (slices) => Buffer.concat(slices.map((slice) => slice.bytes)),
    holds: (slices) => {
      const kinds: readonly unknown[] = Object.values(courtXml.FEEDBACK_RECORDS);
      if (!slices.every(({ kind }) => kinds.includes(kind))) throw new Error('a record of no kind');
    },
  }),
];

function depthOf({ children }: Element): number {
  return 1 + children.reduce((most, child) => Math.max(most, depthOf(child)), 0);
}
