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
  let parsed: Readonly<Record<string, unknown>>;
  try {
    parsed = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const { chainsSha256, sha256, ...head } = parsed;
  const { format, vkey, anyEntries, size, root, edge } = head;
  if (format !== FORMAT || chainsSha256 !== digest(chains) || sha256 !== digest(Buffer.from(JSON.stringify(head)))) return undefined;
  const rootBytes = exactBase64(String(root));
  const hashes = Array.isArray(edge) ? edge.map((one) => exactBase64(String(one))) : [];
  if (typeof vkey !== 'string' || typeof anyEntries !== 'boolean' || typeof size !== 'number') return undefined;
  if (rootBytes?.length !== HASH_BYTES || chains.length % RECORD_BYTES !== 0) return undefined;
  return { vkey, anyEntries, size, root: rootBytes, edge: hashes.filter((one) => one !== undefined), chains };
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
