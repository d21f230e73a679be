import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Broken, textOf, Usage } from './broken.js';
import { openCheckpoint, type LogKey } from './checkpoint.js';
import { exactBase64, HASH_BYTES, leafHash, nodeHash } from './hashing.js';
import { parseLeaf } from './leaf.js';

const FILE_BYTES_MAX = 64 * 1024 * 1024;
const PROOFS_MAX = 100_000;
const PATH_HASHES_MAX = 63;

/** What a proof file rests on: at this size the log must have this root. */
export interface ProvenHead {
  readonly place: string;
  readonly size: number;
  readonly root: Buffer;
}

export interface ProofFindings {
  readonly proofs: number;
  /** Proofs that open their commitment, so that the content itself is proven. */
  readonly opened: number;
  readonly heads: readonly ProvenHead[];
}

interface ProofItem {
  readonly index: number;
  readonly leaf: string;
  readonly tlogProof: string;
  readonly opening?: { readonly salt: string; readonly content: string };
}

/** Checks every proof of a `chakong-proof/v1` file under the log's key, without the log. @throws Broken, or Usage when there is no such file */
export async function checkProofFile(file: string, key: LogKey): Promise<ProofFindings> {
  const items = readItems(await readProofFile(file), key);
  const heads = new Map<string, ProvenHead>();
  items.forEach((item, i) => {
    const head = checkItem(item, key, `proof ${i}`);
    heads.set(`${head.size} ${head.root.toString('hex')}`, head);
  });
  return { proofs: items.length, opened: items.filter((item) => item.opening).length, heads: [...heads.values()] };
}

async function readProofFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Usage(`cannot read ${file} (${textOf(cause)})`, { cause });
  }
}

function readItems(bytes: Buffer, key: LogKey): ProofItem[] {
  if (bytes.length > FILE_BYTES_MAX) throw new Broken('proof file', `longer than ${FILE_BYTES_MAX} bytes`);
  const whole = asObject(parseJson(bytes), 'proof file');
  if (whole.format !== 'chakong-proof/v1') throw new Broken('proof file', 'is not of the format chakong-proof/v1');
  if (whole.origin !== key.name)
    throw new Broken('proof file', `is of the log ${typeof whole.origin === 'string' ? whole.origin : 'nobody'}, not of ${key.name}`);
  if (whole.vkey !== key.vkey) throw new Broken('proof file', 'names another key than the log has');
  if (!Array.isArray(whole.proofs) || whole.proofs.length === 0) throw new Broken('proof file', 'holds no proofs');
  if (whole.proofs.length > PROOFS_MAX) throw new Broken('proof file', `holds more than ${PROOFS_MAX} proofs`);
  return whole.proofs.map((item: unknown, i) => asItem(item, `proof ${i}`));
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new Broken('proof file', 'is not JSON', { cause });
  }
}

function asObject(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Broken(place, 'is not an object');
  return value as Readonly<Record<string, unknown>>;
}

function asItem(value: unknown, place: string): ProofItem {
  const { index, leaf, tlogProof, opening } = asObject(value, place);
  if (typeof index !== 'number' || typeof leaf !== 'string' || typeof tlogProof !== 'string')
    throw new Broken(place, 'lacks index, leaf or tlogProof');
  if (opening === undefined) return { index, leaf, tlogProof };
  const { salt, content } = asObject(opening, `${place} opening`);
  if (typeof salt !== 'string' || typeof content !== 'string') throw new Broken(place, 'its opening lacks salt or content');
  return { index, leaf, tlogProof, opening: { salt, content } };
}

function checkItem(item: ProofItem, key: LogKey, place: string): ProvenHead {
  const leaf = exactBase64(item.leaf);
  const parsed = leaf && parseLeaf(leaf);
  if (!leaf || !parsed) throw new Broken(place, 'its leaf is not the base64 of a leaf of version 1');
  const { index, path, checkpoint } = parseTlogProof(item.tlogProof, place);
  if (index !== item.index) throw new Broken(place, `says index ${item.index}, its proof says ${index}`);
  const { size, root } = openCheckpoint(checkpoint, key, `${place} checkpoint`);
  const derived = rootFromPath(leafHash(leaf), index, size, path);
  if (!derived?.equals(root)) throw new Broken(place, 'the path does not lead from the leaf to the signed root');
  if (item.opening && commitmentOf(item.opening, place) !== parsed.commitment) {
    throw new Broken(place, 'the opening is not what the leaf commits to');
  }
  return { place, size, root };
}

function parseTlogProof(text: string, place: string): { index: number; path: Buffer[]; checkpoint: Buffer } {
  const blank = text.indexOf('\n\n');
  const [header, ...lines] = blank < 0 ? [] : text.slice(0, blank).split('\n');
  if (header !== 'c2sp.org/tlog-proof@v1') throw new Broken(place, 'its tlogProof is not of the format c2sp.org/tlog-proof@v1');
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const index = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '')?.[1];
  const path = lines.map((line) => exactBase64(line));
  if (index === undefined || path.length > PATH_HASHES_MAX) throw new Broken(place, 'its tlogProof is malformed');
  const hashes = path.map((hash) => {
    if (hash?.length !== HASH_BYTES) throw new Broken(place, 'a line of its path is not a hash');
    return hash;
  });
  return { index: Number(index), path: hashes, checkpoint: Buffer.from(text.slice(blank + 2)) };
}

/**
 * The root that an audit path leads to, computed by the recursive definition of RFC 6962 section 2.1.1 turned round:
 * from the outside in, the sides of the splits are known; from the inside out, the hashes are joined.
 */
function rootFromPath(leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | undefined {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return undefined;
  const sides: ('left' | 'right')[] = [];
  let [start, count] = [0, size];
  while (count > 1) {
    let split = 1;
    while (split * 2 < count) split *= 2;
    const inLeft = index < start + split;
    sides.unshift(inLeft ? 'right' : 'left');
    [start, count] = inLeft ? [start, split] : [start + split, count - split];
  }
  if (sides.length !== path.length) return undefined;
  return path.reduce((hash, sibling, i) => (sides[i] === 'right' ? nodeHash(hash, sibling) : nodeHash(sibling, hash)), leaf);
}

/** hex SHA-256(salt ‖ SHA-256(content)). Salt and content are base64 of their bytes. */
function commitmentOf(opening: { readonly salt: string; readonly content: string }, place: string): string {
  const [salt, content] = [exactBase64(opening.salt), exactBase64(opening.content)];
  if (!salt || !content) throw new Broken(place, 'its opening is not base64');
  const digest = createHash('sha256').update(content).digest();
  return createHash('sha256').update(salt).update(digest).digest('hex');
}
