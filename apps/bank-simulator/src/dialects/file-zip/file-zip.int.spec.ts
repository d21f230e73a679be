import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, tempDir, type TempDir } from '#testing';
import { wireFreeze, wireOrder } from '../../testing/fake-court.js';
import { cny, RunningSimulator, type Json } from '../../testing/running-simulator.js';

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

async function drop(legalPerson: string, name: string, orders: readonly object[]): Promise<void> {
  const down = join(simulator.exchange, legalPerson, 'down');
  await mkdir(down, { recursive: true });
  const { bytes, signature } = await simulator.court.sign({ format: 'chakong-batch/v1', batch: name, orders });
  await writeFile(join(down, `${name}.json.sig`), signature);
  await writeFile(join(down, `${name}.json.tmp`), bytes);
  await rename(join(down, `${name}.json.tmp`), join(down, `${name}.json`));
}

async function upFiles(legalPerson: string, start: string): Promise<Json[]> {
  const up = join(simulator.exchange, legalPerson, 'up');
  const names = (await readdir(up).catch(() => [])).filter((name) => name.startsWith(start) && name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(up, name));
      expect(simulator.court.holds(bytes, await readFile(join(up, `${name}.sig`), 'utf8'))).toBe(true);
      return JSON.parse(bytes.toString('utf8')) as Json;
    }),
  );
}

describe('file-zip', () => {
  it('reads batches, receipts them and writes signed feedback for each legal person', async () => {
    const inquiries = [wireOrder('inquire', []), wireOrder('inquire', [])];
    const freeze = wireFreeze('A1', '20.00');
    await drop('hbrcu-jiayu', 'CXQQ_hbrcu-jiayu_20260302090000000001', inquiries);
    await drop('hbrcu-jiayu', `KZQQ_hbrcu-jiayu_${freeze.orderNumber}`, [freeze]);
    const [feedback] = await eventually(async () => {
      const files = await upFiles('hbrcu-jiayu', 'CXFK_');
      return files.length > 0 && files;
    });
    expect(feedback).toMatchObject({
      format: 'chakong-feedback/v1',
      answers: [{ inquiry: { result: 'found' } }, { inquiry: { result: 'found' } }],
    });
    const control = await eventually(async () => (await upFiles('hbrcu-jiayu', `KZFK_hbrcu-jiayu_${freeze.orderNumber}_1`))[0]);
    expect(control).toMatchObject({ answers: [{ control: { lines: [{ status: 'done', covered: cny('20.00') }] } }] });
    expect((await upFiles('hbrcu-jiayu', 'HZ_')).map((file) => file['file'])).toContain(`KZQQ_hbrcu-jiayu_${freeze.orderNumber}.json`);
    await eventually(async () => (await readdir(join(simulator.exchange, 'hbrcu-jiayu', 'down', 'done'))).length === 2);
  });

  it('asks only the legal person of the folder', async () => {
    const inquiry = wireOrder('inquire', []);
    await drop('hbrcu-anlu', 'CXQQ_hbrcu-anlu_20260302090000000002', [inquiry]);
    const [feedback] = await eventually(async () => {
      const files = await upFiles('hbrcu-anlu', 'CXFK_');
      return files.length > 0 && files;
    });
    expect(feedback).toMatchObject({ answers: [{ inquiry: { result: 'no-account', holdings: [] } }] });
  });

  it('writes the answer again when the file came again, or when the court could not load it, and does nothing twice', async () => {
    const freeze = wireFreeze('A1', '20.00');
    const name = `KZQQ_hbrcu-tianmen_${freeze.orderNumber}`;
    await simulator.panel('PUT', 'hbrcu/faults', { executeThenDrop: 1 });
    await drop('hbrcu-tianmen', name, [freeze]);
    const downFolder = join(simulator.exchange, 'hbrcu-tianmen', 'down');
    await eventually(async () => (await readdir(join(downFolder, 'done'))).includes(`${name}.json`));
    // The court writes a name again only when nothing of it waits any more; a signature that is still being removed would be the new one's.
    await eventually(async () => (await readdir(downFolder)).every((file) => !file.startsWith(name)));
    expect(await upFiles('hbrcu-tianmen', '')).toEqual([]);
    await simulator.panel('PUT', 'hbrcu/faults', {});
    await drop('hbrcu-tianmen', name, [freeze]);
    const answer = `KZFK_hbrcu-tianmen_${freeze.orderNumber}`;
    await eventually(async () => (await upFiles('hbrcu-tianmen', answer)).length === 1);
    const { bytes, signature } = await simulator.court.sign({ format: 'chakong-failure/v1', file: `${answer}_1.json`, reason: 'x' });
    const down = join(simulator.exchange, 'hbrcu-tianmen', 'down');
    await writeFile(join(down, `KZHZ_${answer}_1.json.sig`), signature);
    await writeFile(join(down, `KZHZ_${answer}_1.json`), bytes);
    const copies = await eventually(async () => {
      const files = await upFiles('hbrcu-tianmen', answer);
      return files.length === 2 && files;
    });
    expect(copies[0]).toEqual(copies[1]);
    // The account lies at another legal person, so nothing was ever frozen.
    expect(await simulator.journalOf('hbrcu', freeze.orderNumber)).toEqual([]);
  });

  it('puts aside what the court did not sign', async () => {
    const down = join(simulator.exchange, 'hbrcu-anlu', 'down');
    await writeFile(join(down, 'CXQQ_x.json'), JSON.stringify({ format: 'chakong-batch/v1', orders: [wireOrder('inquire', [])] }));
    await eventually(async () => (await readdir(join(down, 'failed'))).includes('CXQQ_x.json'));
  });
});
