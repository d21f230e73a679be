import { readMessage, Refusal, type SignatureTrust } from '#connectors/iso20022-inquiry';
import { everyElement, textOf } from '../../../libs/connectors/iso20022-inquiry/elements.js';
import { fuzzed } from '../fuzzed-parser.js';
import { file } from '../places.js';
import { XML_PIECES } from './court-xml.js';

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

/** Requests and responses about accounts. */
export const ISO20022 = [
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
