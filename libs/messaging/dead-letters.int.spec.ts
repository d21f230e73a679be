import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, newId, sha256, silentLog, SystemClock, systemEntropy } from '#kernel';
import { insert, openSqlite, type SqliteDatabase } from '#persistence';
import { eventually, tempDir, type TempDir } from '#testing';
import {
  DeadLetters,
  eraseMessages,
  FactRecorder,
  InboxReader,
  InProcessBus,
  letterError,
  messagingMigration,
  Redrives,
  redrivesMigration,
  REDRIVEN_FACT,
  shownError,
  type LetterQuery,
  type Message,
  type MessageHandler,
} from './index.js';

const clock = new SystemClock();
const TOPIC = 'answers.v1';
const READER = 'test-reader';
const OPEN = { state: 'open', limit: 10 } as const;
const PRIVACY = {
  pseudonym: (year: number, kind: string, value: string) => sha256(`${year}${kind}${value}`).toString('hex').slice(0, 32),
  sealOpening: (_key: Buffer | undefined, _hash: string, opening: Buffer) => opening,
};
const BY = { askedBy: 'operator-1', approvedBy: 'operator-2' };

let dir: TempDir;
let database: SqliteDatabase;
let bus: InProcessBus;
let healthy: boolean;
let prepared: string[];
let after: number;

beforeEach(async () => {
  dir = await tempDir('dead-letters');
  const effects = { name: '0002-effects', statements: ['CREATE TABLE effects (seq {sequence}, message_id {id} NOT NULL)'] };
  database = await openSqlite({
    time: clock,
    log: silentLog,
    file: `${dir.path}/app.sqlite`,
    migrations: [messagingMigration, effects, redrivesMigration],
  });
  bus = new InProcessBus(clock, silentLog);
  [healthy, prepared, after] = [false, [], 0];
});

afterEach(async () => {
  await bus.close();
  await database.close();
  await dir.remove();
});

