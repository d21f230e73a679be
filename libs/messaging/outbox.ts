import { AppError, type Instant } from '#kernel';
import { type Migration, type Row, type Tx } from '#persistence';
import { MESSAGE_BYTES_MAX, type Message } from './bus.js';

/** The tables that every app which sends or reads messages has in its own database. */
export const messagingMigration: Migration = {
  name: '0001-messaging',
  statements: [
    `CREATE TABLE outbox (
      seq {sequence}, id {id} NOT NULL, topic {word} NOT NULL, msg_key {id} NOT NULL, type {word} NOT NULL, at {instant} NOT NULL,
      headers {longtext} NOT NULL, body {bytes} NOT NULL, published_at {instant})`,
    'CREATE UNIQUE INDEX outbox_id ON outbox (id)',
    'CREATE INDEX outbox_unpublished ON outbox (published_at, topic, seq)',
    'CREATE TABLE inbox (reader {word} NOT NULL, message_id {id} NOT NULL, at {instant} NOT NULL, PRIMARY KEY (reader, message_id))',
    `CREATE TABLE dead_letters (
      reader {word} NOT NULL, message_id {id} NOT NULL, topic {word} NOT NULL, msg_key {id} NOT NULL, type {word} NOT NULL,
      at {instant} NOT NULL, headers {longtext} NOT NULL, body {bytes} NOT NULL, attempts {int} NOT NULL, error {longtext} NOT NULL,
      died_at {instant} NOT NULL, redriven_at {instant}, PRIMARY KEY (reader, message_id))`,
    `CREATE TABLE fact_heads (subject {id} NOT NULL PRIMARY KEY, seq {int} NOT NULL, leaf_hash {id} NOT NULL)`,
    `CREATE TABLE facts (
      seq {sequence}, leaf_hash {id} NOT NULL, subject {id} NOT NULL, subject_seq {int} NOT NULL, type {word} NOT NULL, at {instant} NOT NULL,
      request_id {id}, case_id {id}, leaf {bytes} NOT NULL, opening {bytes} NOT NULL)`,
    'CREATE INDEX facts_request ON facts (request_id)',
  ],
};

export interface OutboxRow extends Row {
  readonly seq: number;
  readonly id: string;
  readonly topic: string;
  readonly msg_key: string;
  readonly type: string;
  readonly at: number;
  readonly headers: string;
  readonly body: Buffer;
}

/** Puts a message into the outbox of the transaction; it leaves only if, and after, that transaction commits (I3). */
export function enqueue(tx: Tx, message: Message): void {
  enqueueMany(tx, [message]);
}

/** As `enqueue`, for the messages of one act, in their order. */
export function enqueueMany(tx: Tx, messages: readonly Message[]): void {
  tx.append('outbox', messages.map(rowOf));
}

function rowOf(message: Message) {
  if (message.body.length > MESSAGE_BYTES_MAX) {
    throw new AppError('message-too-large', `${message.type} of ${message.body.length} bytes; larger bytes travel as blobs`, {
      level: 'error',
    });
  }
  return {
    id: message.id,
    topic: message.topic,
    msg_key: message.key,
    type: message.type,
    at: message.at,
    headers: JSON.stringify(message.headers),
    body: message.body,
    published_at: null,
  };
}

export function messageOf(row: OutboxRow): Message {
  const at: Instant = row.at;
  const headers = JSON.parse(row.headers) as Record<string, string>;
  return { id: row.id, topic: row.topic, key: row.msg_key, type: row.type, at, headers, body: row.body };
}
