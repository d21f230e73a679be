import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#kernel';
import { testDatabases, TestStores } from '#testing';
import {
  changeLater,
  compareAndSet,
  compareAndSetMany,
  insert,
  insertLater,
  insertMany,
  type GatheredWrite,
  type Migration,
  type OpenDatabase,
} from './index.js';

const migrations: readonly Migration[] = [
  {
    name: '0001-rows',
    statements: [
      'CREATE TABLE rows_ (id {id} NOT NULL PRIMARY KEY, amount {money} NOT NULL, state {word}, note {longtext}, bytes {bytes})',
      'CREATE TABLE counted (seq {sequence}, id {id} NOT NULL UNIQUE)',
    ],
  },
];

const row = (id: string, more: Partial<Record<'amount' | 'state' | 'note' | 'bytes', string | bigint | Buffer | null>> = {}) => ({
  id,
  amount: 1n,
  state: null,
  note: null,
  bytes: null,
  ...more,
});

describe.each(testDatabases())('the store on $dialect', ({ dialect, isThere }) => {
  (isThere ? describe : describe.skip)(`behaves like every other (${dialect})`, () => {
    let stores: TestStores;
    let db: OpenDatabase;

    beforeEach(async () => {
      stores = new TestStores(dialect);
      db = await stores.open('rows', migrations);
    });

    afterEach(() => stores.remove());

    it('keeps the work of a fulfilled closure when one of its group fails', async () => {
      const failing = db.run(async (tx) => {
        await insert(tx, 'rows_', row('outer'));
        throw new Error('outer fails');
      });
      const fine = db.run((tx) => insert(tx, 'rows_', row('inner')));
      await expect(failing).rejects.toThrow('outer fails');
      await fine;
      expect(await db.reader.all('SELECT id FROM rows_')).toEqual([{ id: 'inner' }]);
    });

    it('shares one commit among the closures that wait together', async () => {
      const before = db.commits;
      await Promise.all(Array.from({ length: 150 }, (_, i) => db.run((tx) => insert(tx, 'rows_', row(`r${i}`)))));
      expect(db.commits - before).toBe(1);
      expect(await db.reader.one('SELECT count(*) AS n FROM rows_')).toEqual({ n: 150 });
    });

    it('shows its own rows to the closure and uncommitted rows to nobody else', async () => {
      const seen = await db.run(async (tx) => {
        await insert(tx, 'rows_', row('a'));
        return [await tx.one('SELECT count(*) AS n FROM rows_'), await db.reader.one('SELECT count(*) AS n FROM rows_')];
      });
      expect(seen).toEqual([{ n: 1 }, { n: 0 }]);
    });

    it('lets exactly one of 64 racing transitions win', async () => {
      await db.run((tx) => insert(tx, 'rows_', row('a', { state: 'open' })));
      const wins = await Promise.all(
        Array.from({ length: 64 }, () => db.run((tx) => compareAndSet(tx, 'rows_', { state: 'done' }, { id: 'a', state: 'open' }))),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
    });

    it('counts the rows that a change has met, also when it left them as they were', async () => {
      await db.run((tx) => insert(tx, 'rows_', row('a', { state: 'open' })));
      expect(await db.run((tx) => compareAndSet(tx, 'rows_', { state: 'open' }, { id: 'a', state: 'open' }))).toBe(true);
    });

    it('says whether insertOnce inserted, goes on after a refusal, and passes on every other error', async () => {
      const told = await db.run(async (tx) => [
        await tx.insertOnce('rows_', row('a')),
        await tx.insertOnce('rows_', row('a', { amount: 2n })),
        await tx.insertOnce('rows_', row('b')),
      ]);
      expect(told).toEqual([true, false, true]);
      await expect(db.run((tx) => tx.insertOnce('rows_', { id: 'c', amount: null }))).rejects.toThrow();
      expect(await db.reader.all('SELECT id, amount FROM rows_ ORDER BY id')).toEqual([
        { id: 'a', amount: 1 },
        { id: 'b', amount: 1 },
      ]);
    });

    it('tells of a key that stands there already, and keeps the rest of the group', async () => {
      await db.run((tx) => insert(tx, 'rows_', row('a')));
      const told = await Promise.allSettled([
        db.run((tx) => insert(tx, 'rows_', row('b'))),
        db.run((tx) => insertMany(tx, 'rows_', [row('c'), row('a')])),
        db.run((tx) => insert(tx, 'rows_', row('d'))),
      ]);
      expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await db.reader.all('SELECT id FROM rows_ ORDER BY id')).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'd' }]);
    });

    it('refuses a Tx that outlives its closure', async () => {
      let escaped: (() => Promise<unknown>) | undefined;
      await db.run(async (tx) => {
        escaped = () => tx.run('DELETE FROM rows_');
        await Promise.resolve();
      });
      await expect(escaped?.()).rejects.toThrow(AppError);
    });

    it('calls hooks after a commit that held, and not after a failure', async () => {
      const calls: string[] = [];
      const hook = (name: string, fails: boolean) =>
        db.run(async (tx) => {
          tx.afterCommit(() => calls.push(name));
          await insert(tx, 'rows_', row(name));
          if (fails) throw new Error(name);
        });
      await Promise.allSettled([hook('kept', false), hook('lost', true)]);
      expect(calls).toEqual(['kept']);
    });

    it('writes what the closures of a commit have left at its end, in their order, and nothing of one that failed', async () => {
      const handed: string[][] = [];
      const write: GatheredWrite<string> = (tx, ids) => {
        handed.push([...ids]);
        tx.append(
          'counted',
          ids.map((id) => ({ id })),
        );
        return Promise.resolve();
      };
      const leave = (id: string, fails = false): Promise<void> =>
        db.run((tx) => {
          tx.append('rows_', [row(id)]);
          tx.gather(write, id);
          return fails ? Promise.reject(new Error('fails')) : Promise.resolve();
        });
      const before = db.commits;
      const ends = await Promise.allSettled([leave('b'), leave('x', true), leave('a'), leave('c')]);
      expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
      expect(db.commits - before).toBe(1);
      expect(handed).toEqual([['b', 'a', 'c']]);
      expect(await db.reader.all('SELECT id FROM counted ORDER BY seq')).toEqual([{ id: 'b' }, { id: 'a' }, { id: 'c' }]);
      expect(await db.reader.one('SELECT count(*) AS n FROM rows_')).toEqual({ n: 3 });
    });

    it('fails the closure alone whose leftover the store refuses', async () => {
      await db.run((tx) => insert(tx, 'counted', { id: 'taken' }));
      const leave = (id: string): Promise<void> =>
        db.run((tx) => {
          tx.append('counted', [{ id }]);
          return insert(tx, 'rows_', row(id));
        });
      const ends = await Promise.allSettled(['a', 'taken', 'b'].map(leave));
      expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await db.reader.all('SELECT id FROM rows_ ORDER BY id')).toEqual([{ id: 'a' }, { id: 'b' }]);
    });

    it('writes what a closure has deferred before its next statement, in its order for each row, and at its end', async () => {
      await db.run((tx) => insert(tx, 'rows_', row('old', { state: 's0' })));
      const step = (from: number, to: number, note: string | null) => ({
        change: { state: `s${to}`, note },
        key: { id: 'old' },
        guard: { state: `s${from}` },
      });
      const seen = await db.run(async (tx) => {
        insertLater(tx, 'rows_', [row('b', { amount: 2n })]);
        changeLater(tx, 'rows_', step(0, 1, 'one'));
        insertLater(tx, 'rows_', [row('a')]);
        changeLater(tx, 'rows_', step(1, 2, 'two'));
        const rows = await tx.all('SELECT id, state, note FROM rows_ ORDER BY id');
        changeLater(tx, 'rows_', step(2, 3, null));
        return rows;
      });
      expect(seen).toEqual([
        { id: 'a', state: null, note: null },
        { id: 'b', state: null, note: null },
        { id: 'old', state: 's2', note: 'two' },
      ]);
      expect(await db.reader.one("SELECT state, note FROM rows_ WHERE id = 'old'")).toEqual({ state: 's3', note: null });
    });

    it('changes what was deferred to values of its own in each row', async () => {
      const ids = Array.from({ length: 120 }, (_, n) => `r${n}`);
      const all = ids.map((id) => row(id));
      await db.run((tx) => insertMany(tx, 'rows_', all));
      await db.run((tx) => {
        ids.forEach((id, n) =>
          changeLater(tx, 'rows_', {
            change: { state: 'same', amount: BigInt(n), note: n % 2 === 0 ? null : `n${n}`, bytes: Buffer.from([n]) },
            key: { id },
            guard: { amount: 1n },
          }),
        );
        return Promise.resolve();
      });
      expect(await db.reader.all("SELECT * FROM rows_ WHERE id IN ('r0', 'r119') ORDER BY id")).toEqual([
        { id: 'r0', amount: 0, state: 'same', note: null, bytes: Buffer.from([0]) },
        { id: 'r119', amount: 119, state: 'same', note: 'n119', bytes: Buffer.from([119]) },
      ]);
    });

    it('fails the closure alone whose deferred writes the store refuses, or whose row is no longer as it was', async () => {
      await db.run((tx) => insertMany(tx, 'rows_', [row('a', { state: 'x' }), row('b', { state: 'x' })]));
      const change = (id: string, state: string): Promise<void> =>
        db.run((tx) => {
          tx.append('rows_', [row(`after-${id}-${state}`)]);
          for (const each of ['a', 'b']) changeLater(tx, 'rows_', { change: { amount: 5n }, key: { id: each }, guard: { state: 'x' } });
          changeLater(tx, 'rows_', { change: { amount: 6n }, key: { id }, guard: { state } });
          return Promise.resolve();
        });
      const taken = db.run((tx) => Promise.resolve(insertLater(tx, 'rows_', [row('a')])));
      const ends = await Promise.allSettled([change('a', 'y'), change('b', 'x'), taken]);
      expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
      await expect(change('a', 'y')).rejects.toMatchObject({ code: 'stale-version' });
      expect(await db.reader.all('SELECT id, amount FROM rows_ ORDER BY id')).toEqual([
        { id: 'a', amount: 5 },
        { id: 'after-b-x', amount: 1 },
        { id: 'b', amount: 6 },
      ]);
    });

    it('changes many rows by one statement, each to its own values, and says when one was not as it was seen', async () => {
      const ids = Array.from({ length: 120 }, (_, n) => `r${n}`);
      await db.run((tx) =>
        insertMany(
          tx,
          'rows_',
          ids.map((id) => row(id)),
        ),
      );
      const change = (expected: bigint) => (id: string, n: number) => ({
        key: id,
        expected,
        change: { amount: BigInt(n + 2), state: `s${n}` },
      });
      const guarded = { key: 'id', guard: 'amount' };
      expect(await db.run((tx) => compareAndSetMany(tx, 'rows_', guarded, ids.map(change(1n))))).toBe(true);
      expect(await db.reader.all("SELECT id, amount, state FROM rows_ WHERE id IN ('r0', 'r119') ORDER BY id")).toEqual([
        { id: 'r0', amount: 2, state: 's0' },
        { id: 'r119', amount: 121, state: 's119' },
      ]);
      expect(await db.run((tx) => compareAndSetMany(tx, 'rows_', guarded, ids.slice(0, 2).map(change(2n))))).toBe(false);
      expect(await db.run((tx) => compareAndSetMany(tx, 'rows_', guarded, []))).toBe(true);
    });

    it('runs a migration once over two starts', async () => {
      await db.run((tx) => insert(tx, 'rows_', row('a')));
      await stores.close(db);
      const again = await stores.open('rows', migrations);
      expect(await again.reader.all('SELECT id FROM rows_')).toEqual([{ id: 'a' }]);
    });

    describe('the traps of the databases', () => {
      it('takes keys that differ in case, accent or a trailing blank for different ones', async () => {
        const keys = ['abc', 'ABC', 'abc ', 'àbc', '账号', '賬號'];
        await db.run((tx) =>
          insertMany(
            tx,
            'rows_',
            keys.map((key) => row(key)),
          ),
        );
        for (const key of keys) expect(await db.reader.all('SELECT id FROM rows_ WHERE id = ?', [key])).toEqual([{ id: key }]);
      });

      it('finds nothing, instead of failing, by a key of any characters or length', async () => {
        for (const key of ['账'.repeat(300), '\u{1F4B0}', "'; DROP TABLE rows_; --", '\\', '', '?', '\u0000']) {
          expect(await db.reader.all('SELECT id FROM rows_ WHERE id = ?', [key])).toEqual([]);
        }
      });

      it('carries integers exactly: as numbers while they are safe', async () => {
        const values = [0n, -1n, 9_007_199_254_740_991n, -9_007_199_254_740_991n];
        await db.run((tx) =>
          insertMany(
            tx,
            'rows_',
            values.map((amount, i) => row(`${i}`, { amount })),
          ),
        );
        const rows = await db.reader.all<{ amount: number }>('SELECT amount FROM rows_ ORDER BY id');
        expect(rows.map(({ amount }) => amount)).toEqual(values.map(Number));
        expect(
          await db.reader.one("SELECT sum(amount) AS s, count(*) AS n, max(amount) AS m FROM rows_ WHERE id IN ('0', '1', '2')"),
        ).toEqual({
          s: 9_007_199_254_740_990,
          n: 3,
          m: 9_007_199_254_740_991,
        });
        expect(await db.reader.one("SELECT sum(amount) AS s FROM rows_ WHERE id = 'none'")).toEqual({ s: null });
      });

      it('takes a limit and an offset as parameters', async () => {
        await db.run((tx) => insertMany(tx, 'rows_', [row('a'), row('b'), row('c')]));
        expect(await db.reader.all('SELECT id FROM rows_ ORDER BY id LIMIT ? OFFSET ?', [1, 1])).toEqual([{ id: 'b' }]);
      });

      it('refuses what does not fit, instead of cutting it off', async () => {
        if (dialect === 'mysql') await expect(db.run((tx) => insert(tx, 'rows_', row('x'.repeat(81))))).rejects.toThrow(/too long/i);
        await expect(db.run((tx) => insert(tx, 'rows_', { id: 'a' }))).rejects.toThrow();
        expect(await db.reader.all('SELECT id FROM rows_')).toEqual([]);
      });

      it('gives growing numbers in the order of insertion', async () => {
        for (const id of ['z', 'a', 'm']) await db.run((tx) => insert(tx, 'counted', { id }));
        expect(await db.reader.all('SELECT id FROM counted ORDER BY seq')).toEqual([{ id: 'z' }, { id: 'a' }, { id: 'm' }]);
      });

      it('gives back every text and every byte as it was', async () => {
        const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((value) => !value.includes('\u0000'));
        await fc.assert(
          fc.asyncProperty(fc.uuid(), text, fc.uint8Array({ maxLength: 300 }), async (id, note, data) => {
            const bytes = Buffer.from(data);
            await db.run(async (tx) => {
              await tx.run('DELETE FROM rows_ WHERE id = ?', [id]);
              await insert(tx, 'rows_', row(id, { note, bytes }));
            });
            expect(await db.reader.one('SELECT note, bytes FROM rows_ WHERE id = ?', [id])).toEqual({ note, bytes });
          }),
          { numRuns: 60 },
        );
      });
    });
  });
});