const message = (): Message => ({
  id: newId(clock, systemEntropy),
  topic: TOPIC,
  key: 'order-1',
  type: 'test.v1',
  at: 7,
  headers: { caseId: 'c1', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
  body: Buffer.from([0, 1, 255]),
});

async function rig() {
  const seen: Message[] = [];
  const handler: MessageHandler = async (tx, each) => {
    await insert(tx, 'effects', { message_id: each.id });
    if (!healthy) throw new Error('the order is not known');
    seen.push(each);
  };
  const reader = new InboxReader({
    database,
    bus,
    reader: READER,
    topics: [TOPIC],
    handlers: { 'test.v1': handler },
    clock,
    log: silentLog,
    prepare: async (batch) => void prepared.push(...batch.map(({ id }) => id)),
    afterBatch: () => (after += 1),
  });
  await reader.start();
  const letters = new DeadLetters(database, [reader], new FactRecorder('court-gateway', PRIVACY, clock, systemEntropy), clock);
  return { seen, letters };
}

const facts = (): Promise<{ type: string; subject: string; opening: Buffer }[]> =>
  database.reader.all('SELECT type, subject, opening FROM facts');
const effects = (): Promise<{ message_id: string }[]> => database.reader.all('SELECT message_id FROM effects');

describe('dead letters', () => {
  it('are counted and listed without their bodies', async () => {
    const { letters } = await rig();
    const sent = message();
    expect([await letters.open(), await letters.list(OPEN)]).toEqual([0, []]);
    await bus.publish([sent]);
    expect(await letters.open()).toBe(1);
    const [letter] = await letters.list(OPEN);
    expect(letter).toMatchObject({ reader: READER, messageId: sent.id, topic: TOPIC, key: 'order-1', type: 'test.v1', attempts: 5 });
    expect(letter).toMatchObject({ error: 'the order is not known', redrivenAt: undefined });
    expect(letter).not.toHaveProperty('body');
    expect(await letters.find({ reader: READER, messageId: sent.id })).toEqual(letter);
    expect(await letters.find({ reader: READER, messageId: 'nothing' })).toBeUndefined();
  });

  it('are listed by reader and type, newest first, page by page', async () => {
    const { letters } = await rig();
    const died = (messageId: string, died_at: number, reader = READER, type = 'test.v1', redriven_at: number | null = null) => {
      const letter = { topic: TOPIC, msg_key: 'k', at: 1, headers: '{}', body: Buffer.from('xyz'), attempts: 5, error: 'e' };
      return database.run((tx) => insert(tx, 'dead_letters', { ...letter, reader, message_id: messageId, type, died_at, redriven_at }));
    };
    await died('a', 1);
    await died('b', 2);
    await died('c', 2);
    await died('d', 3, 'other-reader');
    await died('e', 4, READER, 'other.v1');
    await died('f', 5, READER, 'test.v1', 6);
    const ids = async (query: Partial<LetterQuery>): Promise<string> =>
      (await letters.list({ ...OPEN, ...query })).map(({ messageId }) => messageId).join('');
    expect(await ids({})).toBe('edcba');
    expect(await ids({ state: 'all' })).toBe('fedcba');
    expect(await ids({ reader: READER })).toBe('ecba');
    expect(await ids({ reader: READER, type: 'test.v1' })).toBe('cba');
    expect(await ids({ limit: 3 })).toBe('edc');
    expect(await ids({ limit: 3, after: { diedAt: 2, messageId: 'c' } })).toBe('ba');
    expect((await letters.list({ ...OPEN, limit: 1 }))[0]?.bytes).toBe(3);
  });

  it.each([
    ['account 6222021234567890123 is closed', 'account 6222*************** is closed'],
    ['debtor 42010619900101001X of order 202603104201060000000204', 'debtor 4201*************X of order 202603104201060000000204'],
    ['attempt 5 at 1234567', 'attempt 5 at 1234567'],
  ])('show their error without long numbers: %s', (text, shown) => expect(shownError(text)).toBe(shown));

  it('keep of a foreign error neither numbers nor native text, of our own no numbers', () => {
    const foreign = new SyntaxError('Unexpected token 张, "张三 420106199001010011" is not valid JSON');
    expect(letterError(foreign)).toBe('Unexpected token …, "… 4201**************" is not valid JSON');
    expect(letterError(new AppError('not-found', '没有账户6222021234567890123'))).toBe('没有账户6222***************');
  });

  it('are driven again once, by two persons: effect, mark and fact together, the message as it came', async () => {
    const { letters, seen } = await rig();
    const sent = message();
    await bus.publish([sent]);
    healthy = true;
    const batches = after;
    await letters.redrive({ reader: READER, messageId: sent.id, ...BY });
    expect(seen).toEqual([sent]);
    expect(prepared[prepared.length - 1]).toBe(sent.id);
    expect(after).toBe(batches + 1);
    expect(await effects()).toEqual([{ message_id: sent.id }]);
    expect(await letters.open()).toBe(0);
    const [fact] = await facts();
    expect(fact).toMatchObject({ type: REDRIVEN_FACT, subject: `dead-letter:${sent.id}` });
    expect(fact?.opening.toString('utf8')).toContain('operator-1');
    await expect(letters.redrive({ reader: READER, messageId: sent.id, ...BY })).rejects.toMatchObject({ code: 'already-redriven' });
    expect([await effects(), await facts()].map((rows) => rows.length)).toEqual([1, 1]);
  });

  it('of two who press at once one is told that it was done', async () => {
    const { letters } = await rig();
    const sent = message();
    await bus.publish([sent]);
    healthy = true;
    const asked = { reader: READER, messageId: sent.id, ...BY };
    const outcomes = await Promise.allSettled([letters.redrive(asked), letters.redrive(asked)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await effects()).toHaveLength(1);
  });

  it('stay open when the handler fails again: nothing is changed', async () => {
    const { letters } = await rig();
    const sent = message();
    await bus.publish([sent]);
    await expect(letters.redrive({ reader: READER, messageId: sent.id, ...BY })).rejects.toThrow('the order is not known');
    expect([await letters.open(), (await effects()).length, (await facts()).length]).toEqual([1, 0, 0]);
    healthy = true;
    await letters.redrive({ reader: READER, messageId: sent.id, ...BY });
    await eventually(async () => (await effects()).length === 1);
  });

  it.each([
    ['one person alone', { approvedBy: 'operator-1' }, 'same-person'],
    ['a message that never died', { messageId: 'nothing' }, 'not-found'],
    ['a reader of another app', { reader: 'somebody-else' }, 'not-found'],
  ])('are refused for %s', async (_, change, code) => {
    const { letters } = await rig();
    const sent = message();
    await bus.publish([sent]);
    healthy = true;
    await expect(letters.redrive({ reader: READER, messageId: sent.id, ...BY, ...change })).rejects.toMatchObject({ code });
    expect(await effects()).toEqual([]);
  });

  describe('of a case that was erased', () => {
    const ERASED = { caseId: 'c1', orderNumbers: ['202603104201060000000204'], kept: ['kept.v1'] };
    const clear = (body: object): Message => ({ ...message(), headers: {}, body: Buffer.from(JSON.stringify(body)) });

    it('keep one that brings the erasure itself about', async () => {
      const { letters } = await rig();
      const asked = { ...clear({ caseId: 'c1' }), type: 'kept.v1' };
      await bus.publish([asked]);
      await eraseMessages(database, ERASED);
      expect((await letters.list(OPEN)).map(({ bytes }) => bytes)).toEqual([asked.body.length]);
    });

    it.each([
      ['sealed under its key', () => message()],
      ['about one of its orders', () => clear({ orderNumber: '202603104201060000000204', evidence: '张三称已还清' })],
      ['about itself', () => clear({ case: { id: 'c1', status: 'closed' } })],
    ])('keep nothing of a message %s, and cannot be driven', async (_, make) => {
      const { letters } = await rig();
      const [sent, other] = [make(), clear({ orderNumber: '2026031042010600000002041' })];
      await bus.publish([sent, other]);
      const recorder = new FactRecorder('court-gateway', PRIVACY, clock, systemEntropy);
      const redrives = new Redrives(recorder, clock, systemEntropy);
      const name = { reader: READER, messageId: sent.id };
      await database.run((tx) => redrives.propose(tx, name, '张三的账户已补录', 'operator-1'));
      await eraseMessages(database, ERASED);
      await eraseMessages(database, ERASED);
      const kept = await database.reader.all('SELECT message_id, LENGTH(body) AS body, error FROM dead_letters ORDER BY body');
      expect(kept).toEqual([
        { message_id: sent.id, body: 0, error: '' },
        { message_id: other.id, body: other.body.length, error: 'the order is not known' },
      ]);
      expect(await database.reader.all('SELECT reason, state FROM redrives')).toEqual([{ reason: '', state: 'awaiting' }]);
      expect((await facts()).map(({ type, opening }) => [type, opening.length])).toEqual([['dead-letter.redrive-proposed', 0]]);
      healthy = true;
      await expect(letters.redrive({ ...name, ...BY })).rejects.toMatchObject({ code: 'content-erased' });
      await database.run((tx) => redrives.decide(tx, name, { decision: 'reject' }, 'operator-2', () => undefined));
      await expect(database.run((tx) => redrives.propose(tx, name, 'x', 'operator-1'))).rejects.toMatchObject({ code: 'content-erased' });
      expect(await effects()).toEqual([]);
    });
  });
});
