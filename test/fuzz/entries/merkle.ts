import { AppError } from '#kernel';
import {
  cosignerOf,
  decodeBundle,
  encodeEntry,
  formatAddCheckpoint,
  formatTlogProof,
  newSignerKey,
  parseAddCheckpoint,
  parseCheckpoint,
  parseCosignerKey,
  parseNote,
  parseSignerKey,
  parseTilePath,
  parseTlogProof,
  parseVerifierKey,
  parseWitnessPolicy,
  signatureLine,
  tilePath,
} from '#merkle';
import { fuzzed } from '../fuzzed-parser.js';
import { bytes, code, invalid, utf8 } from './refusals.js';

const HASH = Buffer.alloc(32, 7).toString('base64');
const ORIGIN = 'chakong.example/2026';
const TEXT = `${ORIGIN}\n5\n${HASH}\n`;
const NOTE = `${TEXT}\n${signatureLine({ name: ORIGIN, keyId: 7, signature: Buffer.alloc(64, 9) })}`;
/** A note over a checkpoint of five entries, with a signature that holds for nobody. */
export const MERKLE_NOTE = Buffer.from(NOTE, 'utf8');
const SKEY = newSignerKey(ORIGIN, Buffer.alloc(32, 3));
const VKEY = parseSignerKey(SKEY).verifier.vkey;
export const POLICY_VKEY = VKEY;
const COSIGNERS = [1, 2].map((seed) => cosignerOf(`witness.example/${seed}`, Buffer.alloc(32, seed)).cosigner.vkey);
/** As in `decodeBundle`'s callers: the width of the tile says how many entries there must be. */
const ENTRIES = 3;

export const POLICY = [
  '# whom we believe',
  `log ${VKEY} https://log.example/`,
  `witness first ${COSIGNERS[0]} https://first.example/`,
  `witness second ${COSIGNERS[1]}`,
  'group both all first second',
  'quorum both',
  '',
].join('\n');
export const POLICY_PIECES = [
  'log ',
  'witness ',
  'group ',
  'quorum ',
  'none',
  'any',
  'all',
  '1',
  '2',
  ' ',
  '\t',
  '\n',
  '#',
  '+',
  VKEY,
  '\r',
  'é',
];

const latin1 = (input: Buffer): string => input.toString('latin1');

/** The formats of the ledger. A text parser is given Latin-1 where the format is ASCII, so that each byte is one character. */
export const MERKLE = [
  fuzzed({
    name: 'tile-path',
    samples: () => ['tile/0/000', 'tile/1/x001/x234/067', 'tile/entries/x001/000.p/17'].map(bytes),
    pieces: ['tile/', 'entries', '/', 'x000', '000', '.p/', '256', '0', '..'],
    read: (input) => parseTilePath(latin1(input)),
    refuses: code('not-found'),
    write: (tile) => Buffer.from(tilePath(tile), 'latin1'),
    isCanonical: true,
  }),
  fuzzed({
    name: 'checkpoint',
    samples: () => [bytes(TEXT), bytes(`${TEXT}an extension\n`)],
    pieces: ['\n', '0', '-1', '9007199254740992', HASH, '=', '\r', '\u0000'],
    read: (input) => parseCheckpoint(latin1(input)),
    refuses: invalid,
    write: ({ origin, size, root, extensions }) =>
      Buffer.from([origin, size, root.toString('base64'), ...extensions, ''].join('\n'), 'latin1'),
    isCanonical: true,
  }),
  fuzzed({
    name: 'signed-note',
    samples: () => [bytes(NOTE)],
    pieces: ['\n\n', '\n', '— ', ' ', '+', 'AAAA', '=', '\u0000', '\u2028', '\ufeff'],
    read: parseNote,
    refuses: invalid,
    write: ({ text, signatures }) => bytes(`${text}\n${signatures.map(signatureLine).join('')}`),
    isCanonical: true,
  }),
  fuzzed({
    name: 'tlog-proof',
    samples: () => [
      bytes(`c2sp.org/tlog-proof@v1\nindex 2\n${HASH}\n${HASH}\n\n${NOTE}`),
      bytes(`c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\n${NOTE}`),
    ],
    pieces: ['\n\n', '\n', 'index ', 'extra ', HASH, '=', '00', '9007199254740992'],
    read: (input) => parseTlogProof(utf8(input)),
    refuses: invalid,
    write: (proof) => bytes(formatTlogProof(proof)),
    isCanonical: true,
  }),
  fuzzed({
    name: 'entry-bundle',
    samples: () => [Buffer.concat(['{"a":1}', '', 'x'.repeat(300)].map((entry) => encodeEntry(bytes(entry))))],
    pieces: ['\u0000\u0001', '\u0000', 'entry', '\u00ff\u00ff'],
    // A reader may ask for the beginning of a bundle, so what follows is not looked at.
    read: (input) => decodeBundle(input, ENTRIES).map((entry) => Buffer.from(entry)),
    refuses: invalid,
    write: (entries) => Buffer.concat(entries.map(encodeEntry)),
    holds: (entries) => {
      if (entries.length !== ENTRIES) throw new Error('another number of entries than was asked for');
    },
  }),
  fuzzed({
    name: 'add-checkpoint',
    samples: () => [bytes(`old 0\n\n${NOTE}`), bytes(`old 4\n${HASH}\n${HASH}\n\n${NOTE}`)],
    pieces: ['old ', '\n\n', '\n', HASH, '=', '00', '9007199254740992', '— '],
    read: parseAddCheckpoint,
    refuses: invalid,
    write: formatAddCheckpoint,
    isCanonical: true,
  }),
  fuzzed({
    name: 'witness-policy',
    samples: () => [bytes(POLICY)],
    pieces: POLICY_PIECES,
    read: parseWitnessPolicy,
    refuses: invalid,
    holds: (policy) => {
      const all = new Set(policy.witnesses.map(({ cosigner }) => cosigner.vkey));
      if (!policy.isMet(all)) throw new Error('a quorum that all of its witnesses do not make up');
    },
  }),
  fuzzed({
    name: 'verifier-key',
    samples: () => [bytes(VKEY)],
    pieces: ['+', ORIGIN, HASH, '=', ' ', '\n', 'AQ', '00000007'],
    read: (input) => parseVerifierKey(latin1(input)).vkey,
    refuses: invalid,
    write: (vkey) => Buffer.from(vkey, 'latin1'),
  }),
  fuzzed({
    name: 'cosigner-key',
    samples: () => COSIGNERS.map(bytes),
    pieces: ['+', 'witness.example', HASH, '=', ' ', '\n', 'BA', '00000007'],
    read: (input) => parseCosignerKey(latin1(input)).vkey,
    refuses: invalid,
    write: (vkey) => Buffer.from(vkey, 'latin1'),
  }),
  fuzzed({
    name: 'signer-key',
    samples: () => [bytes(SKEY)],
    pieces: ['PRIVATE+KEY+', '+', ORIGIN, HASH, '=', ' ', '\n', 'AQ'],
    read: (input) => parseSignerKey(latin1(input)).verifier.vkey,
    refuses: (error) => {
      // A text that begins like a key may be one with a slip in it: its words must not come back in a message.
      if (error instanceof AppError && error.message.includes(SKEY.slice(-44))) throw new Error('a refusal repeats the key');
      return invalid(error);
    },
  }),
];
