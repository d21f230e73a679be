import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, SystemClock, systemEntropy } from '#kernel';
import { openSqlite, type SqliteDatabase } from '#persistence';
import { CaseKeys, keyMigrations, KekFile, SqlKeyRows } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'chakong-keys-'));
const clock = new SystemClock();
let database: SqliteDatabase;
let kek: KekFile;

beforeAll(async () => {
  database = await openSqlite({ file: join(folder, 'case-keys.sqlite'), migrations: keyMigrations, time: clock, log: silentLog });
  kek = await KekFile.create(join(folder, 'kek.json'), systemEntropy);
});

afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const freshCache = (): CaseKeys => new CaseKeys(new SqlKeyRows(database), kek, systemEntropy, clock);

describe('case keys in a table', () => {
  it('gives another process the same key', async () => {
    const keys = freshCache();
    await keys.create(['case-1']);
    expect(await freshCache().get('case-1')).toEqual(await keys.get('case-1'));
  });

  it('makes all keys of a call or none', async () => {
    await freshCache().create(['case-2']);
    await expect(freshCache().create(['case-3', 'case-2'])).rejects.toThrow();
    await expect(freshCache().get('case-3')).rejects.toMatchObject({ code: 'case-key-missing' });
  });

  it('never gives a destroyed key again, nor lets a new one take its place', async () => {
    await freshCache().create(['case-4']);
    await freshCache().destroy('case-4');
    await expect(freshCache().get('case-4')).rejects.toMatchObject({ code: 'content-erased' });
    await expect(freshCache().create(['case-4'])).rejects.toThrow();
  });
});
