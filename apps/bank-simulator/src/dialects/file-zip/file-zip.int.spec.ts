import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { courtXml } from '#connector-sdk';
import { eventually, tempDir, type TempDir } from '#testing';
import { HBRCU_INSTITUTIONS } from '../../banks/bank-setup.js';
import { packedFailure, packedFreeze, packedInquiry, sealedPackage } from '../../testing/court-packages.js';
import { RunningSimulator } from '../../testing/running-simulator.js';
import { signatureInSeal } from './package-seal.js';
import { readPackage, type PackageEntry } from './zip-packages.js';

let folder: TempDir;
let simulator: RunningSimulator;

beforeAll(async () => {
  folder = await tempDir('simulator');
  simulator = await RunningSimulator.start(folder.path);
});

afterAll(async () => {
  await simulator.stop();
  await folder.remove();
});

beforeEach(() => simulator.reset());

const institutionOf = (legalPerson: string): string => HBRCU_INSTITUTIONS.get(legalPerson) ?? '';
const folderOf = (legalPerson: string, ...parts: string[]): string => join(simulator.exchange, institutionOf(legalPerson), ...parts);
const batchNo = (n: number): string => `20260302090000${String(n).padStart(6, '0')}`.padStart(30, '0');
const downName = (type: string, legalPerson: string, n: number): string => `${type}${institutionOf(legalPerson)}${batchNo(n)}.zip`;

async function drop(legalPerson: string, name: string, entries: readonly PackageEntry[]): Promise<void> {
  const down = folderOf(legalPerson, 'down');
  await mkdir(down, { recursive: true });
  const { bytes, seal } = await sealedPackage(simulator.court, entries);
  await writeFile(join(down, `${name}.sig`), seal);
  await writeFile(join(down, `${name}.tmp`), bytes);
  await rename(join(down, `${name}.tmp`), join(down, name));
}

interface UpPackage {
  readonly name: string;
  readonly entries: readonly PackageEntry[];
  readonly records: readonly courtXml.XmlElement[];
}

/** The packages that lie there, each sealed by the bank. */
async function upPackages(legalPerson: string, start: string): Promise<UpPackage[]> {
  const up = folderOf(legalPerson, 'up');
  const names = (await readdir(up).catch(() => [])).filter((name) => name.startsWith(start) && name.endsWith('.zip')).sort();
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(up, name));
      const signature = signatureInSeal(await readFile(join(up, `${name}.sig`), 'utf8'), bytes);
      expect(await simulator.court.holds(bytes, signature)).toBe(true);
      const entries = await readPackage(bytes);
      const records = entries.flatMap((entry) => courtXml.decodeElement(courtXml.readXml(entry.bytes), 'plain').children);
      return { name, entries, records };
    }),
  );
}

const some = (legalPerson: string, start: string, count = 1): Promise<UpPackage[]> =>
  eventually(async () => {
    const found = await upPackages(legalPerson, start);
    return found.length >= count && found;
  });

