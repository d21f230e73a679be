import { createHash } from 'node:crypto';
import { canonicalBytes, sha256, sha256Hex } from '#kernel';
import { formatTlogProof, leafHash, nodeHash, parseNote, parseSignerKey, signatureLine, signCheckpoint, newSignerKey } from '#merkle';
import { readLeaf } from '../../../apps/audit-ledger/src/use-cases/take-facts/read-leaf.js';
import { Broken, Usage } from '../../../apps/ledger-verifier/src/broken.js';
import { noteParts, openCheckpoint, parseLogKey } from '../../../apps/ledger-verifier/src/checkpoint.js';
import { parseLeaf } from '../../../apps/ledger-verifier/src/leaf.js';
import { OrderCheck } from '../../../apps/ledger-verifier/src/orders.js';
import { readPolicy } from '../../../apps/ledger-verifier/src/policy.js';
import { checkProofFile } from '../../../apps/ledger-verifier/src/proof-file.js';
import { readState } from '../../../apps/ledger-verifier/src/state.js';
import { checkStretch } from '../../../apps/ledger-verifier/src/stretch.js';
import type { LogSource } from '../../../apps/ledger-verifier/src/log-source.js';
import { TileFiles } from '../../../apps/ledger-verifier/src/tile-files.js';
import { fuzzed, REFUSED, refusedFor } from '../fuzzed-parser.js';
import { atFile } from './at-file.js';
import { POLICY, POLICY_PIECES } from './merkle.js';
import { bytes, code, isDefect } from './refusals.js';

const ORIGIN = 'chakong.example/2026';
const signer = parseSignerKey(newSignerKey(ORIGIN, Buffer.alloc(32, 3)));
const key = parseLogKey(signer.verifier.vkey, 'vkey');
const JSON_PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  'null',
  '{"toString":1}',
  '-1',
  '1e400',
  '0.5',
  '\\ud800',
  '\\n',
  '"size"',
  '"index"',
  '"leaf"',
];

const [SALT, CONTENT] = [Buffer.alloc(32, 5), bytes('{"limit":"66213.50"}')];
const leafOf = (subjectSeq: number, prev?: string): Buffer =>
  canonicalBytes({
    actor: '0123456789abcdef',
    at: '2026-03-10T03:52:04.000Z',
    commitment: sha256Hex(SALT, sha256(CONTENT)),
    order: 'fedcba9876543210',
    prev,
    source: 'court-gateway',
    subject: 'order:202603104201060000000201',
    subjectSeq,
    type: 'order.dispatched',
    v: 1,
  });
const first = leafOf(1);
const second = leafOf(2, leafHash(first).toString('hex'));
const ROOT = nodeHash(leafHash(first), leafHash(second));
const CHECKPOINT = signCheckpoint(ORIGIN, 2, ROOT, [signer]);

function proofFile(): Buffer {
  const proofs = [
    [0, first, leafHash(second)],
    [1, second, leafHash(first)],
  ] as const;
  const items = proofs.map(([index, leaf, sibling]) => ({
    index,
    leaf: leaf.toString('base64'),
    tlogProof: formatTlogProof({ index, hashes: [sibling], checkpoint: CHECKPOINT }),
    ...(index === 0 ? { opening: { salt: SALT.toString('base64'), content: CONTENT.toString('base64') } } : {}),
  }));
  return bytes(JSON.stringify({ format: 'chakong-proof/v1', origin: ORIGIN, vkey: key.vkey, proofs: items }));
}

const refuses = (error: unknown): boolean => (error instanceof Broken || error instanceof Usage) && !isDefect(error);
const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** A state file whose digests fit whatever head it has: what is wrong must be found without their help. */
function stateFile(head: Buffer): Buffer {
  const chains = Buffer.alloc(0);
  const parsed: unknown = JSON.parse(head.toString('utf8'));
  const isHead = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  const sealed = isHead ? { ...parsed, chainsSha256: digest(chains), sha256: digest(bytes(JSON.stringify(parsed))) } : parsed;
  return Buffer.concat([bytes(`${JSON.stringify(sealed)}\n`), chains]);
}

const STATE = { format: 'chakong-verifier-state/v1', vkey: key.vkey, anyEntries: false, size: 2, root: ROOT.toString('base64'), edge: [] };

async function readSealedState(head: Buffer) {
  let whole: Buffer;
  try {
    whole = stateFile(head);
  } catch (error) {
    // No JSON, so no head that a digest could be made of.
    if (error instanceof SyntaxError) return REFUSED;
    throw error;
  }
  return (await atFile(whole, readState)) ?? REFUSED;
}

/** Files of a log of two entries, of which one is the input. */
function tilesWith(tile: Buffer, bundle: Buffer): TileFiles {
  const source: LogSource = {
    name: 'log',
    read: (name) => Promise.resolve(name.startsWith('tile/entries') ? bundle : tile),
    ofYear: () => source,
  };
  return new TileFiles(source);
}

