import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { silentLog, SystemClock } from '#kernel';
import { insert, openSqlite, type Reader, type Row } from '#persistence';
import { builtFile, freePort, startProcess, withTempDir } from '#testing';
import { writeFile } from 'node:fs/promises';
import { closedLoad } from './load.js';
import { bytesPerUnit, encodeShapes, rowsPerUnit, shapesBetween } from './row-shapes.js';
import { readStore } from './sqlite-store.js';

const STATEMENTS = [
  'CREATE TABLE request (id {id} NOT NULL PRIMARY KEY, note {bytes} NOT NULL, maybe {id})',
  'CREATE UNIQUE INDEX request_maybe ON request (maybe)',
  'CREATE TABLE line (request_id {id} NOT NULL, seq {int} NOT NULL, amount {money}, PRIMARY KEY (request_id, seq))',
  'CREATE TABLE outbox (seq {sequence}, body {text} NOT NULL)',
  'CREATE TABLE untouched (id {id} NOT NULL PRIMARY KEY)',
];

describe('the reference', () => {
  it('writes, for each call and in a commit of its own, the rows that a unit of work left in the store', async () => {
    await withTempDir(async (folder) => {
      const file = path.join(folder, 'store.sqlite');
      const open = { time: new SystemClock(), log: silentLog, migrations: [{ name: '0001-all', statements: STATEMENTS }] };
      const store = await openSqlite({ file, ...open });
      await store.run((tx) => insert(tx, 'request', { id: 'older-0000', note: Buffer.from('x'), maybe: null }));
      const before = await readStore(folder, 'store', path.join(folder, 'before'));
      for (const unit of ['a', 'b', 'c', 'd']) {
        await store.run(async (tx) => {
          await insert(tx, 'request', { id: `request-${unit}0`, note: Buffer.from([0, 255]), maybe: null });
          for (const seq of [1, 2]) await insert(tx, 'line', { request_id: `request-${unit}0`, seq, amount: 5n });
          await insert(tx, 'outbox', { body: '正文' });
        });
      }
      const after = await readStore(folder, 'store', path.join(folder, 'after'));
      await store.close();
      const shapes = await shapesBetween(before, after, 4);
      expect(shapes.map(({ table, rows }) => [table, rows.length]).sort()).toEqual([
        ['line', 2],
        ['outbox', 1],
        ['request', 1],
      ]);
      expect([rowsPerUnit(shapes), bytesPerUnit(shapes)]).toEqual([4, 10 + 2 + 2 * (10 + 8 + 8) + 6]);

      const port = await freePort();
      await writeFile(path.join(folder, 'shapes.json'), encodeShapes(shapes));
      const server = startProcess(await builtFile('test/bench/reference-server.js'), [
        folder,
        path.join(folder, 'shapes.json'),
        String(port),
      ]);
      try {
        await server.waitForLine(/ready/, 20_000);
        const statuses: number[] = [];
        const body = (n: number): string => (n < 9 ? '{}' : '{"items":[1,2,3]}');
        const next = (n: number) => (n < 10 ? { method: 'POST', path: '/', headers: {}, body: body(n) } : undefined);
        await closedLoad([port], 4, 20, { next, heard: (_, reply) => void statuses.push(reply.status) });
        expect(statuses).toEqual(Array.from({ length: 10 }, () => 202));
      } finally {
        await server.stop();
      }
      const written = await openSqlite({ file: path.join(folder, 'reference.sqlite'), ...open, migrations: [] });
      expect(await Promise.all(['request', 'line', 'outbox'].map((table) => count(written.reader, table)))).toEqual([12, 24, 12]);
      const [row] = await written.reader.all<Row>('SELECT id, note, maybe FROM request LIMIT 1');
      expect([String(row?.['id']).length, row?.['note'], row?.['maybe']]).toEqual([10, Buffer.from([0, 255]), null]);
      await written.close();
    });
  }, 60_000);
});

async function count(reader: Reader, table: string): Promise<number> {
  return (await reader.one<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))?.n ?? -1;
}
