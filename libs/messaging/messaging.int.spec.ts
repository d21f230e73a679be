import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, sha256, silentLog, SystemClock, systemEntropy } from '#kernel';
import { insert, openSqlite, type SqliteDatabase } from '#persistence';
import { eventually } from '#testing';
import {
  ATTEMPTS_MAX,
  enqueue,
  FactRecorder,
  InboxReader,
  InProcessBus,
  MESSAGE_BYTES_MAX,
  messagingMigration,
  Relay,
  type Message,
  type MessageHandler,
  type Rudeness,
} from './index.js';

const clock = new SystemClock();
const TOPIC = 'answers.v1';
let folder: string;
let sender: SqliteDatabase;
let receiver: SqliteDatabase;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chakong-messaging-'));
  const effects = {
    name: '0002-effects',
    statements: ['CREATE TABLE effects (seq {sequence}, message_id {id} NOT NULL, msg_key {id} NOT NULL)'],
  };
  const options = { time: clock, log: silentLog };
  sender = await openSqlite({ ...options, file: join(folder, 'sender.sqlite'), migrations: [messagingMigration] });
  receiver = await openSqlite({ ...options, file: join(folder, 'receiver.sqlite'), migrations: [messagingMigration, effects] });
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await sender.close();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

function message(key: string, body = 'x'): Message {
  return { id: newId(clock, systemEntropy), topic: TOPIC, key, type: 'test.v1', at: clock.now(), headers: {}, body: Buffer.from(body) };
}

const takeEffect: MessageHandler = (tx, { id, key }) => insert(tx, 'effects', { message_id: id, msg_key: key });

async function connect(handler: MessageHandler, rudeness: Rudeness = {}): Promise<Relay> {
  const bus = new InProcessBus(clock, silentLog, rudeness);
  await new InboxReader({
    database: receiver,
    bus,
    reader: 'test-reader',
    topics: [TOPIC],
    handlers: { 'test.v1': handler },
    clock,
    log: silentLog,
  }).start();
  const relay = new Relay(sender, bus, [TOPIC], clock, silentLog);
  stops.push(async () => {
    await bus.close();
    await relay.stop();
  });
  return relay;
}

const send = (messages: readonly Message[]): Promise<void[]> =>
  Promise.all(messages.map((each) => sender.run(async (tx) => enqueue(tx, each))));

async function count(database: SqliteDatabase, sql: string): Promise<number> {
  return (await database.reader.one<{ n: number }>(sql))?.n ?? -1;
}

const unpublished = (): Promise<number> => count(sender, 'SELECT count(*) AS n FROM outbox WHERE published_at IS NULL');

