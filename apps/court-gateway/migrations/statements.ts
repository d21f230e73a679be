import type { Migration } from '#persistence';

/**
 * End-of-day statements. `settled_on` is the legal day of the bank's last word on a line, `effect` what the line did in money by then; lines
 * that were over before this release have neither, so a bank's first statement is of a day after it (`statement_starts`). A statement never
 * changes: what is known later is a new version, and `latest` marks the newest one. `bank_statements` holds what banks say, part by part.
 * It worked when the tables are there and `statement_starts` has a row for each bank within a minute after the start.
 */
export const statementsMigration: Migration = {
  name: '0050-statements',
  statements: [
    'ALTER TABLE order_lines ADD COLUMN settled_on {date}',
    'ALTER TABLE order_lines ADD COLUMN effect {money}',
    'CREATE TABLE statement_starts (bank {word} NOT NULL PRIMARY KEY, first_day {date} NOT NULL)',
    `CREATE TABLE statements (
      bank {word} NOT NULL, day {date} NOT NULL, version {int} NOT NULL, id {id} NOT NULL, from_day {date} NOT NULL, latest {int} NOT NULL,
      bank_side {word} NOT NULL, bank_version {int} NOT NULL, differences {int} NOT NULL, content {id} NOT NULL, sha256 {id} NOT NULL,
      body {longtext} NOT NULL, key_id {id} NOT NULL, signature {text} NOT NULL, made_at {instant} NOT NULL, PRIMARY KEY (bank, day, version))`,
    'CREATE INDEX statements_newest ON statements (latest, made_at, id)',
    `CREATE TABLE bank_statements (
      bank {word} NOT NULL, day {date} NOT NULL, version {int} NOT NULL, part {int} NOT NULL, parts {int} NOT NULL, from_day {date} NOT NULL,
      body {longtext} NOT NULL, at {instant} NOT NULL, PRIMARY KEY (bank, day, version, part))`,
  ],
};