describe('file-zip', () => {
  it('reads packages, says that it has them, and answers each batch in one package and each control order alone', async () => {
    const inquiries = [packedInquiry(), packedInquiry()];
    const freeze = packedFreeze('A1', '20.00');
    await drop(
      'hbrcu-jiayu',
      downName('CXQQ', 'hbrcu-jiayu', 1),
      inquiries.flatMap(({ entries }) => entries),
    );
    await drop('hbrcu-jiayu', downName('KZQQ', 'hbrcu-jiayu', 2), freeze.entries);
    const [feedback] = await some('hbrcu-jiayu', 'CXFK');
    expect(feedback?.name).toBe(`CXFK${institutionOf('hbrcu-jiayu')}${batchNo(1)}000000000001.zip`);
    expect(feedback?.entries.map(({ part, key }) => `${part} ${key}`).sort()).toEqual(
      inquiries.map(({ orderNumber }) => `QR ${orderNumber}`),
    );
    expect(feedback?.records[0]?.attributes).toMatchObject({ EX1_RESULT: 'found', KHZH: 'A1', YE: '1000.00' });
    const [control] = await some('hbrcu-jiayu', 'KZFK');
    expect(control?.name).toBe(`KZFK${institutionOf('hbrcu-jiayu')}${batchNo(2)}${freeze.orderNumber.padStart(30, '_')}000000000001.zip`);
    expect(control?.records[0]?.attributes).toMatchObject({ KZZT: '1', SKJE: '20.00' });
    const [taken] = await some('hbrcu-jiayu', 'KZSL');
    expect(taken?.records[0]?.attributes['SLSJ']).toMatch(/^2026-03-02 09:\d\d:\d\d\.\d{3}$/);
    await eventually(async () => (await readdir(folderOf('hbrcu-jiayu', 'down', 'done'))).length === 2);
  });

  it('asks only the legal person of the folder', async () => {
    await drop('hbrcu-anlu', downName('CXQQ', 'hbrcu-anlu', 3), packedInquiry().entries);
    const [feedback] = await some('hbrcu-anlu', 'CXFK');
    expect(feedback?.records.map(({ attributes }) => attributes)).toMatchObject([{ EX1_RESULT: 'no-account' }]);
  });

  it('writes the answer again when the package came again, or when the court could not load it, and does nothing twice', async () => {
    const freeze = packedFreeze('A1', '20.00');
    const name = downName('KZQQ', 'hbrcu-tianmen', 4);
    await simulator.panel('PUT', 'hbrcu/faults', { executeThenDrop: 1 });
    await drop('hbrcu-tianmen', name, freeze.entries);
    const down = folderOf('hbrcu-tianmen', 'down');
    await eventually(async () => (await readdir(join(down, 'done'))).includes(name));
    // The court writes a name again only when nothing of it waits any more; a seal that is still being removed would be the new one's.
    await eventually(async () => (await readdir(down)).every((file) => !file.startsWith(name)));
    expect(await upPackages('hbrcu-tianmen', '')).toEqual([]);
    await simulator.panel('PUT', 'hbrcu/faults', {});
    await drop('hbrcu-tianmen', name, freeze.entries);
    const [first] = await some('hbrcu-tianmen', 'KZFK');
    await drop('hbrcu-tianmen', (first?.name ?? '').replace('KZFK', 'KZHZ'), packedFailure(batchNo(4), first?.name ?? ''));
    const copies = await some('hbrcu-tianmen', 'KZFK', 2);
    expect(copies[1]?.name).toBe(copies[0]?.name.replace('000000000001.zip', '000000000002.zip'));
    expect(copies[1]?.entries).toEqual(copies[0]?.entries);
    // The account lies at another legal person, so nothing was ever frozen.
    expect(await simulator.journalOf('hbrcu', freeze.orderNumber)).toEqual([]);
  });

  it.each([
    ['the credentials', 'QC', '0402'],
    ['the legal documents', 'QI', '0403'],
  ])('gives an order without %s back', async (_, part, code) => {
    const freeze = packedFreeze('A1', '20.00');
    await drop(
      'hbrcu-jiayu',
      downName('KZQQ', 'hbrcu-jiayu', part === 'QC' ? 5 : 6),
      freeze.entries.filter((entry) => entry.part !== part),
    );
    const answer = await eventually(async () =>
      (await upPackages('hbrcu-jiayu', 'KZFK')).find(({ name }) => name.includes(freeze.orderNumber)),
    );
    expect(answer.entries[0]?.part).toBe('QNA');
    expect(answer.records[0]?.attributes).toMatchObject({ XCHTYY: code });
  });

  it('puts aside what the court did not seal, what changed after that, and what is for another bank', async () => {
    const down = folderOf('hbrcu-anlu', 'down');
    const [unsealed, changed, foreign] = [7, 8, 9].map((n) => downName('CXQQ', 'hbrcu-anlu', n));
    const { bytes, seal } = await sealedPackage(simulator.court, packedInquiry().entries);
    await writeFile(join(down, unsealed ?? ''), bytes);
    await writeFile(join(down, `${changed}.sig`), seal);
    await writeFile(join(down, changed ?? ''), Buffer.concat([bytes, Buffer.from('x')]));
    await drop('hbrcu-anlu', downName('CXQQ', 'hbrcu-jiayu', 9), packedInquiry().entries);
    const refused = [unsealed, changed, foreign?.replace(institutionOf('hbrcu-anlu'), institutionOf('hbrcu-jiayu'))];
    await eventually(async () => {
      const failed = await readdir(join(down, 'failed'));
      return refused.every((name) => failed.includes(name ?? ''));
    });
  });
});