/** What the auditors' program reads, by its own code. */
export const VERIFIER = [
  fuzzed({
    name: 'verifier-log-key',
    samples: () => [bytes(key.vkey)],
    pieces: ['+', ORIGIN, '=', ' ', '\n', 'AQ', '00000007', '\u2028'],
    read: (input) => parseLogKey(input.toString('utf8'), 'vkey').vkey,
    refuses,
    write: bytes,
  }),
  fuzzed({
    name: 'verifier-note',
    samples: () => [CHECKPOINT],
    pieces: ['\n\n', '\n', '— ', ' ', '+', 'AAAA', '=', '\u0000', '\u2028', '\u00a0', '\ufeff'],
    read: (input) => noteParts(input, 'note'),
    refuses,
    write: ({ text, lines }) =>
      bytes(
        `${text}\n${lines.map(({ name, id, signature }) => signatureLine({ name, keyId: Number.parseInt(id, 16), signature })).join('')}`,
      ),
    isCanonical: true,
  }),
  fuzzed({
    name: 'verifier-checkpoint',
    samples: () => [CHECKPOINT],
    pieces: ['\n\n', '\n', '— ', ORIGIN, '=', '00', '9007199254740993'],
    read: (input) => openCheckpoint(input, key, 'checkpoint'),
    refuses,
    holds: ({ size, root }, input) => {
      if (size !== 2 || !root.equals(ROOT)) throw new Error('another head than was signed');
      // The two programs share the format and no line of code: what one takes the other must take too.
      if (parseNote(input).signatures.length === 0) throw new Error('read by one program alone');
    },
  }),
  fuzzed({
    name: 'verifier-policy',
    samples: () => [bytes(POLICY)],
    pieces: POLICY_PIECES,
    read: async (input) => {
      const { logs, witnesses, groups, quorum } = await atFile(input, readPolicy);
      return { logs: logs.map(({ vkey }) => vkey), witnesses: [...witnesses.keys()], groups: [...groups], quorum };
    },
    refuses,
  }),
  fuzzed({
    name: 'verifier-proof-file',
    samples: () => [proofFile()],
    pieces: JSON_PIECES,
    read: (input) => atFile(input, (file) => checkProofFile(file, key)),
    refuses,
    holds: ({ heads }) => {
      if (heads.some(({ size, root }) => size !== 2 || !root.equals(ROOT))) throw new Error('proven under another head');
    },
  }),
  fuzzed({
    name: 'verifier-order-export',
    samples: () => {
      const head = { format: 'chakong-orders/v1', origin: ORIGIN, size: 2, source: 'court-gateway' };
      const facts = [first, second].map((leaf) => ({
        orderNumber: '1',
        type: 'order.dispatched',
        leafHash: leafHash(leaf).toString('hex'),
      }));
      return [bytes([head, ...facts, ''].map((line) => (line === '' ? '' : JSON.stringify(line))).join('\n'))];
    },
    pieces: [...JSON_PIECES, '\n', '\r\n', '"leafHash"', '"orderNumber"'],
    read: (input) => atFile(input, (file) => OrderCheck.read(file)),
    refuses,
  }),
  fuzzed({
    name: 'verifier-state',
    samples: () => [stateFile(bytes(JSON.stringify(STATE)))],
    pieces: [...JSON_PIECES, 'null\n', '\n'],
    read: async (input) => (await atFile(input, readState)) ?? REFUSED,
    refuses,
  }),
  fuzzed({
    name: 'verifier-state-head',
    samples: () => [bytes(JSON.stringify(STATE)), bytes(JSON.stringify({ ...STATE, edge: [Buffer.alloc(64).toString('base64')] }))],
    pieces: JSON_PIECES,
    read: readSealedState,
    refuses,
    holds: ({ size, edge }) => {
      if (!Number.isSafeInteger(size) || size < 0) throw new Error('no size of a log');
      if (!edge.every((hashes) => hashes.length % 32 === 0)) throw new Error('an edge that is not of hashes');
    },
  }),
  fuzzed({
    name: 'verifier-entries',
    samples: () => [Buffer.concat([first, second].flatMap((leaf) => [Buffer.of(leaf.length >> 8, leaf.length & 255), leaf]))],
    pieces: ['\u0000', '\u0000\u0001', '{', '}', '"prev"', '0', 'order:'],
    read: async (input) => {
      // The bundle is the stretch's own: entries are hashed where they lie, with a byte written before each.
      const stretch = { first: 0, tiles: 1, size: 2, anyEntries: false, chainsFrom: 0, keep: [], orders: true };
      const { broken, orders } = await checkStretch(
        stretch,
        tilesWith(Buffer.concat([leafHash(first), leafHash(second)]), Buffer.from(input)),
      );
      return broken ? refusedFor(broken.reason) : orders;
    },
    holds: (orders) => {
      if (orders.length !== 2) throw new Error('other entries than the tile has hashes of');
    },
  }),
  fuzzed({
    // The ledger takes a leaf by one program and auditors read it by another: both must take the same.
    name: 'leaf',
    samples: () => [first, second],
    pieces: ['{', '}', ',', ':', '"', '"v":1', '"prev"', '"at"', '2026-02-30', '2024-02-29', 'é', '\\u0041', '\\"', '1e0', '00', 'null'],
    read: (input) => {
      const byAuditor = parseLeaf(input);
      const byLedger = takenByLedger(input);
      if ((byAuditor === undefined) === byLedger) throw new Error(`taken by ${byLedger ? 'the ledger' : 'the verifier'} alone`);
      return byAuditor ?? REFUSED;
    },
  }),
];

function takenByLedger(input: Buffer): boolean {
  try {
    return readLeaf(input.toString('latin1')).bytes.length > 0;
  } catch (error) {
    if (code('invalid')(error)) return false;
    throw error;
  }
}
