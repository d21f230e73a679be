import type { Migration } from '#persistence';

/**
 * The journal of one bank. `delivery` is what is known of the bytes (I5), `standing` where the order stands with us; both move by
 * compare-and-set. The order and the exact bytes that go to the bank
 * stand in `order_papers`, under the key of their case: they never change, and a row that changes often is written anew as a whole.
 */
export const journalMigration: Migration = {
  name: '0010-journal',
  statements: [
    `CREATE TABLE orders (
      seq {sequence}, order_number {word} NOT NULL, case_id {id} NOT NULL, request_id {id} NOT NULL, officer_id {id} NOT NULL, action {word} NOT NULL,
      legal_person {word} NOT NULL, lane_id {id}, lane_number {int}, delivery {word} NOT NULL, standing {word} NOT NULL, code {word},
      file_name {text},
      attempts {int} NOT NULL, next_try_at {instant} NOT NULL, dispatched_at {instant} NOT NULL, taken_at {instant} NOT NULL,
      available_at {instant}, sent_at {instant}, received_at {instant}, ended_at {instant})`,
    `CREATE TABLE order_papers (
      paper_of {word} NOT NULL PRIMARY KEY, order_sealed {bytes} NOT NULL, wire_sealed {bytes} NOT NULL, wire_signature {text} NOT NULL)`,
    'CREATE UNIQUE INDEX orders_number ON orders (order_number)',
    'CREATE UNIQUE INDEX orders_lane ON orders (lane_id, lane_number)',
    'CREATE INDEX orders_work ON orders (standing, delivery, next_try_at)',
    'CREATE INDEX orders_file ON orders (file_name)',
    'CREATE INDEX orders_case ON orders (case_id)',
    // Through which number a lane is over without a gap; the next one may start.
    'CREATE TABLE lanes (lane_id {id} NOT NULL PRIMARY KEY, done_through {int} NOT NULL)',
    // What is settled of each line; an inquiry and a rolled-back order have line 0. `substance` is a digest of what counts in it.
    `CREATE TABLE order_lines (
      order_number {word} NOT NULL, seq {int} NOT NULL, status {word} NOT NULL, substance {id} NOT NULL, at {instant} NOT NULL,
      PRIMARY KEY (order_number, seq))`,
    `CREATE TABLE answers (
      order_number {word} NOT NULL, digest {id} NOT NULL, at {instant} NOT NULL, signature {word} NOT NULL, what {word} NOT NULL, leaf_hash {id} NOT NULL,
      PRIMARY KEY (order_number, digest))`,
    `CREATE TABLE notices (
      notice_id {id} NOT NULL PRIMARY KEY, order_number {word} NOT NULL, seq {int} NOT NULL, digest {id} NOT NULL, at {instant} NOT NULL)`,
    // What the gateway has told since; `at` is the gateway's time, and the newer word wins.
    `CREATE TABLE gate_cases (case_id {id} NOT NULL PRIMARY KEY, status {word} NOT NULL, hold {text}, at {instant} NOT NULL)`,
    `CREATE TABLE gate_officers (
      officer_id {id} NOT NULL PRIMARY KEY, filed {int} NOT NULL, filed_from {date} NOT NULL, filed_to {date} NOT NULL, valid_to {date} NOT NULL,
      at {instant} NOT NULL)`,
    'CREATE TABLE early_withdrawals (order_number {word} NOT NULL PRIMARY KEY, reason {longtext} NOT NULL, at {instant} NOT NULL)',
    `CREATE TABLE down_files (
      name {text} NOT NULL PRIMARY KEY, legal_person {word} NOT NULL, state {word} NOT NULL, written_at {instant} NOT NULL, writings {int} NOT NULL)`,
    'CREATE INDEX down_files_state ON down_files (state, written_at)',
  ],
};
