import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { chainedLeaves, leaf, leafHashOf, logFiles, testKey, writeLog } from '../fixtures/log-writer.js';
import { testWitness } from '../fixtures/witness.js';
import { Broken } from './broken.js';
import { writeReport } from './report.js';
import { verifyLog, verifyWhole, type VerifyOptions } from './verify.js';

const key = testKey('gateway.example/ledger/2026');
const root = mkdtempSync(path.join(tmpdir(), 'against-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let made = 0;
function folderOf(files: ReadonlyMap<string, Buffer>, folder = path.join(root, `log-${made++}`)): string {
  writeLog(folder, files);
  return folder;
}
function write(text: string | Buffer): string {
  const file = path.join(root, `file-${made++}`);
  writeFileSync(file, text);
  return file;
}
const verify = (log: string, more: Partial<VerifyOptions>): Promise<string> =>
  verifyLog({ log, anyEntries: false, vkey: key.vkey, ...more });

const entries = chainedLeaves(700, 9);
const checkpointOf = (count: number, of = entries): string => logFiles(key, of.slice(0, count)).get('checkpoint')?.toString() ?? '';

describe('checkpoints that were kept', () => {
  const log = folderOf(logFiles(key, entries));

  it.each([0, 1, 255, 256, 257, 512, 699, 700])('at size %i are heads of the log', async (size) => {
    await expect(verify(log, { since: [write(checkpointOf(size)), write(checkpointOf(100))] })).resolves.toContain(`since=${size},100`);
  });

  it('of a fork are refused, at every kind of size', async () => {
    const fork = [...entries.slice(0, 99), leaf({ subject: 'request:forged' }), ...entries.slice(100)];
    for (const size of [100, 256, 257, 700])
      await expect(verify(log, { since: [write(checkpointOf(size, fork))] })).rejects.toThrow(`at size ${size} the log has another root`);
    await expect(verify(log, { since: [write(checkpointOf(99, fork))] })).resolves.toContain('ok');
  });

  it('beyond the log, of another key, or none at all are refused', async () => {
    const short = folderOf(logFiles(key, entries.slice(0, 300)));
    await expect(verify(short, { since: [write(checkpointOf(301))] })).rejects.toThrow('covers 301 entries, the log has 300');
    const stranger = logFiles(testKey(key.name, 2), entries).get('checkpoint') ?? '';
    await expect(verify(log, { since: [write(stranger)] })).rejects.toThrow('not signed by');
    await expect(verify(log, { since: [path.join(root, 'nothing')] })).rejects.toThrow('cannot read');
  });
});

describe('a witness policy', () => {
  const [court, bank, regulator] = [1, 2, 3].map((n) => testWitness(`witness.example/w${n}`, 40 + n)) as [
    ReturnType<typeof testWitness>,
    ReturnType<typeof testWitness>,
    ReturnType<typeof testWitness>,
  ];
  const files = logFiles(key, entries.slice(0, 300));
  const signed = files.get('checkpoint')?.toString() ?? '';
  const cosigned = (note: string): string => folderOf(new Map([...files, ['checkpoint', Buffer.from(note)]]));
  const names = `log ${key.vkey}\nwitness court ${court.vkey}\nwitness bank ${bank.vkey}\nwitness regulator ${regulator.vkey}\n`;
  const twoOfThree = write(`# agreement\n${names}group all-of-us 2 court bank regulator\nquorum all-of-us\n`);

  it('is met by enough cosignatures, and gives the key', async () => {
    const log = cosigned(regulator.cosign(court.cosign(signed)));
    await expect(verify(log, { policy: twoOfThree })).resolves.toContain('cosigned=2');
    await expect(verify(log, { policy: twoOfThree, vkey: undefined })).resolves.toContain('key=from-the-policy');
    const { quorum } = await verifyWhole({ log, anyEntries: false, policy: twoOfThree });
    expect(quorum).toMatchObject({
      missing: ['bank'],
      cosigned: [{ witness: 'court', at: '2026-01-01T00:00:00.000Z' }, { witness: 'regulator' }],
    });
    await expect(verify(cosigned(signed), { policy: write(`${names}quorum none\n`) })).resolves.toContain('cosigned=0');
  });

  it('is not met below the quorum, and says who is missing', async () => {
    await expect(verify(cosigned(bank.cosign(signed)), { policy: twoOfThree })).rejects.toThrow(
      'the quorum "all-of-us" is not met: no cosignature of court, regulator',
    );
    const stranger = testWitness('witness.example/w1', 99);
    await expect(verify(cosigned(stranger.cosign(bank.cosign(signed))), { policy: twoOfThree })).rejects.toThrow('is not met');
    await expect(verify(cosigned(bank.cosign(bank.cosign(signed))), { policy: twoOfThree })).rejects.toThrow('is not met');
  });

  it('notices a changed cosignature and one that was made for another checkpoint', async () => {
    const good = court.cosign(signed);
    const other = court.cosign(checkpointOf(299)).split('\n').at(-2) ?? '';
    await expect(verify(cosigned(`${signed}${other}\n`), { policy: twoOfThree })).rejects.toThrow(
      'the cosignature of court does not verify',
    );
    for (const back of [10, 40, 80]) {
      const at = good.length - back;
      const changed = `${good.slice(0, at)}${good[at] === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`;
      await expect(verify(cosigned(changed), { policy: twoOfThree })).rejects.toBeInstanceOf(Broken);
    }
  });

  it('that does not name the log is not met', async () => {
    const other = write(`log ${testKey('other.example', 7).vkey}\nquorum none\n`);
    await expect(verify(cosigned(signed), { policy: other, vkey: undefined })).rejects.toThrow('which the policy does not name');
  });

  it.each([
    ['quorum court', 'line 1: nothing above is named court'],
    [`${names}group g 4 court bank regulator\nquorum g`, 'line 5: the threshold'],
    [`${names}group g any court court\nquorum g`, 'is a member twice'],
    [names, 'has no quorum line'],
    [`${names}quorum none\nquorum none`, 'exactly one quorum'],
    [`witness court ${key.vkey}\nquorum court`, 'not an Ed25519 cosigner key'],
    [`${names}witness again ${court.vkey}\nquorum none`, 'this key is there already'],
    ['hello', 'line 1: is none of'],
  ])('%# is a slip of whoever wrote it', async (text, message) => {
    await expect(verify(cosigned(signed), { policy: write(text) })).rejects.toThrow(message);
  });
});

describe('a state', () => {
  it.each([
    [0, 0],
    [0, 300],
    [100, 100],
    [256, 257],
    [300, 700],
    [512, 600],
  ])('of %i entries is gone on from to %i', async (before, after) => {
    const state = path.join(root, `state-${made++}`);
    const log = folderOf(logFiles(key, entries.slice(0, before)));
    await expect(verify(log, { state })).resolves.not.toContain('resumed=');
    folderOf(logFiles(key, entries.slice(0, after)), log);
    const line = await verify(log, { state });
    expect(line).toContain(`size=${after} root=${checkpointOf(after).split('\n')[2]}`);
    expect(new RegExp(` resumed=${before}$`).test(line)).toBe(before > 0);
    await expect(verify(log, { state })).resolves.toContain('ok');
  });

  it('notices a log that was cut or forked since, and a chain that does not go on', async () => {
    const state = path.join(root, `state-${made++}`);
    const log = folderOf(logFiles(key, entries.slice(0, 300)));
    await verify(log, { state });
    const cut = folderOf(logFiles(key, entries.slice(0, 299)));
    await expect(verify(cut, { state })).rejects.toThrow('covers 299 entries, but 300 were verified before');
    const fork = [...chainedLeaves(300, 8), ...entries.slice(300)];
    await expect(verify(folderOf(logFiles(key, fork)), { state })).rejects.toBeInstanceOf(Broken);
    const lastOnly = [...entries.slice(0, 299), leaf({ subject: 'request:forged' }), leaf({ subject: 'request:more' })];
    await expect(verify(folderOf(logFiles(key, lastOnly)), { state })).rejects.toThrow('does not continue the 300 entries');
    const gap = [...entries.slice(0, 300), ...entries.slice(309, 400)];
    await expect(verify(folderOf(logFiles(key, gap)), { state })).rejects.toThrow('entry 300: number');
    await expect(verify(log, { state })).resolves.toContain('resumed=300');
  });

  it('is left aside when an older checkpoint must be looked up', async () => {
    const state = path.join(root, `state-${made++}`);
    const log = folderOf(logFiles(key, entries));
    await verify(log, { state });
    await expect(verify(log, { state, since: [write(checkpointOf(50))] })).resolves.not.toContain('resumed');
  });

  it('that was changed or is of another log is refused', async () => {
    const state = path.join(root, `state-${made++}`);
    const log = folderOf(logFiles(key, entries));
    await verify(log, { state });
    const bytes = readFileSync(state);
    for (const at of [60, bytes.indexOf('\n') - 5, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(verify(log, { state: write(changed) })).rejects.toThrow('is not a whole');
    }
    await expect(verify(log, { state, anyEntries: true })).rejects.toThrow('is of another log or another check');
  });
});

describe('an export of orders', () => {
  const [p1, p2, p3] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];
  const sent = leaf({ subject: 'order:A1', more: { order: p1 } });
  const answered = leaf({ subject: 'order:A1', source: 'bank-connector/x', more: { order: p1 } });
  const other = leaf({ subject: 'order:B2', more: { order: p2 } });
  const about = [sent, answered, other];
  const log = folderOf(logFiles(key, [...entries, ...about]));
  const line = (orderNumber: string, entry: Buffer, type = 'request.accepted'): Readonly<Record<string, string>> => ({
    orderNumber,
    type,
    leafHash: leafHashOf(entry).toString('hex'),
  });
  const head = { format: 'chakong-orders/v1', origin: key.name, size: 703, source: 'court-gateway' };
  const full = [head, line('A1', sent), line('B2', other)];
  const exported = (lines: readonly unknown[]): { orders: string } => ({
    orders: write(lines.map((one) => `${JSON.stringify(one)}\n`).join('')),
  });

  it('agrees both ways', async () => {
    await expect(verify(log, exported(full))).resolves.toContain('orders=2 facts=2');
    await expect(verify(log, exported([...full, line('A1', answered)]))).resolves.toContain('orders=2 facts=3');
    await expect(verify(log, exported([{ ...head, size: 702 }, line('A1', sent)]))).resolves.toContain('orders=1 facts=1');
  });

  it.each<[string, unknown[], string]>([
    ['lacks an order that the log knows', [head, line('A1', sent)], 'entry 702: the export lacks this fact'],
    ['names a fact that the log lacks', [...full, line('C3', leaf({ subject: 'order:C3' }))], 'orders line 4: the log holds no fact'],
    ['gives a fact to another order', [head, line('A1', other), line('B2', sent)], 'is about order:A1, exported under B2'],
    ['gives a fact another type', [head, line('A1', sent, 'x'), line('B2', other)], 'is request.accepted, exported as x'],
    ['is of another log', [{ ...head, origin: 'x' }, ...full.slice(1)], 'the export is of the log x'],
    ['covers more than the log', [{ ...head, size: 704 }, ...full.slice(1)], 'covers 704 entries, the log has 703'],
    ['is of another format', [{ ...head, format: 'x' }], 'is not of the format'],
    ['names a fact twice', [...full, line('A1', sent)], 'the same fact twice'],
    [
      'names a fact by a list',
      [head, { ...line('A1', sent), leafHash: [line('A1', sent)['leafHash']] }],
      'lacks orderNumber, type or leafHash',
    ],
    ['names a fact by an odd thing', [head, { ...line('A1', sent), leafHash: { toString: 1 } }], 'lacks orderNumber, type or leafHash'],
  ])('that %s is refused', async (_what, lines, message) => {
    await expect(verify(log, exported(lines))).rejects.toThrow(message);
  });

  it('that hides an order which only a bank speaks of is refused', async () => {
    const hidden = leaf({ subject: 'order:H9', source: 'bank-connector/x', more: { order: p3 } });
    const withHidden = folderOf(logFiles(key, [...entries, ...about, hidden]));
    await expect(verify(withHidden, exported([{ ...head, size: 704 }, ...full.slice(1)]))).rejects.toThrow(
      'entry 703: is about an order that the export does not name',
    );
  });
});

describe('a report', () => {
  it('says what was found, in JSON and in words', async () => {
    const log = folderOf(logFiles(key, entries));
    const options = { log, anyEntries: false, since: [write(checkpointOf(50))] };
    const file = path.join(root, 'report.json');
    await writeReport(file, { options, at: '2026-03-01T00:00:00.000Z', result: await verifyWhole(options) });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      format: 'chakong-verification/v1',
      result: 'ok',
      size: 700,
      chains: 9,
      keyFrom: 'log',
      since: [{ size: 50 }],
    });
    const words = readFileSync(path.join(root, 'report.txt'), 'utf8');
    expect([words.includes('结论：通过'), words.includes('取自账本自身')]).toEqual([true, true]);
    await writeReport(file, { options, at: '2026-03-01T00:00:00.000Z', result: new Broken('entry 7', 'is wrong') });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ result: 'broken', place: 'entry 7', reason: 'is wrong' });
    expect(readFileSync(path.join(root, 'report.txt'), 'utf8')).toContain('结论：不通过');
  });
});
