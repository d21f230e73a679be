import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, silentLog, SystemClock, systemEntropy } from '#kernel';
import { insert, type OpenDatabase } from '#persistence';
import { testDatabases, TestStores } from '#testing';
import { InboxReader, InProcessBus, messagingMigration, type Message, type MessageHandler } from './index.js';

const clock = new SystemClock();
const TOPIC = 'answers.v1';
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const effects = {
  name: '0002-effects',
  statements: ['CREATE TABLE effects (seq {sequence}, msg_key {id} NOT NULL, body {text} NOT NULL)'],
};

const takeEffect: MessageHandler = (tx, { key, body }) => insert(tx, 'effects', { msg_key: key, body: body.toString() });

describe.each(testDatabases())('an inbox on $dialect', ({ dialect, isThere }) => {
  (isThere ? describe : describe.skip)(`with several writing sessions where there can be (${dialect})`, () => {
    let stores: TestStores;
    let database: OpenDatabase;
    let bus: InProcessBus;

    beforeEach(async () => {
      stores = new TestStores(dialect);
      database = await stores.open('receiver', [messagingMigration, effects], { sessions: 4 });
      bus = new InProcessBus(clock, silentLog);
    });

    afterEach(async () => {
      await bus.close();
      await stores.remove();
    });

    const deliver = async (handler: MessageHandler): Promise<Map<string, string[]>> => {
      const reader = { database, bus, reader: 'r', topics: [TOPIC], handlers: { 'test.v1': handler }, clock, log: silentLog };
      await new InboxReader(reader).start();
      const message = (i: number): Message => {
        const key = KEYS[i % KEYS.length] ?? '';
        return { id: newId(clock, systemEntropy), topic: TOPIC, key, type: 'test.v1', at: i, headers: {}, body: Buffer.from(`${i}`) };
      };
      await bus.publish(Array.from({ length: 80 }, (_, i) => message(i)));
      const seen = new Map<string, string[]>(KEYS.map((key) => [key, []]));
      for (const row of await database.reader.all<{ msg_key: string; body: string }>('SELECT msg_key, body FROM effects ORDER BY seq')) {
        seen.get(row.msg_key)?.push(row.body);
      }
      return seen;
    };
    const inOrder = new Map(KEYS.map((key, k) => [key, Array.from({ length: 10 }, (_, i) => `${i * KEYS.length + k}`)]));

    it('keeps the order of each key', async () => {
      expect(await deliver(takeEffect)).toEqual(inOrder);
    });

    it('keeps it when a message fails at first: those behind it wait', async () => {
      let failures = 0;
      const seen = await deliver(async (tx, message) => {
        if (message.body.toString() === '16' && failures++ < 3) throw new Error('not yet');
        await takeEffect(tx, message);
      });
      expect(failures).toBe(4);
      expect(seen).toEqual(inOrder);
    });
  });
});
