import type { Migration } from '#persistence';

/**
 * Proposals to erase a case, each approved by a second person or not, and how far the erasing has come. `state`: awaiting, rejected, approved,
 * destroyed, erased. `open_key` is `open` until a proposal is rejected and its own id afterwards, so that a case has one that counts.
 * `erasure_banks` names the connectors that must have destroyed what they hold. It worked when both tables are there and empty.
 */
export const erasuresMigration: Migration = {
  name: '0050-erasures',
  statements: [
    `CREATE TABLE erasures (
      id {id} NOT NULL PRIMARY KEY, case_id {id} NOT NULL, court_code {word} NOT NULL, case_number {text} NOT NULL, state {word} NOT NULL,
      open_key {id} NOT NULL, reason {longtext} NOT NULL, asked_by {id} NOT NULL, asked_at {instant} NOT NULL, decided_by {id}, decided_at {instant},
      destroyed_at {instant}, erased_at {instant})`,
    'CREATE UNIQUE INDEX erasures_case ON erasures (case_id, open_key)',
    'CREATE INDEX erasures_state ON erasures (state, asked_at)',
    'CREATE INDEX erasures_newest ON erasures (court_code, asked_at, id)',
    'CREATE TABLE erasure_banks (erasure_id {id} NOT NULL, bank {word} NOT NULL, confirmed_at {instant}, PRIMARY KEY (erasure_id, bank))',
  ],
};
