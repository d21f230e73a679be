import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainedLeaves, leaf, leafHashOf, logFiles, testKey, tlogProof, writeLog } from '../fixtures/log-writer.js';
import { verifyLog, verifyProofAlone } from './verify.js';

const key = testKey('gateway.example/ledger/2026');
const root = mkdtempSync(path.join(tmpdir(), 'verifier-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
function folderOf(files: ReadonlyMap<string, Buffer>, name = `log-${folders++}`): string {
  const folder = path.join(root, name);
  writeLog(folder, files);
  return folder;
}

const verify = (log: string, more: { vkey?: string; proof?: string; anyEntries?: boolean } = {}): Promise<string> =>
  verifyLog({ log, anyEntries: false, ...more });

describe('a whole log', () => {
  it.each([0, 1, 255, 256, 257, 700])('of %i entries is derived again', async (size) => {
    const folder = folderOf(logFiles(key, chainedLeaves(size, 7)));
    await expect(verify(folder)).resolves.toMatch(
      new RegExp(`^ok origin=gateway.example/ledger/2026 size=${size} root=\\S{44} rate=\\d+/s key=from-the-log$`),
    );
    await expect(verify(folder, { vkey: key.vkey })).resolves.not.toContain('from-the-log');
  });

  it('of three tile levels is derived again', async () => {
    const entries = Array.from({ length: 66_000 }, (_, i) => Buffer.from(String(i)));
    await expect(verify(folderOf(logFiles(key, entries)), { anyEntries: true })).resolves.toContain('size=66000');
  });

  it('made by another program is derived again', async () => {
    const folder = new URL('../../../test/fixtures/tlog', import.meta.url).pathname;
    const vkey = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
    await expect(verify(folder, { vkey, anyEntries: true })).resolves.toContain(
      'size=15 root=rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=',
    );
    await expect(verify(folder, { vkey })).rejects.toThrow('entry 0: is not a leaf');
  });

  it('whose partial files gave way to full ones is derived again', async () => {
    const entries = chainedLeaves(300, 5);
    const files = logFiles(key, entries);
    const grown = logFiles(key, chainedLeaves(512, 5));
    for (const name of ['tile/0/001', 'tile/entries/001']) {
      files.delete(`${name}.p/44`);
      files.set(name, grown.get(name) ?? Buffer.alloc(0));
    }
    await expect(verify(folderOf(files))).resolves.toContain('size=300');
  });
});

describe('any changed byte', () => {
  const entries = chainedLeaves(600, 9);
  const files = logFiles(key, entries);
  const names = [...files.keys()].filter((name) => name !== 'vkey');

  it('of any file that the checkpoint needs is noticed', async () => {
    const place = fc
      .constantFrom(...names)
      .chain((name) => fc.tuple(fc.constant(name), fc.nat((files.get(name)?.length ?? 1) - 1), fc.integer({ min: 1, max: 255 })));
    const folder = folderOf(files);
    await fc.assert(
      fc.asyncProperty(place, async ([name, at, mask]) => {
        const bytes = Buffer.from(files.get(name) ?? '');
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        writeFileSync(path.join(folder, name), bytes);
        try {
          await expect(verify(folder, { vkey: key.vkey })).rejects.toMatchObject({ name: 'Broken' });
        } finally {
          writeFileSync(path.join(folder, name), files.get(name) ?? '');
        }
      }),
      { numRuns: 200 },
    );
    await expect(verify(folder)).resolves.toContain('size=600');
  });

  it('of the checkpoint, at every place and in every bit, is noticed', async () => {
    const folder = folderOf(files);
    const good = files.get('checkpoint') ?? Buffer.alloc(0);
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bytes = Buffer.from(good);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(path.join(folder, 'checkpoint'), bytes);
      await expect(verify(folder)).rejects.toThrow(/^checkpoint: /);
    }
  });

  it.each(names)('cut off from or added to %s is noticed', async (name) => {
    const good = files.get(name) ?? Buffer.alloc(0);
    for (const bytes of [good.subarray(0, -1), Buffer.concat([good, Buffer.of(10)]), Buffer.alloc(0)]) {
      await expect(verify(folderOf(new Map([...files, [name, bytes]])))).rejects.toMatchObject({ name: 'Broken' });
    }
  });

  it.each(names)('without %s the log is broken there', async (name) => {
    const rest = new Map(files);
    rest.delete(name);
    await expect(verify(folderOf(rest))).rejects.toThrow(`${name}: missing`);
  });

  it('names the first broken place', async () => {
    const change = (name: string, at: number): [string, Buffer] => {
      const bytes = Buffer.from(files.get(name) ?? '');
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return [name, bytes];
    };
    const folder = folderOf(new Map([...files, change('tile/entries/001', 2), change('tile/0/002.p/88', 5), change('tile/1/000.p/2', 0)]));
    await expect(verify(folder)).rejects.toThrow('entry 256: tile/entries/001 does not hash to what stands in tile/0/001');
    const upper = folderOf(new Map([...files, change('tile/1/000.p/2', 40)]));
    await expect(verify(upper)).rejects.toThrow('tile/1/000.p/2: hash 1 does not follow from the tile below');
  });

  it('of a log that was derived afresh without our key is noticed', async () => {
    const forged = logFiles(key, entries.slice(1));
    await expect(verify(folderOf(new Map([...forged, ['checkpoint', files.get('checkpoint') ?? Buffer.alloc(0)]])))).rejects.toMatchObject({
      name: 'Broken',
    });
    const stranger = logFiles(testKey(key.name, 2), entries);
    await expect(verify(folderOf(stranger), { vkey: key.vkey })).rejects.toThrow('checkpoint: not signed by');
  });
});

describe('the chain of a subject', () => {
  const first = leaf({});
  const second = leaf({ subjectSeq: 2, prev: leafHashOf(first).toString('hex') });
  const third = leaf({ subjectSeq: 3, prev: leafHashOf(second).toString('hex') });
  const other = leaf({ source: 'bank-connector/hubeibank' });

  it('is kept apart by source', async () => {
    await expect(verify(folderOf(logFiles(key, [first, other, second, third])))).resolves.toContain('size=4');
  });

  it.each([
    ['a fact that was left out', [first, third], 'entry 1: number 3 of (court-gateway request:1) comes after number 1'],
    ['a fact that stands twice', [first, second, second], 'entry 2: number 2 of (court-gateway request:1) comes after number 2'],
    ['facts in another order', [second, first], 'number 1 of (court-gateway request:1) comes after number 2'],
    ['a beginning that is missing', [second, third], 'entry 0: number 2 of (court-gateway request:1) has nothing before it'],
    ['a fact that names another before it', [first, leaf({ subjectSeq: 2, prev: 'a'.repeat(64) })], 'entry 1: prev does not name number 1'],
    ['a first fact that names one before it', [leaf({ prev: 'a'.repeat(64) })], 'entry 0: is not a leaf'],
    ['a later fact that names none', [first, leaf({ subjectSeq: 2 })], 'entry 1: is not a leaf'],
    ['a member that the format does not know', [leaf({ more: { name: 'x' } })], 'entry 0: is not a leaf'],
    [
      'members in another order',
      [
        Buffer.from(
          leaf({})
            .toString()
            .replace(/^\{(.*),"v":1\}$/, '{"v":1,$1}'),
        ),
      ],
      'entry 0: is not a leaf',
    ],
    ['a space between members', [Buffer.from(leaf({}).toString().replace(',', ', '))], 'entry 0: is not a leaf'],
    ['another version', [Buffer.from(leaf({}).toString().replace('"v":1', '"v":2'))], 'entry 0: is not a leaf'],
  ])('shows %s', async (_what, entries, message) => {
    await expect(verify(folderOf(logFiles(key, entries)))).rejects.toThrow(message);
  });

  it('goes on from the log of an earlier year', async () => {
    const earlierKey = testKey('gateway.example/ledger/2025');
    const place = (parent: string, earlier: Buffer[], later: Buffer[]): string => {
      folderOf(logFiles(earlierKey, earlier), `${parent}/2025`);
      return folderOf(logFiles(key, later), `${parent}/2026`);
    };
    await expect(verify(place('years-good', [first, other, second], [third]))).resolves.toContain(' earlier=3');
    await expect(verify(place('years-gap', [first], [third]))).rejects.toThrow(
      'entry 0: number 3 of (court-gateway request:1) comes after number 1',
    );
    await expect(verify(place('years-none', [other], [third]))).rejects.toThrow(
      'entry 0: number 3 of (court-gateway request:1) has nothing before it',
    );
    const broken = place('years-broken', [first, second], [third]);
    writeFileSync(path.join(broken, '../2025/tile/0/000.p/2'), Buffer.alloc(64));
    await expect(verify(broken)).rejects.toThrow('log of 2025, entry 0');
  });
});

describe('a proof file', () => {
  const salt = Buffer.alloc(32, 3);
  const content = Buffer.from('{"amount":"1.00"}');
  const commitment = createHash('sha256').update(salt).update(createHash('sha256').update(content).digest()).digest('hex');
  const entries = [...chainedLeaves(299, 4), leaf({ subject: 'request:opened', commitment })];
  const log = folderOf(logFiles(key, [...entries, ...[leaf({ subject: 'request:later' })]]));
  const opening = { salt: salt.toString('base64'), content: content.toString('base64') };
  const item = (index: number, covered = entries): Record<string, unknown> => ({
    index,
    leaf: entries[index]?.toString('base64'),
    tlogProof: tlogProof(key, index, covered),
  });
  const good = {
    format: 'chakong-proof/v1',
    origin: key.name,
    vkey: key.vkey,
    proofs: [item(0), item(5, entries.slice(0, 100)), { ...item(299), opening }],
  };

  function write(value: unknown): string {
    const file = path.join(root, `proof-${folders++}.json`);
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
    return file;
  }

  it('holds against the log and by itself', async () => {
    await expect(verify(log, { proof: write(good) })).resolves.toContain('proofs=3 opened=1');
    await expect(verifyProofAlone(write(good), key.vkey)).resolves.toContain('proofs=3 opened=1 size=300,100');
  });

  it.each<[string, unknown, string]>([
    ['of another format', { ...good, format: 'chakong-proof/v2' }, 'is not of the format'],
    ['of another log', { ...good, origin: 'x' }, 'is of the log x'],
    ['of a log whose name is no text', { ...good, origin: { toString: 1 } }, 'is of the log nobody'],
    ['with another key', { ...good, vkey: testKey(key.name, 2).vkey }, 'names another key'],
    ['without proofs', { ...good, proofs: [] }, 'holds no proofs'],
    ['with another leaf', { ...good, proofs: [{ ...item(0), leaf: entries[1]?.toString('base64') }] }, 'proof 0: the path does not lead'],
    ['with another index', { ...good, proofs: [{ ...item(0), index: 1 }] }, 'proof 0: says index 1'],
    [
      'with the path of another leaf',
      { ...good, proofs: [item(1), { ...item(0), tlogProof: item(1)['tlogProof'], index: 1 }] },
      'proof 1: the path does not lead',
    ],
    [
      'with another opening',
      { ...good, proofs: [{ ...item(299), opening: { ...opening, content: 'e30=' } }] },
      'not what the leaf commits to',
    ],
    ['with a leaf that is none', { ...good, proofs: [{ ...item(0), leaf: 'e30=' }] }, 'not the base64 of a leaf'],
    ['that is no JSON', '{', 'is not JSON'],
    ['that is a list', [], 'is not an object'],
  ])('%s is refused', async (_what, value, message) => {
    await expect(verify(log, { proof: write(value) })).rejects.toThrow(message);
    await expect(verifyProofAlone(write(value), key.vkey)).rejects.toThrow(message);
  });

  it('from a fork of the log is refused, although our key signed it', async () => {
    const fork = [...entries.slice(0, 298), leaf({ subject: 'request:forged' }), leaf({ subject: 'request:forged-too' })];
    const forged = { ...good, proofs: [{ index: 299, leaf: fork[299]?.toString('base64'), tlogProof: tlogProof(key, 299, fork) }] };
    await expect(verifyProofAlone(write(forged), key.vkey)).resolves.toContain('ok');
    await expect(verify(log, { proof: write(forged) })).rejects.toThrow('at size 300 the log has another root');
  });

  it('from beyond the log is refused', async () => {
    const longer = [...entries, leaf({ subject: 'request:later' }), leaf({ subject: 'request:unpublished' })];
    const ahead = { ...good, proofs: [item(0, longer)] };
    await expect(verify(log, { proof: write(ahead) })).rejects.toThrow('covers 302 entries, the log has 301');
  });
});

describe('over HTTP', () => {
  const files = logFiles(key, chainedLeaves(600, 9));
  let server: Server;
  let address = '';
  let hiccups = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const bytes = files.get((request.url ?? '').replace(/^\/ledger\//, ''));
      if (hiccups > 0) {
        hiccups -= 1;
        response.writeHead(503).end();
      } else if (bytes) response.end(bytes);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    address = `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}/ledger`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('a log is derived again, a short failure of the server included', async () => {
    await expect(verify(address)).resolves.toContain('size=600');
    hiccups = 2;
    await expect(verify(`${address}/`)).resolves.toContain('size=600');
  });

  it('a server that stays down is not taken for a good log', async () => {
    hiccups = 50;
    await expect(verify(address, { vkey: key.vkey })).rejects.toThrow('checkpoint: cannot be fetched (status 503)');
    hiccups = 0;
    await expect(verify('http://127.0.0.1:1/ledger')).rejects.toThrow('vkey: cannot be fetched');
    await expect(verify(`${address}/2024`)).rejects.toThrow('vkey: missing');
  });

  it('a changed byte is noticed', async () => {
    const good = files.get('tile/0/001') ?? Buffer.alloc(0);
    files.set('tile/0/001', Buffer.concat([good.subarray(0, 8191), Buffer.of((good[8191] ?? 0) ^ 1)]));
    await expect(verify(address)).rejects.toThrow('entry 511');
    files.set('tile/0/001', good);
  });
});

it('keeps to itself: no library of the system is imported', () => {
  const folder = new URL('./', import.meta.url).pathname;
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) {
    const imports = [...readFileSync(path.join(folder, name), 'utf8').matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? '');
    expect(imports.filter((one) => !one.startsWith('node:') && !one.startsWith('./'))).toEqual([]);
  }
});
