import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemEntropy } from '#kernel';
import {
  CASE_KEY_CACHE_MS_MAX,
  CASE_KEYS_CREATED_MAX,
  CaseKeys,
  FieldCipher,
  KekFile,
  SystemKeys,
  unwrapCaseKey,
  wrapCaseKey,
  type KekSource,
  type WrappedKeyRow,
  type WrappedKeyRows,
} from './index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chakong-privacy-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Key rows in memory that keep the port's promises and count what is asked of them. */
class RowsInMemory implements WrappedKeyRows {
  readonly rows = new Map<string, WrappedKeyRow>();
  finds = 0;

  insertMany(rows: readonly WrappedKeyRow[]): Promise<void> {
    if (rows.some(({ caseId }) => this.rows.has(caseId))) return Promise.reject(new Error('duplicate key'));
    for (const row of rows) this.rows.set(row.caseId, row);
    return Promise.resolve();
  }

  find(caseId: string): Promise<WrappedKeyRow | undefined> {
    this.finds += 1;
    return Promise.resolve(this.rows.get(caseId));
  }

  destroy(caseId: string): Promise<void> {
    const row = this.rows.get(caseId);
    if (row) this.rows.set(caseId, { ...row, wrapped: null });
    return Promise.resolve();
  }
}

class HandTime {
  ms = 1_000;
  monotonicMs = () => this.ms;
}

describe('the key file', () => {
  it('is created with mode 0600 and opened again with the same keys', async () => {
    const path = join(folder, 'a', 'kek.json');
    const made = await KekFile.create(path, systemEntropy);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = await KekFile.open(path, systemEntropy);
    expect(again.current().key.equals(made.current().key)).toBe(true);
    expect(again.root().equals(made.root())).toBe(true);
    expect(again.root().equals(again.current().key)).toBe(false);
    expect(await readdir(join(folder, 'a'))).toEqual(['kek.json']);
  });

  it('is made once when many processes start together', async () => {
    const path = join(folder, 'race', 'kek.json');
    const all = await Promise.all(Array.from({ length: 16 }, () => KekFile.create(path, systemEntropy)));
    expect(new Set(all.map((kek) => kek.root().toString('hex'))).size).toBe(1);
  });

  it.each([0o644, 0o640, 0o604, 0o660])('is refused with mode %o', async (mode) => {
    const path = join(folder, `loose-${mode}.json`);
    await KekFile.create(path, systemEntropy);
    await chmod(path, mode);
    await expect(KekFile.open(path, systemEntropy)).rejects.toMatchObject({ code: 'key-file-loose' });
    await expect(KekFile.create(path, systemEntropy)).rejects.toMatchObject({ code: 'key-file-loose' });
  });

  it('is not made by opening', async () => {
    await expect(KekFile.open(join(folder, 'nowhere.json'), systemEntropy)).rejects.toMatchObject({ code: 'key-file-missing' });
  });

  it.each([
    ['empty', ''],
    ['another format', '{"format":"other/v1"}'],
    ['no such current key', JSON.stringify({ format: 'chakong-kek/v1', root: b64(32), current: 'k2', keys: { k1: b64(32) } })],
    ['a short key', JSON.stringify({ format: 'chakong-kek/v1', root: b64(32), current: 'k1', keys: { k1: b64(31) } })],
    ['no root', JSON.stringify({ format: 'chakong-kek/v1', current: 'k1', keys: { k1: b64(32) } })],
    ['too large', JSON.stringify({ format: 'chakong-kek/v1', root: b64(32), current: 'k1', keys: { k1: b64(32) } }) + ' '.repeat(70_000)],
  ])('is refused when damaged: %s', async (what, text) => {
    const path = join(folder, `damaged-${what.replaceAll(' ', '-')}.json`);
    await writeFile(path, text, { mode: 0o600 });
    await expect(KekFile.open(path, systemEntropy)).rejects.toMatchObject({ code: 'key-file-damaged' });
  });

  it('keeps old case keys readable when another key has become current', async () => {
    const path = join(folder, 'rotated.json');
    const before = await KekFile.create(path, systemEntropy);
    const cipher = new FieldCipher(systemEntropy);
    const caseKey = systemEntropy.bytes(32);
    const row = wrapCaseKey(cipher, before.current(), 'c-1', caseKey);
    const content = JSON.parse(await readFile(path, 'utf8')) as { current: string; keys: Record<string, string> };
    content.keys['kek-2'] = b64(32);
    content.current = 'kek-2';
    await writeFile(path, JSON.stringify(content));
    const after = await KekFile.open(path, systemEntropy);
    expect(after.current().id).toBe('kek-2');
    expect(unwrapCaseKey(cipher, after, row).equals(caseKey)).toBe(true);
    expect(() => before.find('kek-2')).toThrow(expect.objectContaining({ code: 'kek-unknown' }));
  });
});

