import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bundlePath, decodeBundle, parseCheckpoint, tilePath, TILE_WIDTH, TreeReader, widthAt, type TileSource } from '#merkle';
import { VerificationError } from '@sigstore/verify';
import { verifyTLogInclusion } from '@sigstore/verify/dist/tlog/index.js';
import { NoAnswer } from './no-answer.js';

/** Entries that are proven, spread evenly over the log, its first and last among them. */
const PROVEN = 64;
const KEY_ID_BYTES = 4;
/** What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

async function installedVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sigstore/verify');
  const manifest = JSON.parse(await readFile(path.join(path.dirname(entry), '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Reads a file of a log; the full one where the partial one is gone. */
async function readPart(log: string, file: string): Promise<Buffer> {
  try {
    return await readFile(path.join(log, file));
  } catch (error) {
    const [whole = file] = file.split('.p/');
    if (whole === file) throw error;
    return readFile(path.join(log, whole));
  }
}

/** The log's key as `@sigstore/verify` keeps keys: the key id as the log's id, the origin as its address. */
async function authorityOf(log: string): Promise<Parameters<typeof verifyTLogInclusion>[1][number]> {
  const [name = '', id = '', key = ''] = (await readFile(path.join(log, 'vkey'), 'utf8')).trim().split('+');
  const raw = Buffer.from(key, 'base64').subarray(1);
  return {
    logID: Buffer.from(id, 'hex').subarray(0, KEY_ID_BYTES),
    baseURL: name,
    publicKey: createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' }),
    validFor: { start: new Date(0), end: new Date(8.64e15) },
  };
}

export const SIGSTORE = '@sigstore/verify';

/**
 * Has `@sigstore/verify` check checkpoint and inclusion proofs, which our own library makes, in its shape of a log's entry.
 * @returns name and version, a tab, and what it accepted
 * @throws what it says when it refuses
 */
export async function checkWithSigstore(log: string): Promise<string> {
  const envelope = await readFile(path.join(log, 'checkpoint'), 'utf8');
  const { size } = parseCheckpoint(envelope.slice(0, envelope.indexOf('\n\n') + 1));
  const authority = await authorityOf(log);
  const source: TileSource = {
    readTile: (level, index, width) => readPart(log, tilePath({ level, index, width })),
    readBundle: (index, width) => readPart(log, bundlePath(index, width)),
  };
  const reader = new TreeReader(source, size);
  const indexes = new Set(Array.from({ length: PROVEN }, (_, n) => Math.floor((n * (size - 1)) / (PROVEN - 1))));
  for (const index of indexes) {
    const bundle = Math.floor(index / TILE_WIDTH);
    const width = widthAt(0, bundle, size);
    const entry = decodeBundle(await source.readBundle(bundle, width), width)[index % TILE_WIDTH];
    if (entry === undefined) throw new Error(`entry ${index} is missing`);
    const inclusionProof = {
      logIndex: String(index),
      treeSize: String(size),
      rootHash: Buffer.alloc(0),
      hashes: await reader.inclusionProof(index),
      checkpoint: { envelope },
    };
    const shaped = {
      logIndex: String(index),
      logId: { keyId: authority.logID },
      kindVersion: undefined,
      integratedTime: '0',
      inclusionPromise: undefined,
      inclusionProof,
      canonicalizedBody: Buffer.from(entry),
    };
    try {
      verifyTLogInclusion(shaped as unknown as Parameters<typeof verifyTLogInclusion>[0], [authority]);
    } catch (cause) {
      // Anything else than a refusal in the library's own words would be a mistake of ours in its shapes.
      throw cause instanceof VerificationError ? cause : new NoAnswer(String(cause), { cause });
    }
  }
  return `${SIGSTORE} ${await installedVersion()}\tsignature and ${indexes.size} inclusion proofs of ${size} entries`;
}
