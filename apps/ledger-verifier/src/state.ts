import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { textOf, Usage } from './broken.js';
import { RECORD_BYTES } from './chain-table.js';
import { exactBase64, HASH_BYTES } from './hashing.js';

/** What an earlier verification has found good, enough to go on from there without reading what lies before. */
export interface VerifiedState {
  readonly vkey: string;
  readonly anyEntries: boolean;
  readonly size: number;
  readonly root: Buffer;
  /** Compact range: the hashes of the partial tiles above level 0, lowest first. */
  readonly edge: readonly Buffer[];
  /** Newest leaf of each chain, one record each. */
  readonly chains: Buffer;
}

const FORMAT = 'chakong-verifier-state/v1';
const LINE_END = 0x0a;

/** @returns undefined when there is no such file. @throws Usage when it is not a whole state file */
export async function readState(file: string): Promise<VerifiedState | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    if (typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new Usage(`cannot read ${file} (${textOf(cause)})`, { cause });
  }
  const end = bytes.indexOf(LINE_END);
  const state = stateOf(bytes.toString('utf8', 0, Math.max(0, end)), bytes.subarray(end + 1));
  if (!state) throw new Usage(`${file} is not a whole ${FORMAT} file; remove it to begin afresh`);
  return state;
}

/** Writes beside and renames, so that the file is always the old or the new one. */
export async function writeState(file: string, state: VerifiedState): Promise<void> {
  const { vkey, anyEntries, size, root, edge, chains } = state;
  const head = {
    format: FORMAT,
    vkey,
    anyEntries,
    size,
    root: root.toString('base64'),
    edge: edge.map((hashes) => hashes.toString('base64')),
  };
  const text = JSON.stringify({ ...head, chainsSha256: digest(chains), sha256: digest(Buffer.from(JSON.stringify(head))) });
  await writeFile(`${file}.tmp`, Buffer.concat([Buffer.from(`${text}\n`), chains]), { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}

function stateOf(line: string, chains: Buffer): VerifiedState | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    // No JSON, so no state: the caller says so.
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { chainsSha256, sha256, ...head } = parsed as Readonly<Record<string, unknown>>;
  const { format, vkey, anyEntries, size, root, edge } = head;
  if (format !== FORMAT || chainsSha256 !== digest(chains) || sha256 !== digest(Buffer.from(JSON.stringify(head)))) return undefined;
  if (typeof vkey !== 'string' || typeof anyEntries !== 'boolean' || typeof size !== 'number' || !Array.isArray(edge)) return undefined;
  const rootBytes = hashesOf(root);
  const hashes = edge.flatMap((one: unknown) => hashesOf(one) ?? []);
  if (rootBytes?.length !== HASH_BYTES || hashes.length !== edge.length || chains.length % RECORD_BYTES !== 0) return undefined;
  return Number.isSafeInteger(size) && size >= 0 ? { vkey, anyEntries, size, root: rootBytes, edge: hashes, chains } : undefined;
}

/** Base64 of whole hashes, side by side. */
function hashesOf(text: unknown): Buffer | undefined {
  const bytes = typeof text === 'string' ? exactBase64(text) : undefined;
  return bytes && bytes.length % HASH_BYTES === 0 ? bytes : undefined;
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
