import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog, SystemClock, systemEntropy } from '#kernel';
import { openSqlite, type SqliteDatabase } from '#persistence';
import { CaseKeys, KekFile, keyMigrations, KeyRotation, REWRAPPED_AT_ONCE_MAX, SqlKeyRows, type KeyGenerationRows } from './index.js';

const clock = new SystemClock();
let folder: string;
let opened: SqliteDatabase[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chakong-rotation-'));
  opened = [];
});

afterEach(async () => {
  for (const database of opened) await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One process on the files of a folder: its own view of the key file, its own cache. */
async function processOn(place: string) {
  const path = join(place, 'kek.json');
  const source = await KekFile.create(path, systemEntropy);
  const file = join(place, 'case-keys.sqlite');
  const database = await openSqlite({ file, migrations: keyMigrations, time: clock, log: silentLog, secureDelete: true });
  opened.push(database);
  const rows = new SqlKeyRows(database);
  const keys = () => new CaseKeys(rows, source, systemEntropy, clock);
  return { source, rows, keys, rotation: new KeyRotation(rows, source, systemEntropy) };
}

const keyFiles = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('kek'))
    .sort();

describe('the end of a generation', () => {
  it('leaves every other key readable and takes the old key-encryption key from the disk', async () => {
    const { keys, rotation } = await processOn(folder);
    const ids = Array.from({ length: REWRAPPED_AT_ONCE_MAX + 7 }, (_, i) => `case-${i}`);
    await keys().create(ids);
    const before = await keys().getMany(ids.slice(1));
    const oldSecret = keyIn(readFileSync(join(folder, 'kek.json'), 'utf8'), 'kek-1');
    await keys().destroy('case-0');
    expect(await rotation.endGenerationOf('case-0')).toBe(ids.length - 1);
    expect(await keys().getMany(ids.slice(1))).toEqual(before);
    await expect(keys().get('case-0')).rejects.toMatchObject({ code: 'content-erased' });
    expect(keyFiles()).toEqual(['kek-2.json', 'kek.json']);
    for (const name of keyFiles()) expect(readFileSync(join(folder, name), 'utf8')).not.toContain(oldSecret);
    expect(await rotation.endGenerationOf('case-0')).toBe(0);
  });

  it('makes a copy from before the erasure worthless, even with the key files of today', async () => {
    const { rows, keys, rotation } = await processOn(folder);
    await keys().create(['erased', 'kept']);
    const wrapped = (await rows.find('erased'))?.wrapped ?? Buffer.alloc(0);
    const copy = mkdtempSync(join(tmpdir(), 'chakong-copy-'));
    for (const name of ['case-keys.sqlite', 'case-keys.sqlite-wal']) await cp(join(folder, name), join(copy, name));
    await keys().destroy('erased');
    await rotation.endGenerationOf('erased');
    for (const name of readdirSync(folder)) expect((await readFile(join(folder, name))).includes(wrapped)).toBe(false);
    for (const name of keyFiles()) await cp(join(folder, name), join(copy, name));
    const restored = await processOn(copy);
    expect((await restored.rows.find('erased'))?.wrapped?.equals(wrapped)).toBe(true);
    await expect(restored.keys().get('erased')).rejects.toMatchObject({ code: 'kek-unknown' });
    rmSync(copy, { recursive: true, force: true });
  });

  it('is noticed by a process that read the key file before', async () => {
    const here = await processOn(folder);
    const there = await processOn(folder);
    await here.keys().create(['a', 'b']);
    const b = await here.keys().get('b');
    await here.keys().destroy('a');
    await here.rotation.endGenerationOf('a');
    expect(there.source.current().id).toBe('kek-1');
    expect((await there.keys().get('b')).equals(b)).toBe(true);
    const late = await processOn(folder);
    await here.keys().destroy('b');
    await here.rotation.endGenerationOf('b');
    await late.keys().create(['c']);
    const c = await late.keys().get('c');
    expect((await here.keys().get('c')).equals(c)).toBe(true);
    expect((await here.rows.find('c'))?.kekId).toBe('kek-3');
  });

  it('never brings a key back that is destroyed while keys are wrapped anew', async () => {
    const { source, rows, keys } = await processOn(folder);
    await keys().create(['a', 'b']);
    await keys().destroy('a');
    const slow: KeyGenerationRows = Object.assign(Object.create(rows) as KeyGenerationRows, {
      rewrap: async (...of: Parameters<KeyGenerationRows['rewrap']>) => {
        await keys().destroy('b');
        await rows.rewrap(...of);
      },
    });
    await new KeyRotation(slow, source, systemEntropy).endGenerationOf('a');
    await expect(keys().get('b')).rejects.toMatchObject({ code: 'content-erased' });
    expect((await rows.find('b'))?.wrapped).toBeNull();
  });
});

describe('a rotation that is cut off', () => {
  const STEPS = ['begin', 'retire', 'rewrap', 'end'] as const;
  const CASES = STEPS.flatMap((step) => (['before', 'after'] as const).map((when) => ({ step, when })));

  it.each(CASES)('$when $step ends when it is done again by the next process', async ({ step, when }) => {
    const { source, rows, keys } = await processOn(folder);
    await keys().create(['a', 'b', 'c']);
    const b = await keys().get('b');
    await keys().destroy('a');
    const cut = <T extends object>(of: T): T =>
      new Proxy(of, {
        get: (target, name) => {
          const value = Reflect.get(target, name) as unknown;
          if (typeof value !== 'function') return value;
          if (name !== step) return (value as (...args: unknown[]) => unknown).bind(target);
          return async (...args: unknown[]): Promise<never> => {
            if (when === 'after') await (value as (...args: unknown[]) => Promise<unknown>).apply(target, args);
            throw new Error('killed');
          };
        },
      });
    await expect(new KeyRotation(cut(rows), cut(source), systemEntropy).endGenerationOf('a')).rejects.toThrow('killed');
    const next = await processOn(folder);
    // Nothing that is filed between the two is lost.
    await next.keys().create(['d']);
    const d = await next.keys().get('d');
    await next.rotation.endGenerationOf('a');
    expect((await processOn(folder)).source.has('kek-1')).toBe(false);
    const after = (await processOn(folder)).keys();
    expect((await after.get('b')).equals(b)).toBe(true);
    expect((await after.get('d')).equals(d)).toBe(true);
    await expect(after.get('a')).rejects.toMatchObject({ code: 'content-erased' });
  });

  it('is done by two processes at once', async () => {
    const first = await processOn(folder);
    const second = await processOn(folder);
    const ids = Array.from({ length: 40 }, (_, i) => `case-${i}`);
    await first.keys().create(ids);
    const before = await first.keys().getMany(ids.slice(1));
    await first.keys().destroy('case-0');
    const making = second.keys().create(['new']);
    await Promise.all([first.rotation.endGenerationOf('case-0'), second.rotation.endGenerationOf('case-0')]);
    await making;
    const after = (await processOn(folder)).keys();
    expect(await after.getMany(ids.slice(1))).toEqual(before);
    expect(await after.get('new')).toHaveLength(32);
    expect(keyFiles()).toEqual(['kek-2.json', 'kek.json']);
  });
});

function keyIn(text: string, id: string): string {
  return (JSON.parse(text) as { keys: Record<string, string> }).keys[id] ?? 'missing';
}
