import type { Migration } from '#persistence';

/** The screen of a manual desk: what is typed and waits for the second clerk, receipts, and the keys of calls that were answered. */
export const deskMigration: Migration = {
  name: '0020-desk',
  statements: [
    // `status`: received, in-review, answered, rolled-back, withdrawn, undetermined. `draft_sealed` waits for the review.
    `CREATE TABLE desk_orders (
      order_number {word} NOT NULL PRIMARY KEY, case_id {id} NOT NULL, action {word} NOT NULL, status {word} NOT NULL, version {int} NOT NULL,
      received_at {instant} NOT NULL, due_at {instant} NOT NULL, draft_sealed {bytes}, answered_by {id}, answered_name {text},
      answered_at {instant}, reviewed_by {id}, reviewed_name {text}, reviewed_at {instant}, rejected_sealed {bytes})`,
    'CREATE INDEX desk_orders_newest ON desk_orders (received_at, order_number)',
    'CREATE INDEX desk_orders_status ON desk_orders (status, received_at)',
    `CREATE TABLE desk_receipts (
      id {id} NOT NULL PRIMARY KEY, order_number {word} NOT NULL, digest {id} NOT NULL, sha256 {id} NOT NULL, size {int} NOT NULL,
      name_sealed {bytes} NOT NULL, added_by {id} NOT NULL, at {instant} NOT NULL)`,
    'CREATE UNIQUE INDEX desk_receipts_once ON desk_receipts (order_number, digest)',
    `CREATE TABLE idempotency_keys (
      scope {id} NOT NULL PRIMARY KEY, body_sha256 {id} NOT NULL, status {int} NOT NULL, case_id {id}, answer_sealed {bytes} NOT NULL, at {instant} NOT NULL)`,
  ],
};
