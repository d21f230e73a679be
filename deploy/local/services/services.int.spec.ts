import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { createConnection } from 'mysql2/promise';
import { errorText } from '#kernel';
import { eventuallyHolds, freePort, repository, tempDir, testKafkaJars, type TempDir } from '#testing';
import { startBroker, startDatabase, startServices, type Services } from './index.mjs';

const START_MS_MAX = 120_000;
const STARTER = `
  const { startServices } = await import(process.argv[1]);
  const { pids } = await startServices({ folder: process.argv[2], log: () => undefined });
  console.log(JSON.stringify(pids));
  setInterval(() => undefined, 1000);`;

let dir: TempDir;
const given = { ...process.env };

beforeAll(async () => {
  dir = await tempDir('services');
  delete process.env['DATABASE_URL'];
  delete process.env['KAFKA_BROKERS'];
});
afterEach(() => {
  delete process.env['DATABASE_URL'];
  delete process.env['KAFKA_BROKERS'];
});
afterAll(async () => {
  Object.assign(process.env, given);
  await dir.remove();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

const allGone = (pids: readonly number[]) => eventuallyHolds(() => expect(pids.filter(isAlive)).toEqual([]), 20_000);

async function statement(url: string, sql: string): Promise<unknown> {
  const uri = new URL(url);
  uri.pathname = '/';
  const connection = await createConnection({ uri: uri.toString() });
  try {
    return (await connection.query(sql))[0];
  } finally {
    await connection.end();
  }
}

const kafkaOf = (brokers: readonly string[], retries = 40) =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries, initialRetryTime: 100, maxRetryTime: 1_000 } });

async function put(brokers: readonly string[], topic: string, value: string, retries?: number): Promise<void> {
  const producer = kafkaOf(brokers, retries).producer({ allowAutoTopicCreation: true });
  await producer.connect();
  try {
    await producer.send({ topic, messages: [{ value }], acks: -1 });
  } finally {
    await producer.disconnect();
  }
}

/** How many messages a topic holds. */
async function held(brokers: readonly string[], topic: string): Promise<number> {
  const admin = kafkaOf(brokers).admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  } finally {
    await admin.disconnect();
  }
}

async function makeTopic(brokers: readonly string[], topic: string, replicationFactor: number): Promise<void> {
  const admin = kafkaOf(brokers).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor }], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

const local = testKafkaJars() === undefined ? describe.skip : describe;

