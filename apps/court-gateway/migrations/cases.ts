import type { Migration } from '#persistence';

/**
 * People, registers, cases and instruments. Columns that end in `_sealed` hold AES-256-GCM values under the case's data key
 * (in `users`, `officers` and `court_accounts` under a system key); columns that end in `_index` hold blind indexes.
 */
export const casesMigration: Migration = {
  name: '0010-cases',
  statements: [
    `CREATE TABLE users (
      id {id} NOT NULL PRIMARY KEY, username {id} NOT NULL, name_sealed {bytes} NOT NULL, roles {text} NOT NULL, password_hash {text} NOT NULL,
      court_code {word}, bank {word}, officer_id {id}, disabled {int} NOT NULL, created_at {instant} NOT NULL)`,
    'CREATE UNIQUE INDEX users_username ON users (username)',
    `CREATE TABLE officers (
      id {id} NOT NULL PRIMARY KEY, version {int} NOT NULL, username {id} NOT NULL, court_code {word} NOT NULL,
      sealed {bytes} NOT NULL, valid_from {date} NOT NULL, valid_to {date} NOT NULL, created_at {instant} NOT NULL)`,
    'CREATE UNIQUE INDEX officers_username ON officers (username)',
    `CREATE TABLE officer_versions (
      officer_id {id} NOT NULL, version {int} NOT NULL, sealed {bytes} NOT NULL, valid_from {date} NOT NULL, valid_to {date} NOT NULL,
      by_user {id} NOT NULL, at {instant} NOT NULL, PRIMARY KEY (officer_id, version))`,
    `CREATE TABLE officer_images (
      officer_id {id} NOT NULL, version {int} NOT NULL, kind {word} NOT NULL, sealed {bytes} NOT NULL, PRIMARY KEY (officer_id, version, kind))`,
    `CREATE TABLE filings (
      officer_id {id} NOT NULL, bank {word} NOT NULL, state {word} NOT NULL, from_date {date} NOT NULL, to_date {date} NOT NULL,
      version {int} NOT NULL, at {instant} NOT NULL, PRIMARY KEY (officer_id, bank))`,
    'CREATE TABLE courts (code {word} NOT NULL PRIMARY KEY, name {text} NOT NULL, version {int} NOT NULL)',
    // A court's register holds master accounts by name and bank number; the number under one is free (one case, one account).
    `CREATE TABLE court_accounts (
      court_code {word} NOT NULL, name_index {id} NOT NULL, bank_number {word} NOT NULL, sealed {bytes} NOT NULL, at {instant} NOT NULL,
      PRIMARY KEY (court_code, name_index, bank_number))`,
    `CREATE TABLE cases (
      id {id} NOT NULL PRIMARY KEY, version {int} NOT NULL, lock_no {int} NOT NULL, case_number {text} NOT NULL, court_code {word} NOT NULL,
      kind {word} NOT NULL, status {word} NOT NULL, hold {text}, filed_on {date} NOT NULL, cause {text}, currency {word} NOT NULL,
      principal {money} NOT NULL, interest {money} NOT NULL, interest_to {date}, fee {money} NOT NULL, ceiling {money} NOT NULL,
      collected {money} NOT NULL, satisfied {money} NOT NULL, court_account_sealed {bytes}, predecessors {longtext} NOT NULL, tags {longtext} NOT NULL,
      last_full_inquiry_at {instant}, closed_manner {word}, closed_reason_sealed {bytes}, closed_at {instant}, created_by {id} NOT NULL, created_at {instant} NOT NULL)`,
    'CREATE UNIQUE INDEX cases_number ON cases (court_code, case_number)',
    'CREATE INDEX cases_newest ON cases (court_code, created_at, id)',
    'CREATE TABLE case_tags (case_id {id} NOT NULL, tag {text} NOT NULL, PRIMARY KEY (case_id, tag))',
    'CREATE INDEX case_tags_tag ON case_tags (tag)',
    'CREATE TABLE case_handlers (case_id {id} NOT NULL, user_id {id} NOT NULL, since {instant} NOT NULL, PRIMARY KEY (case_id, user_id))',
    `CREATE TABLE parties (
      id {id} NOT NULL PRIMARY KEY, case_id {id} NOT NULL, role {word} NOT NULL, kind {word} NOT NULL, id_type {word} NOT NULL,
      sealed {bytes} NOT NULL, id_index {id} NOT NULL, name_index {id} NOT NULL, liability_cap {money}, position {int} NOT NULL)`,
    'CREATE INDEX parties_case ON parties (case_id, position)',
    'CREATE INDEX parties_id_index ON parties (id_index)',
    // A change that needs approval (debt, court account) waits here until it is decided; `kind` is debt or court-account.
    `CREATE TABLE case_changes (
      id {id} NOT NULL PRIMARY KEY, case_id {id} NOT NULL, kind {word} NOT NULL, status {word} NOT NULL, body_sealed {bytes} NOT NULL,
      approvals {longtext} NOT NULL, required {text} NOT NULL, by_user {id} NOT NULL, at {instant} NOT NULL, lapse_at {instant} NOT NULL, version {int} NOT NULL)`,
    'CREATE INDEX case_changes_case ON case_changes (case_id, at)',
    `CREATE TABLE satisfactions (
      id {id} NOT NULL PRIMARY KEY, case_id {id} NOT NULL, kind {word} NOT NULL, amount {money} NOT NULL, on_date {date} NOT NULL,
      evidence_sealed {bytes} NOT NULL, by_user {id} NOT NULL, at {instant} NOT NULL)`,
    'CREATE INDEX satisfactions_case ON satisfactions (case_id)',
    `CREATE TABLE instruments (
      id {id} NOT NULL PRIMARY KEY, case_id {id} NOT NULL, type {word} NOT NULL, state {word} NOT NULL, sealed {bytes} NOT NULL,
      bank {word}, amount {money}, decided_on {date}, uploaded {int} NOT NULL, sha256 {id} NOT NULL, size {int} NOT NULL,
      seal {longtext}, created_by {id} NOT NULL, created_at {instant} NOT NULL, sealed_at {instant}, used_at {instant}, version {int} NOT NULL)`,
    'CREATE INDEX instruments_case ON instruments (case_id, type, created_at)',
    `CREATE TABLE imports (
      id {id} NOT NULL PRIMARY KEY, status {word} NOT NULL, court_code {word} NOT NULL, lines_total {int} NOT NULL, lines_done {int} NOT NULL,
      cases_created {int} NOT NULL, refused_count {int} NOT NULL, sha256 {id} NOT NULL, encoding {word} NOT NULL, actor_sealed {bytes} NOT NULL, error {text}, by_user {id} NOT NULL, at {instant} NOT NULL, ended_at {instant})`,
    `CREATE TABLE import_refusals (import_id {id} NOT NULL, line {int} NOT NULL, code {word} NOT NULL, detail {text} NOT NULL, PRIMARY KEY (import_id, line))`,
    `CREATE TABLE idempotency_keys (
      scope {id} NOT NULL, body_sha256 {id} NOT NULL, status {int} NOT NULL, case_id {id}, answer_sealed {bytes} NOT NULL, at {instant} NOT NULL, PRIMARY KEY (scope))`,
  ],
};
