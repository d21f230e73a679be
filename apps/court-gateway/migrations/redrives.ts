import type { Migration } from '#persistence';

/**
 * Proposals to drive a dead letter again, each approved by a second person or not. `state`: awaiting, rejected, approved, redriven, failed.
 * It worked when the table is there and empty.
 */
export const redrivesMigration: Migration = {
  name: '0040-redrives',
  statements: [
    `CREATE TABLE redrives (
      id {id} NOT NULL PRIMARY KEY, reader {word} NOT NULL, message_id {id} NOT NULL, state {word} NOT NULL, reason {text} NOT NULL,
      asked_by {id} NOT NULL, asked_at {instant} NOT NULL, decided_by {id}, decided_at {instant}, error {text})`,
    'CREATE INDEX redrives_letter ON redrives (message_id, reader)',
    'CREATE INDEX redrives_state ON redrives (state, asked_at)',
  ],
};
