import type { Migration } from '#persistence';

/**
 * The misuse watch: how far it has read (one row), what its rules remember by key, what they have found, and the false-positive marks of auditors.
 * Findings and marks are only ever added. The key of a state is the digest of rule and key, which may be longer than a key column. It worked when
 * the four tables are there; the watch then reads the log from its beginning.
 */
export const ledgerMisuse: Migration = {
  name: '0005-ledger-misuse',
  statements: [
    'CREATE TABLE misuse_cursor (name {word} NOT NULL PRIMARY KEY, log_year {int} NOT NULL, log_index {int} NOT NULL)',
    `CREATE TABLE misuse_states (
      state_key {id} NOT NULL PRIMARY KEY, rule {word} NOT NULL, name {longtext} NOT NULL, state {longtext} NOT NULL, until_at {instant})`,
    'CREATE INDEX misuse_states_until ON misuse_states (until_at)',
    `CREATE TABLE misuse_findings (
      seq {sequence}, id {id} NOT NULL, rule {word} NOT NULL, rule_name {text} NOT NULL, explanation {longtext} NOT NULL, actor {text} NOT NULL,
      case_number {text}, happened_at {word} NOT NULL, acts {int} NOT NULL, evidence {longtext} NOT NULL, found_at {instant} NOT NULL)`,
    'CREATE UNIQUE INDEX misuse_findings_id ON misuse_findings (id)',
    'CREATE INDEX misuse_findings_time ON misuse_findings (happened_at)',
    'CREATE INDEX misuse_findings_rule ON misuse_findings (rule, happened_at)',
    'CREATE INDEX misuse_findings_actor ON misuse_findings (actor, happened_at)',
    `CREATE TABLE misuse_marks (
      finding_id {id} NOT NULL PRIMARY KEY, by_user {text} NOT NULL, reason_sealed {bytes} NOT NULL, leaf_hash {id} NOT NULL, at {instant} NOT NULL)`,
  ],
};