describe('case keys', () => {
  async function setUp() {
    const source: KekSource = await KekFile.create(join(folder, 'cases.json'), systemEntropy);
    const rows = new RowsInMemory();
    const time = new HandTime();
    return { source, rows, time, keys: new CaseKeys(rows, source, systemEntropy, time) };
  }

  it('are the same in every process and asked for once', async () => {
    const { source, rows, time, keys } = await setUp();
    await keys.create(['c-1', 'c-2']);
    const other = new CaseKeys(rows, source, systemEntropy, time);
    const first = await keys.get('c-1');
    expect((await other.get('c-1')).equals(first)).toBe(true);
    expect((await other.get('c-1')).equals(first)).toBe(true);
    expect(rows.finds).toBe(1);
    expect((await keys.get('c-2')).equals(first)).toBe(false);
    for (const row of rows.rows.values()) expect(row.wrapped?.includes(first)).toBe(false);
  });

  it('are gone for ever once destroyed', async () => {
    const { keys } = await setUp();
    await keys.create(['c-1']);
    await keys.destroy('c-1');
    await expect(keys.get('c-1')).rejects.toMatchObject({ code: 'content-erased' });
    await expect(keys.create(['c-1'])).rejects.toThrow('duplicate');
    await expect(keys.get('c-1')).rejects.toMatchObject({ code: 'content-erased' });
  });

  it('are gone in other processes when their caches have run out', async () => {
    const { source, rows, time, keys } = await setUp();
    await keys.create(['c-1']);
    const other = new CaseKeys(rows, source, systemEntropy, time);
    await other.get('c-1');
    await keys.destroy('c-1');
    time.ms += CASE_KEY_CACHE_MS_MAX + 1;
    await expect(other.get('c-1')).rejects.toMatchObject({ code: 'content-erased' });
  });

  it('say when there never was one', async () => {
    const { keys } = await setUp();
    await expect(keys.get('c-9')).rejects.toMatchObject({ code: 'case-key-missing' });
  });

  it('of one case do not open as those of another', async () => {
    const { source, rows, time, keys } = await setUp();
    await keys.create(['c-1', 'c-2']);
    const stolen = rows.rows.get('c-1');
    if (stolen) rows.rows.set('c-2', { ...stolen, caseId: 'c-2' });
    const other = new CaseKeys(rows, source, systemEntropy, time);
    await expect(other.get('c-2')).rejects.toMatchObject({ code: 'content-damaged' });
  });

  it('come in numbers for lists, and never too many are made at once', async () => {
    const { source, rows, time, keys } = await setUp();
    const ids = Array.from({ length: 120 }, (_, i) => `c-${i}`);
    await keys.create(ids);
    const other = new CaseKeys(rows, source, systemEntropy, time);
    const found = await other.getMany([...ids, 'c-0']);
    expect(found.size).toBe(120);
    expect(rows.finds).toBe(120);
    await expect(keys.create(Array.from({ length: CASE_KEYS_CREATED_MAX + 1 }, (_, i) => `d-${i}`))).rejects.toMatchObject({
      code: 'invariant-broken',
    });
  });
});

describe('system keys', () => {
  it('differ by label and come from the root by HKDF-SHA-256', async () => {
    const keys = new SystemKeys({ root: () => Buffer.alloc(32, 5) });
    // Computed apart from RFC 5869 with salt `chakong/v1` and info `system/officers`.
    expect(keys.key('officers').toString('hex')).toBe('0f32bf5c802f308754b4b2be8cfaa51fb1d1380143bb93818cbbc8f9cbf511eb');
    expect((await keys.get('officers')).equals(keys.key('officers'))).toBe(true);
    expect(keys.key('courts').equals(keys.key('officers'))).toBe(false);
  });
});

function b64(length: number): string {
  return Buffer.alloc(length, 3).toString('base64');
}
