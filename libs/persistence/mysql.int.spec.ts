import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { silentLog, SystemClock, systemEntropy } from '#kernel';
import { eventually, testDatabaseUrl, TestStores } from '#testing';
import { compareAndSet, insert, openMysql, type Migration, type OpenDatabase, type Tx } from './index.js';

const migrations: readonly Migration[] = [
  { name: '0001-rows', statements: ['CREATE TABLE rows_ (id {id} NOT NULL PRIMARY KEY, amount {money} NOT NULL)'] },
];
const UNAVAILABLE = { code: 'store-unavailable', retryable: true };
const time = new SystemClock();

const add = (tx: Tx, id: string) => tx.run('UPDATE rows_ SET amount = amount + 1 WHERE id = ?', [id]);

/** Two closures meet where both have locked something; a closure that is run again passes at once. */
function meeting(): () => Promise<void> {
  let waiting = 0;
  let letGo: () => void = () => undefined;
  const both = new Promise<void>((resolve) => (letGo = resolve));
  return () => {
    waiting += 1;
    if (waiting === 2) letGo();
    return both;
  };
}

/** Stands between a client and the server, and breaks the line once, after a command of the client has reached the server. */
async function lineThatBreaksAfter(command: string): Promise<{ url: string; arm(): void; close(): void }> {
  const target = new URL(testDatabaseUrl() ?? '');
  let armed = false;
  const server: Server = createServer((client: Socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    const drop = (): void => {
      client.destroy();
      upstream.destroy();
    };
    let mustBreak = false;
    client.on('data', (data) => {
      if (armed && data.includes(command)) {
        armed = false;
        mustBreak = true;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => (mustBreak ? drop() : client.write(data)));
    for (const socket of [client, upstream]) socket.on('error', drop).on('close', drop);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `mysql://${target.username}${target.password ? `:${target.password}` : ''}@127.0.0.1:${port}`;
  return { url, arm: () => (armed = true), close: () => server.close() };
}

(testDatabaseUrl() ? describe : describe.skip)('a MariaDB or MySQL server that several processes share', () => {
  let stores: TestStores;
  let one: OpenDatabase;
  let two: OpenDatabase;

  beforeEach(async () => {
    stores = new TestStores('mysql');
    one = await stores.open('rows', migrations);
    two = await stores.open('rows', migrations, { sessions: 4 });
    await one.run((tx) => insert(tx, 'rows_', { id: 'a', amount: 0 }));
    await one.run((tx) => insert(tx, 'rows_', { id: 'b', amount: 0 }));
  });

  afterEach(() => stores.remove());

  const open = (url: string, more: Partial<Parameters<typeof openMysql>[0]> = {}) =>
    openMysql({
      url,
      database: stores.serverName('rows'),
      migrations,
      migrate: 'check',
      time,
      log: silentLog,
      entropy: systemEntropy,
      ...more,
    });
  const amounts = async () => (await one.reader.all('SELECT amount FROM rows_ ORDER BY id')).map(({ amount }) => amount);
  const kill = async (ids: readonly number[]): Promise<void> => {
    const killer = await stores.open('killer', []);
    for (const id of ids) await killer.run((tx) => tx.run(`KILL ${id}`));
  };

  it('lets exactly one of 64 transitions win that two processes try at once', async () => {
    const wins = await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        (i % 2 ? one : two).run((tx) => compareAndSet(tx, 'rows_', { amount: 7 }, { id: 'a', amount: 0 })),
      ),
    );
    expect(wins.filter(Boolean)).toHaveLength(1);
  });

  it('loses no addition of two processes', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 2 ? one : two).run((tx) => add(tx, 'a'))));
    expect(await amounts()).toEqual([60, 0]);
  });

  it('runs both closures of a deadlock to their end, each with one effect', async () => {
    const meet = meeting();
    const crossing = (first: string, second: string) => async (tx: Tx) => {
      await add(tx, first);
      await meet();
      await add(tx, second);
    };
    await Promise.all([one.run(crossing('a', 'b')), two.run(crossing('b', 'a'))]);
    expect(await amounts()).toEqual([2, 2]);
  });

  it('runs a closure again whose key another process was faster to insert', async () => {
    const meet = meeting();
    const findOrInsert = async (tx: Tx): Promise<string> => {
      if (await tx.one('SELECT id FROM rows_ WHERE id = ?', ['new'])) return 'found';
      await meet();
      await insert(tx, 'rows_', { id: 'new', amount: 1 });
      return 'inserted';
    };
    const told = await Promise.all([one.run(findOrInsert), two.run(findOrInsert)]);
    expect(told.sort()).toEqual(['found', 'inserted']);
  });

  it('tells the closures of a connection that was killed, and goes on with a new one', async () => {
    const broken = one.run(async (tx) => {
      await add(tx, 'a');
      const own = await tx.one<{ id: number }>('SELECT CONNECTION_ID() AS id');
      await kill([own?.id ?? 0]);
      await add(tx, 'b');
    });
    const beside = one.run((tx) => add(tx, 'b'));
    await expect(broken).rejects.toMatchObject(UNAVAILABLE);
    await expect(beside).rejects.toMatchObject(UNAVAILABLE);
    await one.run((tx) => add(tx, 'a'));
    expect(await amounts()).toEqual([1, 0]);
  });

  it('notices a connection that died between two closures before anything is lost', async () => {
    const rows = await one.reader.all<{ id: number }>('SELECT id FROM information_schema.processlist WHERE db = ?', [
      stores.serverName('rows'),
    ]);
    await kill(rows.map(({ id }) => id));
    await one.run((tx) => add(tx, 'a'));
    await two.run((tx) => add(tx, 'a'));
    expect(await amounts()).toEqual([2, 0]);
  });

  it('does not repeat a commit whose answer was lost: it says that it does not know', async () => {
    const line = await lineThatBreaksAfter('COMMIT');
    const database = await open(line.url);
    try {
      line.arm();
      await expect(database.run((tx) => add(tx, 'a'))).rejects.toMatchObject(UNAVAILABLE);
      await eventually(async () => (await amounts())[0] === 1);
      await database.run((tx) => add(tx, 'b'));
      expect(await amounts()).toEqual([1, 1]);
    } finally {
      await database.close();
      line.close();
    }
  });

  it('waits for a server that is not there, and gives up with a clear word', async () => {
    let slept = 0;
    class Hurried extends SystemClock {
      override monotonicMs(): number {
        return slept;
      }
      override realSleep(delayMs: number): Promise<void> {
        slept += delayMs;
        return Promise.resolve();
      }
    }
    await expect(open('mysql://root@127.0.0.1:1', { time: new Hurried() })).rejects.toMatchObject(UNAVAILABLE);
    expect(slept).toBeGreaterThanOrEqual(60_000);
  });

  it('refuses a schema that is older or newer than its code, with the command that helps', async () => {
    const later: Migration = { name: '0002-more', statements: ['CREATE TABLE more (id {id} NOT NULL PRIMARY KEY)'] };
    const url = stores.url;
    await expect(open(url, { migrations: [...migrations, later] })).rejects.toMatchObject({
      code: 'schema-older',
      message: expect.stringContaining('npm run migrate'),
    });
    await expect(open(url, { migrations: [] })).rejects.toMatchObject({ code: 'schema-newer' });
    await expect(open(url, { migrations: [], migrate: 'apply' })).rejects.toMatchObject({ code: 'schema-newer' });
  });
});
