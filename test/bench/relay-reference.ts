import path from 'node:path';
import { silentLog, SystemClock } from '#kernel';
import {
  ensureTopics,
  InProcessBus,
  KafkaBus,
  messageOf,
  messagingMigration,
  RELAY_BATCH_MAX,
  type MessageBus,
  type OutboxRow,
} from '#messaging';
import { insertMany, placeholders, type OpenDatabase } from '#persistence';
import type { BenchSystem, ReferencePlace } from './bench-system.js';
import { openReference } from './reference-store.js';
import type { StoreReading } from './store-reading.js';

export const RELAY_REFERENCE = 'select-produce-update';
/** As many as the topic of facts has. */
const PARTITIONS = 6;
const RETENTION_MS = 3_600_000;
const ROWS_PER_TRANSACTION = 500;

/**
 * What a backlog costs without the system: SELECT the oldest rows, produce the same bytes to a topic that nobody reads, UPDATE, one batch
 * after another, on the same server and broker.
 * @returns rows per second
 */
export async function measureRelayReference(bench: BenchSystem, reading: StoreReading): Promise<number> {
  const place = bench.referencePlace();
  const time = new SystemClock();
  const database = await openReferenceOutbox(bench, place);
  const { bus, topic } = await referenceBus(place, time);
  try {
    const rows = await copyFacts(database, reading, topic);
    const started = performance.now();
    while ((await moveBatch(database, bus, time)) > 0);
    return rows / ((performance.now() - started) / 1000);
  } finally {
    await bus.close();
    await database.close();
  }
}

function openReferenceOutbox(bench: BenchSystem, place: ReferencePlace): Promise<OpenDatabase> {
  return openReference(place, path.join(bench.folder.path, 'outbox.sqlite'), messagingMigration.statements);
}

async function referenceBus(place: ReferencePlace, time: SystemClock): Promise<{ bus: MessageBus; topic: string }> {
  if (place.kind === 'folder') {
    const bus = new InProcessBus(time, silentLog);
    await bus.subscribe({ group: 'reference', topics: ['reference.v1'], handle: () => Promise.resolve() });
    return { bus, topic: 'reference.v1' };
  }
  const topic = `${place.prefix}.reference.v1`;
  const options = { brokers: place.brokers, clientId: 'chakong-bench', time, log: silentLog };
  await ensureTopics(options, [{ name: topic, partitions: PARTITIONS, retentionMs: RETENTION_MS }]);
  return { bus: new KafkaBus(options), topic };
}

/** The facts of the gateway's outbox, unpublished again. */
async function copyFacts(database: OpenDatabase, reading: StoreReading, topic: string): Promise<number> {
  const rows = await reading.look(({ reader, at }) =>
    reader.all<OutboxRow>(`SELECT id, msg_key, type, at, headers, body FROM ${at('outbox')} WHERE topic = 'facts.v1' ORDER BY seq`),
  );
  for (let from = 0; from < rows.length; from += ROWS_PER_TRANSACTION) {
    const part = rows.slice(from, from + ROWS_PER_TRANSACTION).map((row) => ({ ...row, topic, published_at: null }));
    await database.run((tx) => insertMany(tx, 'outbox', part));
  }
  return rows.length;
}

async function moveBatch(database: OpenDatabase, bus: MessageBus, time: SystemClock): Promise<number> {
  const rows = await database.reader.all<OutboxRow>(
    `SELECT seq, id, topic, msg_key, type, at, headers, body FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT ${RELAY_BATCH_MAX}`,
  );
  if (rows.length === 0) return 0;
  await bus.publish(rows.map(messageOf));
  const seqs = rows.map(({ seq }) => seq);
  await database.run((tx) =>
    tx.run(`UPDATE outbox SET published_at = ? WHERE seq IN (${placeholders(seqs.length)})`, [time.now(), ...seqs]),
  );
  return rows.length;
}
