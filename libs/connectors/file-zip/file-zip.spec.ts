import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withTempDir } from '#testing';
import { elementSlices } from './files/element-slices.js';
import { FileZip, FolderExchange, manifest, STATUS_TABLE } from './index.js';

const translation = new FileZip();
const BATCH = '20260310035204000001';

describe('file-zip', () => {
  it('says what it can do, and its table names every word of the dialect', () => {
    expect(manifest).toMatchObject({ delivery: 'file', statusQuery: false, dedupByReference: true, notices: false, documents: 'inside' });
    expect(Object.keys(STATUS_TABLE)).toEqual(['done', 'partial', 'refused', 'processing']);
  });

  it('names files as the dialect says', () => {
    expect(translation.nameOf('p', [{ orderNumber: '1', action: 'inquire' }], BATCH)).toBe(`CXQQ_p_${BATCH}.json`);
    expect(translation.nameOf('p', [{ orderNumber: '1', action: 'deduct' }], BATCH)).toBe('KZQQ_p_1.json');
    expect(translation.writeFailure('CXFK_p_1_1.json', 'x').name).toBe('CXHZ_CXFK_p_1_1.json');
    expect(translation.writeFailure('KZFK_p_1_1.json', 'x').name).toBe('KZHZ_KZFK_p_1_1.json');
  });

  it('puts orders side by side without touching a byte of them', () => {
    const orders = [Buffer.from('{"b":1, "a":"字"}'), Buffer.from('{"c":[]}')];
    const file = translation.writeFile(`CXQQ_p_${BATCH}.json`, orders).toString('utf8');
    expect(JSON.parse(file)).toEqual({ format: 'chakong-batch/v1', batch: BATCH, orders: [{ b: 1, a: '字' }, { c: [] }] });
    for (const order of orders) expect(file).toContain(order.toString('utf8'));
  });

  it('cuts every answer out exactly, however it is written', () => {
    const member = fc.jsonValue({ maxDepth: 3 }).map((value) => ({ value, answers: [1], text: '"]}[{\\' }));
    const space = fc.constantFrom('', ' ', '\n\t');
    fc.assert(
      fc.property(fc.array(member, { maxLength: 8 }), space, fc.jsonValue(), (answers, gap, other) => {
        const slices = answers.map((answer) => JSON.stringify(answer, undefined, gap.length));
        const list = slices.join(`${gap},${gap}`);
        const text = `{${gap}"first":${JSON.stringify({ answers: [other] })},"answers"${gap}:${gap}[${gap}${list}${gap}]${gap},"last":"answers"}`;
        expect(elementSlices(Buffer.from(text), 'answers').map((slice) => slice.toString('utf8'))).toEqual(slices);
      }),
    );
  });

  it.each([
    ['HZ_CXQQ_p_1.json', { format: 'chakong-receipt/v1', file: 'CXQQ_p_1.json', receivedAt: '2026-03-10T03:52:03Z' }, 'receipt'],
    ['HZ_CXQQ_p_1.json', { format: 'chakong-receipt/v1' }, 'unreadable'],
    ['HZ_CXQQ_p_1.json', { format: 'chakong-receipt/v1', file: 'x', receivedAt: 'soon' }, 'unreadable'],
    ['CXFK_p_1_1.json', { format: 'chakong-feedback/v1', answers: [{ a: 1 }] }, 'answers'],
    ['CXFK_p_1_1.json', { format: 'chakong-feedback/v1', answers: [5] }, 'unreadable'],
    ['CXFK_p_1_1.json', { format: 'chakong-feedback/v2', answers: [] }, 'unreadable'],
    ['CXFK_p_1_1.json', { format: 'chakong-feedback/v1', answers: Array(201).fill({}) }, 'unreadable'],
    ['KZFK_p_77_1.json', { format: 'chakong-feedback/v1', answers: [{ a: 1 }] }, 'answers'],
    ['XXFK_p_77_1.json', { format: 'chakong-feedback/v1', answers: [] }, 'unreadable'],
  ])('reads %s with %j as %s', (name, content, kind) =>
    expect(translation.readFile({ name, bytes: Buffer.from(JSON.stringify(content)) }).kind).toBe(kind),
  );

  it('names the order of a file that cannot be read, from its name or from what is left of it', () => {
    expect(translation.readFile({ name: 'KZFK_p_77_1.json', bytes: Buffer.from('{') })).toMatchObject({ orderNumber: '77' });
    expect(translation.readFile({ name: 'CXFK_p_1_1.json', bytes: Buffer.from('{"answers":[{"orderNumber":"78"') })).toMatchObject({
      orderNumber: '78',
    });
  });

  it('answers for every input', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.uint8Array(),
        (name, bytes) => translation.readFile({ name, bytes: Buffer.from(bytes) }).kind === 'unreadable',
      ),
    );
  });
});

describe('the folders of an exchange', () => {
  const legalPersons = ['p', 'q'];

  it('writes the signature first and the file by a rename, lists what is complete, and forgets what is over', async () => {
    await withTempDir(async (folder) => {
      const exchange = new FolderExchange({ folder, legalPersons });
      await exchange.prepare();
      const file = { legalPerson: 'p', name: 'KZQQ_p_1.json', bytes: Buffer.from('{}'), signature: 'sig' };
      await exchange.write(file);
      await exchange.write(file);
      expect((await readdir(join(folder, 'p', 'down'))).sort()).toEqual(['KZQQ_p_1.json', 'KZQQ_p_1.json.sig', 'done', 'failed']);
      expect(await exchange.isWaiting('p', file.name)).toBe(true);
      await exchange.forget('p', file.name);
      await exchange.forget('p', file.name);
      expect(await exchange.isWaiting('p', file.name)).toBe(false);
    });
  });

  it('takes only complete files, oldest name first, at most as many as asked', async () => {
    await withTempDir(async (folder) => {
      const exchange = new FolderExchange({ folder, legalPersons });
      await exchange.prepare();
      await writeFile(join(folder, 'q', 'up', 'b.json'), 'B');
      await writeFile(join(folder, 'q', 'up', 'a.json'), 'A');
      await writeFile(join(folder, 'q', 'up', 'a.json.sig'), ' s \n');
      await writeFile(join(folder, 'q', 'up', 'c.json.tmp'), 'C');
      expect(await exchange.waiting(10)).toEqual([
        { legalPerson: 'q', name: 'a.json', bytes: Buffer.from('A'), signature: 's' },
        { legalPerson: 'q', name: 'b.json', bytes: Buffer.from('B'), signature: undefined },
      ]);
      expect((await exchange.waiting(1)).length).toBe(1);
      await exchange.finish({ legalPerson: 'q', name: 'a.json' }, 'taken');
      await exchange.finish({ legalPerson: 'q', name: 'b.json' }, 'failed');
      expect(await exchange.waiting(10)).toEqual([]);
      expect(await readFile(join(folder, 'q', 'up', 'failed', 'b.json'), 'utf8')).toBe('');
    });
  });
});
