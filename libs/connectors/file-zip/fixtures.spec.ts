import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validateXML } from 'xmllint-wasm';
import { AppError } from '#kernel';
import { samples } from './fixtures/samples.js';
import { ENTRIES_MAX } from './limits.js';
import { readEntryName, readPackageName } from './names.js';
import { readZip, type ZipEntry } from './zip/read-zip.js';
import { writeZip } from './zip/write-zip.js';

const folderOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const PACKAGES = folderOf('./fixtures/packages/');
const HOSTILE = folderOf('./fixtures/hostile/');
const SCHEMAS = folderOf('../../../docs/dialects/schemas/');
const names = readdirSync(PACKAGES).sort();
const isKnown = (name: string): boolean => readEntryName(name) !== undefined;
const saved = (name: string): Buffer => readFileSync(PACKAGES + name);
const read = (bytes: Buffer): Promise<readonly ZipEntry[]> => readZip(bytes, isKnown);

/** Which published schema a document is held against, by the part that it is. */
const schemaOf = (entry: string): string =>
  ['QNR', 'QSL'].includes(readEntryName(entry)?.part ?? '') ? 'file-zip-1.xsd' : 'court-xml-1.xsd';

describe('the sample packages', () => {
  it('are what this code writes today, byte for byte, one of every type and no other', async () => {
    const today = await samples();
    expect([...today.keys()].sort()).toEqual(names);
    for (const [name, bytes] of today) expect(saved(name).equals(bytes) ? name : `${name} differs`).toBe(name);
    expect(new Set(names.map((name) => readPackageName(name)?.type))).toEqual(new Set(['CXQQ', 'KZQQ', 'CXSL', 'CXFK', 'KZFK', 'KZHZ']));
  });

  it.each(names)('%s is read and written again as the same bytes', async (name) => {
    const entries = await read(saved(name));
    expect(entries.length).toBeGreaterThan(0);
    expect((await writeZip(entries)).equals(saved(name))).toBe(true);
  });

  it.each(names)('%s holds only documents that are valid by the published schema', async (name) => {
    for (const entry of await read(saved(name))) {
      const schema = readFileSync(SCHEMAS + schemaOf(entry.name), 'utf8');
      const { valid, errors } = await validateXML({
        xml: [{ fileName: entry.name, contents: entry.bytes.toString('utf8') }],
        schema: [schema],
      });
      expect([entry.name, valid, errors]).toEqual([entry.name, true, []]);
    }
  });
});

describe('packages that once were found, or made, to do harm', () => {
  it.each(readdirSync(HOSTILE))('%s is refused', async (name) => {
    await expect(read(readFileSync(HOSTILE + name))).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('a package that changed on its way', () => {
  const edit = fc.record({ at: fc.nat(100_000), remove: fc.nat(40), insert: fc.uint8Array({ maxLength: 40 }) });

  it('is refused, or says what it said before: never anything else', async () => {
    const originals = await Promise.all(names.map(async (name) => ({ bytes: saved(name), entries: await read(saved(name)) })));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...originals), fc.array(edit, { minLength: 1, maxLength: 3 }), async ({ bytes, entries }, edits) => {
        const outcome = await read(edits.reduce(edited, bytes)).catch((error: unknown) => error);
        if (outcome instanceof AppError) expect(outcome.code).toBe('invalid');
        else expect(outcome).toEqual(entries);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused, or within its bounds, whatever its bytes are', async () => {
    const pieces = fc.constantFrom(...[0x04034b50, 0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50].map(littleEndian));
    const bytes = fc.array(fc.oneof(pieces, fc.uint8Array({ maxLength: 64 })), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(bytes, async (parts) => {
        const outcome = await read(Buffer.concat(parts)).catch((error: unknown) => error);
        if (outcome instanceof AppError) expect(outcome.code).toBe('invalid');
        else expect((outcome as readonly ZipEntry[]).length).toBeLessThanOrEqual(ENTRIES_MAX);
      }),
      { numRuns: 2_000 },
    );
  });
});

function edited(bytes: Buffer, { at, remove, insert }: { at: number; remove: number; insert: Uint8Array }): Buffer {
  const from = at % bytes.length;
  return Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
}

function littleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
