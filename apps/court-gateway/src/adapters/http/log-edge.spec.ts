import { describe, expect, it } from '@jest/globals';
import { instantText } from '#kernel';
import { leafHash, newSignerKey, parseSignerKey, RightEdge, signCheckpoint } from '#merkle';
import { readLogEdge } from './log-edge.js';

const ORIGIN = 'gateway.test/ledger/2026';
const NOON = Date.UTC(2026, 2, 10, 4);
const SECOND_MS = 1_000;
const signer = parseSignerKey(newSignerKey(ORIGIN, Buffer.alloc(32, 3)));

const entry = (n: number, atMs: number, source = 'court-gateway'): Buffer =>
  Buffer.from(JSON.stringify({ n, source, at: instantText(NOON + atMs) }));
const hex = (bytes: Buffer): string => leafHash(bytes).toString('hex');

/** A log of these entries as its files, and what was read of it. */
function logOf(entries: readonly Buffer[]) {
  const { files, root } = RightEdge.empty().grow(entries);
  const all = new Map<string, Buffer>(files.map(({ path, bytes }) => [path, bytes]));
  all.set('checkpoint', signCheckpoint(ORIGIN, entries.length, root, [signer]));
  const asked: string[] = [];
  const read = (file: string): Promise<Buffer | undefined> => {
    asked.push(file);
    return Promise.resolve(all.get(file));
  };
  return { all, asked, read };
}

describe('the newest part of a log', () => {
  it('separates what must be there from what only the log can tell', async () => {
    const entries = [0, 60, 97, 99, 100].map((seconds, n) => entry(n, seconds * SECOND_MS));
    const edge = await readLogEdge(logOf(entries).read, 'court-gateway');
    expect(edge).toMatchObject({ origin: ORIGIN, size: 5, settledBefore: NOON + 95 * SECOND_MS });
    expect(edge.recent).toEqual(new Set(entries.slice(2).map(hex)));
  });

  it('goes by one source: others may be ahead or behind', async () => {
    const own = [entry(0, 0), entry(1, 10 * SECOND_MS)];
    const edge = await readLogEdge(logOf([...own, entry(2, 900 * SECOND_MS, 'bank-connector/x')]).read, 'court-gateway');
    expect([edge.settledBefore, edge.recent]).toEqual([NOON + 5 * SECOND_MS, new Set([hex(own[1] as Buffer)])]);
  });

  it('reads no further back than it must', async () => {
    const entries = Array.from({ length: 1_000 }, (_, n) => entry(n, n * SECOND_MS));
    const { read, asked } = logOf(entries);
    const edge = await readLogEdge(read, 'court-gateway');
    expect([edge.recent.size, asked]).toEqual([6, ['checkpoint', 'tile/entries/003.p/232']]);
  });

  it('takes the full bundle where the partial one has gone', async () => {
    const entries = Array.from({ length: 256 }, (_, n) => entry(n, n));
    const { all } = logOf(entries.slice(0, 200));
    const { all: grown } = logOf(entries);
    const files = new Map([...grown, ['checkpoint', all.get('checkpoint') as Buffer]]);
    const edge = await readLogEdge((file) => Promise.resolve(files.get(file)), 'court-gateway');
    expect([edge.size, edge.recent.size]).toEqual([200, 200]);
  });

  it.each([
    ['without a log', 'checkpoint', 'not-found'],
    ['without its entries', 'tile/entries/000.p/1', 'unavailable'],
  ])('is not had %s', async (_what, file, code) => {
    const { all } = logOf([entry(0, 0)]);
    all.delete(file);
    await expect(readLogEdge((name) => Promise.resolve(all.get(name)), 'court-gateway')).rejects.toMatchObject({ code });
  });
});
