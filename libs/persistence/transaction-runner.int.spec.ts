import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AppError, silentLog, SystemClock } from '#kernel';
import { compareAndSet, insert, openSqlite, type SqliteDatabase } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'chakong-persistence-'));
const migrations = [
  { name: '0001-rows', statements: ['CREATE TABLE rows_ (id {id} NOT NULL PRIMARY KEY, amount {money} NOT NULL, state {word})'] },
];
let count = 0;
let database: SqliteDatabase | undefined;

async function open(): Promise<SqliteDatabase> {
  database = await openSqlite({ file: join(folder, `${++count}.sqlite`), migrations, time: new SystemClock(), log: silentLog });
  return database;
}

afterEach(async () => {
  await database?.close();
  database = undefined;
  if (count > 20) rmSync(folder, { recursive: true, force: true });
});

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('plain TypeORM on one SQLite connection', () => {
  it('loses a fulfilled transaction when an overlapping one fails, which is why the runner exists', async () => {
    const source = new DataSource({ type: 'better-sqlite3', database: join(folder, 'plain.sqlite') });
    await source.initialize();
    await source.query('CREATE TABLE t (id TEXT)');
    let letOuterFail: () => void = () => undefined;
    const outerMayFail = new Promise<void>((resolve) => (letOuterFail = resolve));
    let outerHasBegun: () => void = () => undefined;
    const outerBegun = new Promise<void>((resolve) => (outerHasBegun = resolve));
    const outer = source.transaction(async (manager) => {
      await manager.query("INSERT INTO t VALUES ('outer')");
      outerHasBegun();
      await outerMayFail;
      throw new Error('outer fails late');
    });
    await outerBegun;
    const inner = source.transaction(async (manager) => void (await manager.query("INSERT INTO t VALUES ('inner')")));
    await expect(inner).resolves.toBeUndefined();
    letOuterFail();
    await expect(outer).rejects.toThrow();
    const rows: unknown[] = await source.query("SELECT id FROM t WHERE id = 'inner'");
    await source.destroy();
    expect(rows).toEqual([]);
  });
});

describe('TransactionRunner', () => {
  it('keeps the work of a fulfilled closure when an overlapping one fails', async () => {
    const db = await open();
    const failing = db.run(async (tx) => {
      await insert(tx, 'rows_', { id: 'outer', amount: 1n, state: null });
      throw new Error('outer fails');
    });
    const fine = db.run((tx) => insert(tx, 'rows_', { id: 'inner', amount: 2n, state: null }));
    await expect(failing).rejects.toThrow('outer fails');
    await fine;
    expect(await db.reader.all('SELECT id FROM rows_')).toEqual([{ id: 'inner' }]);
  });

  it('shares one commit among the closures that wait together', async () => {
    const db = await open();
    const before = db.runner.commits;
    await Promise.all(Array.from({ length: 150 }, (_, i) => db.run((tx) => insert(tx, 'rows_', { id: `r${i}`, amount: 1n, state: null }))));
    expect(db.runner.commits - before).toBe(1);
    expect(await db.reader.one('SELECT count(*) AS n FROM rows_')).toEqual({ n: 150 });
  });

  it('shows no uncommitted row to readers', async () => {
    const db = await open();
    let seenInside: unknown;
    let seenOutside: unknown;
    await db.run(async (tx) => {
      await insert(tx, 'rows_', { id: 'a', amount: 1n, state: null });
      seenInside = await tx.one('SELECT count(*) AS n FROM rows_');
      seenOutside = await db.reader.one('SELECT count(*) AS n FROM rows_');
    });
    expect(seenInside).toEqual({ n: 1 });
    expect(seenOutside).toEqual({ n: 0 });
  });

  it('lets exactly one of 64 racing transitions win', async () => {
    const db = await open();
    await db.run((tx) => insert(tx, 'rows_', { id: 'a', amount: 1n, state: 'open' }));
    const wins = await Promise.all(
      Array.from({ length: 64 }, () => db.run((tx) => compareAndSet(tx, 'rows_', { state: 'done' }, { id: 'a', state: 'open' }))),
    );
    expect(wins.filter(Boolean)).toHaveLength(1);
  });

  it('carries money of the largest size exactly', async () => {
    const db = await open();
    await db.run((tx) => insert(tx, 'rows_', { id: 'a', amount: 9_007_199_254_740_991n, state: null }));
    const row = await db.reader.one<{ amount: number }>('SELECT amount FROM rows_');
    expect(BigInt(row?.amount ?? 0)).toBe(9_007_199_254_740_991n);
  });

  it('says whether insertOnce inserted, and passes on every other constraint', async () => {
    const db = await open();
    const results = await db.run(async (tx) => [
      await tx.insertOnce('rows_', { id: 'a', amount: 1n, state: null }),
      await tx.insertOnce('rows_', { id: 'a', amount: 2n, state: null }),
    ]);
    expect(results).toEqual([true, false]);
  });

  it('refuses a Tx that outlives its closure', async () => {
    const db = await open();
    let escaped: (() => Promise<unknown>) | undefined;
    await db.run(async (tx) => {
      escaped = () => tx.run("INSERT INTO rows_ VALUES ('late', 1, NULL)");
      await Promise.resolve();
    });
    await expect(escaped?.()).rejects.toThrow(AppError);
  });

  it('calls hooks only after a commit that held', async () => {
    const db = await open();
    const calls: string[] = [];
    await db.run(async (tx) => {
      tx.afterCommit(() => calls.push('kept'));
      await Promise.resolve();
    });
    await db
      .run(async (tx) => {
        tx.afterCommit(() => calls.push('lost'));
        await Promise.resolve();
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(calls).toEqual(['kept']);
  });

  it('tells every closure of the group when the commit fails, and goes on', async () => {
    const db = await open();
    const error = await db
      .run(async (tx) => {
        await insert(tx, 'rows_', { id: 'a', amount: 1n, state: null });
        // Ends the transaction behind the runner's back: its own savepoint and commit must fail loudly.
        await tx.run('ROLLBACK');
      })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'store-unavailable', retryable: true });
    await turn();
    await db.run((tx) => insert(tx, 'rows_', { id: 'b', amount: 1n, state: null }));
    expect(await db.reader.all('SELECT id FROM rows_')).toEqual([{ id: 'b' }]);
  });

  it('runs a migration once over two starts', async () => {
    const first = await open();
    await first.run((tx) => insert(tx, 'rows_', { id: 'a', amount: 1n, state: null }));
    await first.close();
    database = await openSqlite({ file: join(folder, `${count}.sqlite`), migrations, time: new SystemClock(), log: silentLog });
    expect(await database.reader.all('SELECT id FROM rows_')).toEqual([{ id: 'a' }]);
  });
});
