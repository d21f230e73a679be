import { courtXml, NotReadable, type AnswerReading } from '#connector-sdk';
import { readMessage, Refusal, type SignatureTrust } from '#connectors/iso20022-inquiry';
import type { OrderDispatched } from '#contracts';
import { AppError } from '#kernel';
import { readRequest } from '../../../apps/bank-simulator/src/dialects/iso20022-inquiry/request-reader.js';
import { everyElement, textOf } from '../../../libs/connectors/iso20022-inquiry/elements.js';
import { answerIn } from '../../../libs/connectors/iso20022-inquiry/read-answer.js';
import { readFault } from '../../../libs/connectors/iso20022-inquiry/read-fault.js';
import { fuzzed, REFUSED } from '../fuzzed-parser.js';
import { file, files } from '../places.js';
import { XML_PIECES } from './court-xml.js';
import { bytes, invalid, isDefect } from './refusals.js';
import { answerOf, FREEZE } from './samples.js';

const SAMPLES = 'docs/dialects/samples/iso20022-inquiry';
const SIGNED = 'test/fuzz/samples/iso20022-signed.xml';
const TRUST: SignatureTrust = { certificates: undefined, at: new Date('2026-11-24T02:00:00Z') };
const PIECES = [
  ...XML_PIECES,
  ' xmlns:h="urn:iso:std:iso:20022:tech:xsd:head.001.001.01"',
  ' id="applicationRequest"',
  '<e:ApplicationRequest xmlns:e="urn:fi:tulli:wsdl_root.002">',
  '<soap:Body>',
  'q:',
  ':',
  ' a:b="c"',
];
/** What the signature of the sample covers, as texts: a good signature must go with exactly these. */
const covered = (): string => textsOf(readMessage(file(SIGNED), TRUST).document);

function textsOf(document: Element): string {
  return [...everyElement(document)].map((element) => `${element.localName ?? ''}=${textOf(element)}`).join('\n');
}

const { lane: _lane, ...asked } = FREEZE;
/** What the published answers answer. */
const INQUIRY: OrderDispatched = { ...asked, action: 'inquire', orderNumber: '202603104201060000000101', lines: [] };
const CODES = ['<Cd>SVGS</Cd>', '<Cd>XXXX</Cd>', '<Sts>DISA</Sts>', '<Id>ACCE</Id>', '<RspnSts>PART</RspnSts>', 'NFOU', 'FOUN', 'NOAP'];
const FIGURES = ['<AvrgBal>1e3</AvrgBal>', '<AvrgBal>-0.001</AvrgBal>', '<Ccy>JPY</Ccy>', '<ClsgDt>2026-02-29</ClsgDt>', '9'.repeat(20)];

const FAULT =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>' +
  '<faultstring>Bad Request</faultstring><detail><errorcode>4</errorcode><ValidationError>X</ValidationError></detail></s:Fault></s:Body></s:Envelope>';
const FAULT_TEXT_MAX = 500;

/** A signature would hide everything that is wrong behind it, so the words of an answer are read without one. */
function unsignedAnswer(input: Buffer): AnswerReading | typeof REFUSED {
  return answerOf(answerIn(readMessage(input, TRUST), INQUIRY), INQUIRY);
}

const isUnreadable = (error: unknown): boolean =>
  (error instanceof Refusal || error instanceof NotReadable || (error instanceof AppError && error.code !== 'contract-broken')) &&
  !isDefect(error);

/** Requests and responses about accounts, what a response says to an order, and what the register reads. */
export const ISO20022 = [
  fuzzed({
    name: 'iso20022-answer',
    samples: () => files(SAMPLES, /^answer-(found|nothing|not-applicable)\.xml$/),
    pieces: [...PIECES, ...CODES, ...FIGURES],
    read: unsignedAnswer,
    refuses: isUnreadable,
  }),
  fuzzed({
    name: 'iso20022-fault',
    samples: () => [bytes(FAULT)],
    pieces: [...XML_PIECES, '<errorcode>', '5', '99', 'constructor', '\ud83d\ude00'],
    read: (input) => readFault(input) ?? REFUSED,
    holds: ({ code, text }) => {
      if (!/^fault-(\d|unknown)$/.test(code)) throw new Error('a code of the register passes for one of ours');
      if (text.length > FAULT_TEXT_MAX || /\p{Surrogate}/u.test(text)) throw new Error('half a character in a reason');
    },
  }),
  fuzzed({
    name: 'iso20022-register-request',
    samples: () => [file(`${SAMPLES}/request-order.xml`)],
    pieces: [...PIECES, ...CODES],
    read: (input) => readRequest(input, ['F001H101420101001']),
    refuses: invalid,
    holds: ({ criteria, header, from, to }) => {
      // The register writes these into its own answer as they are.
      for (const part of [criteria, header, from, to]) courtXml.readXml(bytes(`<a>${part}</a>`), courtXml.XML_LIMITS);
    },
  }),
  ...['request', 'response'].map((name) =>
    fuzzed({
      name: `iso20022-${name}`,
      samples: () => [file(`${SAMPLES}/${name}.xml`)],
      pieces: PIECES,
      read: (input) => readMessage(input, TRUST),
      refuses: (error) => error instanceof Refusal,
      holds: ({ signature }) => {
        if (typeof signature === 'object') throw new Error('a good signature that nobody made');
      },
    }),
  ),
  fuzzed({
    name: 'iso20022-signed',
    samples: () => [file(SIGNED)],
    pieces: [...PIECES, '<ds:Reference URI="">', '<ds:Transform', 'Algorithm="', 'sha1', '<ds:X509Certificate>', '</ds:Signature>'],
    read: (input) => readMessage(input, TRUST),
    refuses: (error) => error instanceof Refusal,
    holds: ({ signature, document }) => {
      if (typeof signature !== 'object') return;
      if (textsOf(document) !== covered()) throw new Error('signed, and yet another message');
      const { validFrom, validTo } = signature.certificate;
      if (!(Date.parse(validFrom) <= Date.parse(validTo))) throw new Error('a certificate of no time');
    },
  }),
];