local('servers of this machine', () => {
  it(
    'start side by side, each with its own, survive kill -9 with what was acknowledged, and leave nothing',
    async () => {
      const both = await Promise.all(['a', 'b'].map((name) => startServices({ folder: path.join(dir.path, name), log: () => undefined })));
      const pids = both.flatMap((services) => Object.values(services.pids));
      expect(pids).toHaveLength(4);
      const [one, other] = both as [Services, Services];
      try {
        await statement(one.databaseUrl, 'CREATE DATABASE mine');
        await statement(one.databaseUrl, 'CREATE TABLE mine.kept (n INT PRIMARY KEY)');
        await statement(one.databaseUrl, "CREATE USER 'someone'@'%' IDENTIFIED BY 'pass-word'");
        await statement(one.databaseUrl, 'INSERT INTO mine.kept VALUES (7)');
        const [{ flush, binlog }] = (await statement(
          one.databaseUrl,
          'SELECT @@innodb_flush_log_at_trx_commit AS flush, @@log_bin AS binlog',
        )) as [{ flush: number; binlog: number }];
        expect([flush, binlog]).toEqual([1, 0]);
        await expect(statement(other.databaseUrl, 'SELECT * FROM mine.kept')).rejects.toThrow();
        await expect(put(one.kafkaBrokers, 'nobody-made-it', 'x', 1)).rejects.toThrow();
        await makeTopic(one.kafkaBrokers, 'mine', 1);
        await put(one.kafkaBrokers, 'mine', 'first');

        for (const name of Object.keys(one.pids)) {
          const before = one.pids[name];
          one.kill(name);
          await eventuallyHolds(() => expect([undefined, before]).not.toContain(one.pids[name]), 20_000);
        }
        await eventuallyHolds(async () => expect(await statement(one.databaseUrl, 'SELECT n FROM mine.kept')).toEqual([{ n: 7 }]), 30_000);
        await eventuallyHolds(async () => expect(await held(one.kafkaBrokers, 'mine')).toBe(1), 30_000);

        await one.restart('kafka');
        await put(one.kafkaBrokers, 'mine', 'second');
        expect(await held(one.kafkaBrokers, 'mine')).toBe(2);
        expect(() => one.kill('nobody')).toThrow('no server "nobody" was started here; there are: kafka, mariadb');
        pids.push(...Object.values(one.pids));
      } finally {
        await Promise.all(both.map((services) => services.stop()));
      }
      await allGone(pids);

      const again = await startDatabase({ folder: path.join(dir.path, 'a'), log: () => undefined });
      try {
        expect(await statement(again.url, 'SELECT n FROM mine.kept')).toEqual([{ n: 7 }]);
      } finally {
        await again.stop();
      }
    },
    2 * START_MS_MAX,
  );

  it(
    'of three brokers one may go',
    async () => {
      const broker = await startBroker({ kafkaNodes: 3, folder: path.join(dir.path, 'three'), log: () => undefined });
      try {
        await eventuallyHolds(() => makeTopic(broker.brokers, 'kept', 3), 30_000);
        await put(broker.brokers, 'kept', 'before');
        broker.kept[1]?.[1].kill();
        await put(broker.brokers, 'kept', 'while one is away');
        expect(await held(broker.brokers, 'kept')).toBe(2);
      } finally {
        await broker.stop();
      }
    },
    START_MS_MAX,
  );

  it(
    'end with whoever started them, however that went',
    async () => {
      const starter = spawn(
        process.execPath,
        ['--input-type=module', '-e', STARTER, path.join(repository, 'deploy/local/services/index.mjs'), path.join(dir.path, 'orphans')],
        { env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let told = '';
      starter.stdout.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')));
      await eventuallyHolds(() => expect(told).toContain('\n'), START_MS_MAX);
      const pids = Object.values(JSON.parse(told) as Record<string, number>);
      expect(pids.filter(isAlive)).toHaveLength(2);
      starter.kill('SIGKILL');
      await allGone(pids);
    },
    START_MS_MAX,
  );
});

describe('servers that are named', () => {
  it('are refused by name, without their password, where nothing serves, and nothing is left of the other', async () => {
    const port = await freePort();
    process.env['DATABASE_URL'] = `mysql://root:very-secret@127.0.0.1:${port}/chakong`;
    process.env['KAFKA_BROKERS'] = `127.0.0.1:${port}`;
    const folder = path.join(dir.path, 'named');
    const refused = await startServices({ folder, log: () => undefined }).then(() => 'started', errorText);
    expect(refused).toContain(`DATABASE_URL names 127.0.0.1:${port}, which does not serve: ECONNREFUSED`);
    expect(refused).not.toContain('very-secret');
    await expect(startBroker({ folder, log: () => undefined })).rejects.toThrow(`KAFKA_BROKERS names 127.0.0.1:${port}`);
    process.env['DATABASE_URL'] = 'root:very-secret@somewhere';
    await expect(startDatabase({ folder, log: () => undefined })).rejects.toThrow(/^DATABASE_URL is an address such as/);
    expect(await readdir(dir.path)).not.toContain('named');
  });

  it('are taken as they are', async () => {
    const database = given['CHAKONG_TEST_DATABASE_URL'];
    const brokers = given['CHAKONG_TEST_KAFKA'];
    if (!database || !brokers) return;
    process.env['DATABASE_URL'] = database;
    process.env['KAFKA_BROKERS'] = brokers;
    const services = await startServices({ folder: path.join(dir.path, 'named'), log: () => undefined });
    expect([services.databaseUrl, services.kafkaBrokers.join(','), services.pids]).toEqual([database, brokers, {}]);
    await services.stop();
    expect(await statement(database, 'SELECT 1 AS still')).toEqual([{ still: 1 }]);
  });
});

it('the declarations name every function that the script exports', async () => {
  const declared = await readFile(path.join(repository, 'deploy/local/services/index.d.mts'), 'utf8');
  const exported = Object.keys(await import('./index.mjs')).sort();
  expect([...declared.matchAll(/export function (\w+)/g)].map(([, name]) => name).sort()).toEqual(exported);
});
