import { courtXml, type PullOperation } from '#connector-sdk';
import { PollXml } from '#connectors/poll-xml';
import { OPERATION_NAMES } from '../../../libs/connectors/poll-xml/operations.js';
import { fuzzed } from '../fuzzed-parser.js';
import { file, files } from '../places.js';
import { inBase64, XML_PIECES } from './court-xml.js';
import { invalid } from './refusals.js';

const FIXTURES = 'libs/connectors/poll-xml/fixtures';
const RECORDS = 'libs/connector-sdk/court-xml/fixtures';
const connector = new PollXml();
/** Operations that bring something. */
const BRINGS: readonly PullOperation[] = ['receipts', 'query-feedback', 'control-feedback', 'transactions', 'rollback'];

/** What the web service does with a body: a call with its content, or a refusal that its caller is told. */
function take(body: Buffer) {
  const call = connector.readCall(body, () => undefined);
  return BRINGS.includes(call.operation) ? { call, content: connector.readContent(call) } : { call };
}

/** An envelope of an upload whose content is these bytes. */
function upload(name: string, content: Buffer): Buffer {
  const argument = courtXml.escapeXml(`<in user="hankoubank" password="a-password" content="${content.toString('base64')}"/>`);
  const body = `<ck:${name} xmlns:ck="urn:chakong:poll-xml:1"><arg0>${argument}</arg0></ck:${name}>`;
  return Buffer.from(
    `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${body}</soap:Body></soap:Envelope>`,
  );
}

/** The web service that a bank polls. */
export const POLL_XML = [
  fuzzed({
    name: 'poll-xml-call',
    samples: () => files(FIXTURES, /^call-/),
    pieces: [
      ...XML_PIECES,
      '&lt;',
      '&quot;',
      'limit=&quot;0&quot;',
      'getQueryList',
      'confirmReceipt',
      '</soap:Body>',
      '<soap:Body>',
      'BDHM',
    ],
    read: take,
    refuses: invalid,
    holds: ({ call }) => {
      if (!(Object.values(OPERATION_NAMES) as string[]).includes(call.operation)) throw new Error('an operation that is not there');
    },
  }),
  fuzzed({
    name: 'poll-xml-upload',
    samples: () => ['query-feedback', 'query-feedback-nothing'].map((name) => inBase64(file(`${RECORDS}/${name}.xml`))),
    pieces: XML_PIECES,
    read: (input) => take(upload('uploadQueryFeedback', input)).content,
    refuses: invalid,
  }),
  fuzzed({
    name: 'poll-xml-receipts',
    samples: () => [inBase64(file(`${RECORDS}/receipts.xml`))],
    pieces: [...XML_PIECES, '<qs/>', 'EX1_RECEIVEDAT', '<qs BDHM="MQ=="/>'],
    read: (input) => take(upload('confirmReceipt', input)).content,
    refuses: invalid,
  }),
];
