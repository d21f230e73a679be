import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import yazl from 'yazl';
import { withTempDir } from '#testing';
import { ENTRIES_MAX, ENTRY_BYTES_MAX } from '../limits.js';
import { readEntryName } from '../names.js';
import { readZip, type ZipEntry } from './read-zip.js';
import { writeZip } from './write-zip.js';

const isKnown = (name: string): boolean => readEntryName(name) !== undefined;
const read = (bytes: Buffer): Promise<readonly ZipEntry[]> => readZip(bytes, isKnown);
const ENTRIES: readonly ZipEntry[] = [
  { name: 'QA_1.xml', bytes: Buffer.from('<kzqqList/>') },
  { name: 'QI_1.xml', bytes: Buffer.from('<wsinfoList>字</wsinfoList>') },
];

type Options = NonNullable<Parameters<yazl.ZipFile['addBuffer']>[2]>;

/** As other programs write: compressed, and with whatever is asked. */
async function foreign(entries: readonly ZipEntry[], options: Partial<Options> = {}, comment?: string): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const { name, bytes } of entries) zip.addBuffer(bytes, name, { mtime: new Date(0), ...options });
  zip.end(comment === undefined ? undefined : { comment, forceZip64Format: false });
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

const LOCAL = Buffer.from('PK\x03\x04', 'latin1');
const CENTRAL = Buffer.from('PK\x01\x02', 'latin1');

/** The same package with some bytes changed behind a header of the first entry. */
function patched(bytes: Buffer, header: Buffer, at: number, change: (view: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy.subarray(copy.indexOf(header) + at));
  return copy;
}

/** Both headers hold the name, and nothing else changes: the new name is as long as the old one. */
function renamed(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
}

describe('a package that we write', () => {
  it('has the same bytes whenever it is written, and is read back', async () => {
    const bytes = await writeZip(ENTRIES);
    expect(await writeZip(ENTRIES)).toEqual(bytes);
    expect(await read(bytes)).toEqual(ENTRIES);
    // Stored: what it says can be found in it, so no version of a compressor has a part in the promise.
    expect(bytes.includes(ENTRIES[1]?.bytes ?? '')).toBe(true);
  });

  const unzip = hasUnzip() ? it : it.skip;
  unzip(`is whole for another program (unzip -t${hasUnzip() ? '' : ' is not installed'})`, () =>
    withTempDir(async (folder) => {
      const file = join(folder, 'package.zip');
      await writeFile(file, await writeZip(ENTRIES));
      expect(execFileSync('unzip', ['-t', file], { encoding: 'utf8' })).toContain('No errors detected');
    }),
  );
});

describe('a package that others write', () => {
  it('is read when it is compressed', async () => expect(await read(await foreign(ENTRIES))).toEqual(ENTRIES));

  it('may shrink well while it is small', async () => {
    const entries = [{ name: 'QR_1.xml', bytes: Buffer.alloc(500_000, ' ') }];
    expect(await read(await foreign(entries))).toEqual(entries);
  });

  const [first] = ENTRIES as [ZipEntry];
  const zeros = (size: number): ZipEntry => ({ name: 'QA_1.xml', bytes: Buffer.alloc(size) });
  const cases: readonly [what: string, why: RegExp, bytes: () => Promise<Buffer>][] = [
    ['that is empty', /cannot be read/, () => Promise.resolve(Buffer.alloc(0))],
    ['that is no package', /cannot be read/, () => Promise.resolve(Buffer.from('<kzqqList/>'))],
    ['cut off at the end', /cannot be read/, async () => (await foreign(ENTRIES)).subarray(0, -10)],
    ['cut off at the beginning', /cannot be read/, async () => (await foreign(ENTRIES)).subarray(10)],
    ['with a comment', /a comment/, () => foreign(ENTRIES, {}, 'PK')],
    [
      'with too many entries',
      /more than/,
      () => foreign(Array.from({ length: ENTRIES_MAX + 1 }, (_, i) => ({ ...first, name: `QA_${i}.xml` }))),
    ],
    ['with an entry that is too large', /too large/, () => foreign([zeros(ENTRY_BYTES_MAX + 1)])],
    ['that is a bomb', /out of all proportion/, () => foreign([zeros(30_000_000)])],
    [
      'of many bombs',
      /too much|proportion/,
      () => foreign(Array.from({ length: 5 }, (_, i) => ({ ...zeros(30_000_000), name: `QA_${i}.xml` }))),
    ],
    [
      'with an entry that holds more than it says',
      /cannot be read/,
      async () => patched(await foreign([zeros(90_000)]), CENTRAL, 24, (view) => void view.writeUInt32LE(1_000)),
    ],
    ['with a name that leads upwards', /not known|relative/, async () => renamed(await foreign(ENTRIES), 'QA_1.xml', '../1.xml')],
    ['with a name that leads to the root', /not known|absolute/, async () => renamed(await foreign(ENTRIES), 'QA_1.xml', '/A_1.xml')],
    ['with a name of another system', /not known|invalid/, async () => renamed(await foreign(ENTRIES), 'QA_1.xml', 'Q\\_1.xml')],
    ['with a name in a folder', /not known/, async () => renamed(await foreign(ENTRIES), 'QA_1.xml', 'a/_1.xml')],
    ['with a folder', /not known/, async () => renamed(await foreign(ENTRIES), 'QA_1.xml', 'QA_1xml/')],
    ['with an entry that nobody knows', /not known/, async () => renamed(await foreign(ENTRIES), 'QA_1.xml', 'QX_1.xml')],
    ['with the same entry twice', /twice/, () => foreign([first, first])],
    [
      'with two names for one entry',
      /two names/,
      async () => patched(await foreign(ENTRIES), LOCAL, 30, (view) => void view.write('QA_2.xml')),
    ],
    ['with a wrong checksum', /checksum/, async () => patched(await foreign(ENTRIES), CENTRAL, 16, (view) => void view.writeUInt32LE(1))],
    [
      'with a changed content',
      /checksum|cannot be read/,
      async () => patched(await writeZip(ENTRIES), LOCAL, 30 + first.name.length, (view) => void view.write('[')),
    ],
    [
      'with an encrypted entry',
      /encrypted/,
      async () => patched(await foreign(ENTRIES), CENTRAL, 8, (view) => void view.writeUInt16LE(view.readUInt16LE() | 1)),
    ],
    [
      'with an unknown compression',
      /unknown way/,
      async () => patched(await foreign(ENTRIES), CENTRAL, 10, (view) => void view.writeUInt16LE(12)),
    ],
    ['with a symbolic link', /no plain file/, () => foreign(ENTRIES, { mode: 0o120777 })],
    ['with a device', /no plain file/, () => foreign(ENTRIES, { mode: 0o020666 })],
    [
      'whose directory counts too many',
      /cannot be read/,
      async () => {
        const bytes = await foreign(ENTRIES);
        bytes.writeUInt16LE(3, bytes.length - 12);
        return bytes;
      },
    ],
  ];
  it.each(cases)('is refused %s', async (_, why, bytes) => {
    await expect(read(await bytes())).rejects.toMatchObject({ code: 'invalid', message: expect.stringMatching(why) });
  });
});

function hasUnzip(): boolean {
  try {
    execFileSync('unzip', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    // Not installed here; the other tests do without it.
    return false;
  }
}