describe('outbox, relay, bus, inbox', () => {
  it.each([
    ['a polite bus', {}],
    ['a bus that delivers everything twice', { redeliver: true }],
    [
      'a bus that reorders across keys',
      { reorderAcrossKeys: (batch: readonly Message[]) => [...batch].sort((a, b) => b.key.localeCompare(a.key)) },
    ],
  ])('%s: every message takes effect once, in the order of its key', async (_, rudeness) => {
    const relay = await connect(takeEffect, rudeness);
    const messages = Array.from({ length: 600 }, (_, i) => message(`key-${i % 7}`));
    await send(messages);
    relay.start();
    await eventually(async () => (await unpublished()) === 0);
    const rows = await receiver.reader.all<{ message_id: string; msg_key: string }>('SELECT message_id, msg_key FROM effects ORDER BY seq');
    expect(rows.map((row) => row.message_id).sort()).toEqual(messages.map(({ id }) => id).sort());
    for (let k = 0; k < 7; k++) {
      const seen = rows.filter((row) => row.msg_key === `key-${k}`).map((row) => row.message_id);
      expect(seen).toEqual(messages.filter((each) => each.key === `key-${k}`).map(({ id }) => id));
    }
  });

  it('publishes again what was published but not marked, without a second effect', async () => {
    const relay = await connect(takeEffect);
    await send([message('a')]);
    relay.start();
    await eventually(async () => (await unpublished()) === 0);
    await sender.run((tx) => tx.run('UPDATE outbox SET published_at = NULL'));
    relay.nudge();
    await eventually(async () => (await unpublished()) === 0);
    expect(await count(receiver, 'SELECT count(*) AS n FROM effects')).toBe(1);
  });

  it('leaves a row unmarked while its reader has not committed', async () => {
    let healthy = false;
    const relay = await connect((tx, each) => (healthy ? takeEffect(tx, each) : Promise.reject(new Error('not yet'))));
    await send([message('a')]);
    relay.start();
    await clock.realSleep(100);
    expect(await unpublished()).toBe(1);
    healthy = true;
    await eventually(async () => (await unpublished()) === 0);
    expect(await count(receiver, 'SELECT count(*) AS n FROM effects')).toBe(1);
  });

  it('lays a poisonous message aside after its attempts and goes on with its key', async () => {
    const poison = message('a', 'poison');
    const after = message('a');
    let attempts = 0;
    const relay = await connect((tx, each) => {
      if (each.id !== poison.id) return takeEffect(tx, each);
      attempts += 1;
      return Promise.reject(new Error('poison'));
    });
    await send([poison]);
    await send([after]);
    relay.start();
    await eventually(async () => (await unpublished()) === 0, 15_000);
    expect(attempts).toBe(ATTEMPTS_MAX);
    expect(await receiver.reader.all('SELECT message_id, attempts, error FROM dead_letters')).toEqual([
      { message_id: poison.id, attempts: ATTEMPTS_MAX, error: 'poison' },
    ]);
    expect(await receiver.reader.all('SELECT message_id FROM effects')).toEqual([{ message_id: after.id }]);
  });

  it('undoes the mark with the effect', async () => {
    let first = true;
    const relay = await connect(async (tx, each) => {
      await takeEffect(tx, each);
      if (first) {
        first = false;
        throw new Error('after the effect');
      }
    });
    await send([message('a')]);
    relay.start();
    await eventually(async () => (await unpublished()) === 0);
    expect(await count(receiver, 'SELECT count(*) AS n FROM effects')).toBe(1);
    expect(await count(receiver, 'SELECT count(*) AS n FROM inbox')).toBe(1);
  });

  it('sends nothing of a transaction that failed', async () => {
    await sender
      .run(async (tx) => {
        enqueue(tx, message('a'));
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(await count(sender, 'SELECT count(*) AS n FROM outbox')).toBe(0);
  });

  it('refuses a message that is too large', async () => {
    const large = { ...message('a'), body: Buffer.alloc(MESSAGE_BYTES_MAX + 1) };
    await expect(sender.run(async (tx) => enqueue(tx, large))).rejects.toMatchObject({ code: 'message-too-large' });
  });

  it('holds delivery back while it is told to', async () => {
    const relay = await connect(takeEffect);
    relay.hold(true);
    relay.start();
    await send([message('a')]);
    await clock.realSleep(60);
    expect(await unpublished()).toBe(1);
    relay.hold(false);
    await eventually(async () => (await unpublished()) === 0);
  });
});

describe('FactRecorder', () => {
  const privacy = {
    pseudonym: (year: number, kind: string, value: string) => sha256(`${year}${kind}${value}`).toString('hex').slice(0, 32),
    sealOpening: (_key: Buffer | undefined, _hash: string, opening: Buffer) => opening,
  };

  it('chains the leaves of a subject without a gap and binds the content by a salted digest', async () => {
    const facts = new FactRecorder('court-gateway', privacy, clock, systemEntropy);
    const hashes: string[] = [];
    for (let i = 0; i < 3; i++) {
      const content = { name: '陈志远', i };
      hashes.push(await sender.run((tx) => facts.record(tx, { type: 'test.happened', subject: 'order:1', actor: 'officer', content })));
    }
    const rows = await sender.reader.all<{ leaf: Buffer; leaf_hash: string; opening: Buffer }>(
      'SELECT leaf, leaf_hash, opening FROM facts ORDER BY subject_seq',
    );
    const leaves = rows.map((row) => JSON.parse(row.leaf.toString('utf8')) as Record<string, unknown>);
    expect(rows.map((row) => row.leaf_hash)).toEqual(hashes);
    expect(leaves.map((leaf) => [leaf['subjectSeq'], leaf['prev']])).toEqual([
      [1, undefined],
      [2, hashes[0]],
      [3, hashes[1]],
    ]);
    for (const [i, row] of rows.entries()) {
      expect(row.leaf.toString('utf8')).not.toContain('陈志远');
      expect(sha256(Buffer.of(0), row.leaf).toString('hex')).toBe(row.leaf_hash);
      const digest = sha256(row.opening.subarray(0, 32), sha256(row.opening.subarray(32))).toString('hex');
      expect(leaves[i]?.['commitment']).toBe(digest);
    }
  });

  it('leaves no trace of a fact whose transaction failed, so that the next one follows without a gap', async () => {
    const facts = new FactRecorder('court-gateway', privacy, clock, systemEntropy);
    const fact = { type: 'test.happened', subject: 'order:2', content: {} };
    await sender
      .run(async (tx) => {
        await facts.record(tx, fact);
        throw new Error('no');
      })
      .catch(() => undefined);
    await sender.run((tx) => facts.record(tx, fact));
    expect(await sender.reader.all('SELECT subject_seq FROM facts')).toEqual([{ subject_seq: 1 }]);
    expect(await count(sender, 'SELECT count(*) AS n FROM outbox')).toBe(1);
  });

  it('refuses a fact of a case without the key that seals its opening', async () => {
    const facts = new FactRecorder('court-gateway', privacy, clock, systemEntropy);
    const fact = { type: 'test.happened', subject: 'case:1', caseId: 'c1', content: {} };
    await expect(sender.run((tx) => facts.record(tx, fact))).rejects.toThrow('case key');
  });
});
