import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog, SystemClock, type Log } from '#kernel';
import { InProcessBus } from '#messaging';
import type { OpenDatabase } from '#persistence';
import { eventuallyHolds, tempDir, type TempDir, testStore, TestStores } from '#testing';
import { LedgerService } from './ledger-service.js';
import { ledgerMigrations } from './ledger-migrations.js';
import { FactSource } from './testing/fact-source.js';

const SIZE = 300;
const clock = new SystemClock();

let place: TempDir;
let bus: InProcessBus;
let database: OpenDatabase;
let ledger: LedgerService;
let source: FactSource;
let events: string[];

const log: Log = { write: (_level, event) => void events.push(event) };
const record = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await source.recordFact({ subject: `request:${i % 9}`, content: { i } });
};
const covered = (size: number): Promise<void> => eventuallyHolds(() => expect(ledger.published.of().head.size).toBe(size), 20_000);
const found = (): readonly string[] => ledger.auditLog.findings().map(({ what }) => what);

beforeEach(async () => {
  events = [];
  place = await tempDir('ledger-audit');
  bus = new InProcessBus(clock, silentLog);
  database = await new TestStores(testStore(), place.path).open('ledger', ledgerMigrations, { time: clock });
  const settings = { folder: path.join(place.path, 'ledger'), originBase: 'gateway.test/ledger', signingKey: Buffer.alloc(32, 5) };
  const tokens = { verify: () => Promise.reject(new Error('no HTTP here')) };
  ledger = new LedgerService({ database, bus, clock, log, tokens, settings });
  await ledger.start();
  source = await FactSource.open({ file: path.join(place.path, 'source.sqlite'), bus, clock, log: silentLog });
  source.relay.start();
  await record(SIZE);
  await covered(SIZE);
}, 60_000);

afterEach(async () => {
  await source.close();
  await ledger.stop();
  await bus.close();
  await database.close();
  await place.remove();
});

const sql = (statement: string): Promise<unknown> => database.run((tx) => tx.run(statement));
const fileOf = (name: string): string => path.join(ledger.published.of().folder.folder, name);

async function flip(name: string, at: number): Promise<void> {
  const bytes = await readFile(fileOf(name));
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(fileOf(name), bytes);
}

const COPY = 'message_id, chain, chain_seq, prev, leaf_hash, leaf, type, taken_at, state, log_year, log_index';

describe('the audit of a running ledger', () => {
  it('finds nothing while the log grows, and looks at every entry again and again', async () => {
    for (let size = SIZE; size < SIZE + 400; size += 100) {
      await record(100);
      await covered(size + 100);
    }
    const before = ledger.auditLog.entries;
    await eventuallyHolds(() => expect(ledger.auditLog.entries).toBeGreaterThan(before + 1_400), 20_000);
    expect([found(), events.filter((event) => event.startsWith('ledger-audit'))]).toEqual([[], []]);
  }, 60_000);

  it.each<[string, () => Promise<unknown>, string]>([
    ['an edited leaf', () => sql("UPDATE ledger_facts SET leaf = 'x' WHERE log_index = 7"), 'entry 7: the database has another leaf'],
    [
      'an edited hash',
      () => sql("UPDATE ledger_facts SET leaf_hash = 'x' WHERE log_index = 7"),
      'entry 7: the database has another leaf hash',
    ],
    ['a deleted row', () => sql('DELETE FROM ledger_facts WHERE log_index = 290'), 'entry 290: the database has no row of it'],
    [
      'rows in another order',
      async () => {
        await sql('UPDATE ledger_facts SET log_index = 100003 WHERE log_index = 3');
        await sql('UPDATE ledger_facts SET log_index = 3 WHERE log_index = 4');
        await sql('UPDATE ledger_facts SET log_index = 4 WHERE log_index = 100003');
      },
      'entry 3: the database has another leaf',
    ],
    [
      'an inserted row',
      () =>
        sql(
          `INSERT INTO ledger_facts (${COPY}) SELECT 'forged', chain, chain_seq, prev, leaf_hash, leaf, type, taken_at, state, log_year, 300 FROM ledger_facts WHERE log_index = 5`,
        ),
      'a row of the database claims place 300, which the log does not have',
    ],
    [
      'a head that was put back',
      () => sql('UPDATE ledger_heads SET size = 200'),
      'published at 300, committed at 200: the database is older than the log',
    ],
    ['another root', () => sql("UPDATE ledger_heads SET root = 'x'"), 'two roots at size 300'],
    ['no head', () => sql('DELETE FROM ledger_heads'), 'the database has no head of this log'],
    ['a changed entry file', () => flip('tile/entries/000', 40), 'entry 0: the entry does not hash to its tile'],
    ['a changed tile', () => flip('tile/0/000', 40), 'tile 0: '],
    ['a changed tile above', () => flip('tile/1/000.p/1', 5), 'tile 0 of level 1 does not hold the root of tile 0 below'],
    ['a changed checkpoint', () => flip('checkpoint', 60), 'the checkpoint file is not what was published at 300'],
  ])('finds %s', async (_what, change, finding) => {
    await change();
    await eventuallyHolds(
      () => expect(found()).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`^${finding}`))])),
      10_000,
    );
    expect(events).toContain('ledger-audit-failed');
  });
});
