import { createDecipheriv, createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Layout of a sealed value: format byte, nonce, ciphertext, tag. */
const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OVERHEAD = 1 + NONCE_BYTES + TAG_BYTES;
const KEY_BYTES = 32;

/** A fact whose salt and content are known, as its proof showed them before the erasure. */
export interface KnownOpening {
  readonly leafHash: string;
  readonly salt: Buffer;
  /** Salt and content. */
  readonly clearBytes: number;
}

/** All files below a folder, by their path in it. */
export async function filesBelow(folder: string, but: readonly string[] = []): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.relative(folder, path.join(entry.parentPath, entry.name));
    if (entry.isFile() && !but.includes(file.split(path.sep)[0] ?? '')) files.set(file, await readFile(path.join(folder, file)));
  }
  return files;
}

/** Everything that could unwrap a case key: the keys of all key files. */
function keksIn(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> {
  const keks = new Map<string, Buffer>();
  for (const [file, bytes] of files) {
    const name = /(?:^|\/)(kek(?:-\d+)?)\.json[^/]*$/.exec(file)?.[1];
    if (name === undefined) continue;
    const content = JSON.parse(bytes.toString('utf8')) as { keys?: Record<string, string>; key?: string };
    for (const [id, secret] of Object.entries(content.keys ?? {})) keks.set(id, Buffer.from(secret, 'base64'));
    if (content.key !== undefined) keks.set(name, Buffer.from(content.key, 'base64'));
  }
  return keks;
}

/**
 * Somebody who has files and knows how we seal: takes every byte of every file that could begin a wrapped key of the case, also in freed pages and
 * logs, and tries every key-encryption key there is. @returns the case's data key, if any opens
 */
export function dataKeyIn(files: ReadonlyMap<string, Buffer>, caseId: string): Buffer | undefined {
  for (const [kekId, kek] of keksIn(files)) {
    for (const bytes of files.values()) {
      const found = scan(bytes, kek, `case-key|${kekId}|${caseId}`, KEY_BYTES);
      if (found) return found;
    }
  }
  return undefined;
}

/** How many of the known facts open with a data key, from whatever lies in the files. */
export function opened(files: ReadonlyMap<string, Buffer>, dataKey: Buffer, known: readonly KnownOpening[]): number {
  return known.filter(({ leafHash, salt, clearBytes }) =>
    [...files.values()].some((bytes) =>
      scan(bytes, dataKey, `facts|opening|${leafHash}`, clearBytes)?.subarray(0, salt.length).equals(salt),
    ),
  ).length;
}

/** The files in which some bytes stand. */
export function filesWith(files: ReadonlyMap<string, Buffer>, needle: Buffer): readonly string[] {
  return [...files].filter(([, bytes]) => bytes.includes(needle)).map(([file]) => file);
}

/** @param leaf as a proof has it, in base64 */
export function leafHashOf(leaf: string): string {
  return createHash('sha256').update(Buffer.of(0)).update(Buffer.from(leaf, 'base64')).digest('hex');
}

function scan(bytes: Buffer, key: Buffer, aad: string, clearBytes: number): Buffer | undefined {
  const length = clearBytes + OVERHEAD;
  for (let at = bytes.indexOf(FORMAT); at >= 0 && at + length <= bytes.length; at = bytes.indexOf(FORMAT, at + 1)) {
    const clear = open(bytes.subarray(at, at + length), key, aad);
    if (clear) return clear;
  }
  return undefined;
}

function open(sealed: Buffer, key: Buffer, aad: string): Buffer | undefined {
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(aad, 'utf8'));
  decipher.setAuthTag(sealed.subarray(tagAt));
  const clear = decipher.update(sealed.subarray(1 + NONCE_BYTES, tagAt));
  try {
    decipher.final();
    return clear;
  } catch {
    return undefined; // Not a value of this key in this place, which is what most bytes are.
  }
}
