import type { Migration } from '#persistence';

/** Requests and what becomes of them: approvals, orders, lines, lanes, holdings, measures, payments, tasks. */
export const requestsMigration: Migration = {
  name: '0020-requests',
  statements: [
    `CREATE TABLE requests (
      id {id} NOT NULL PRIMARY KEY, version {int} NOT NULL, case_id {id} NOT NULL, court_code {word} NOT NULL, action {word} NOT NULL, status {word} NOT NULL,
      body_sealed {bytes} NOT NULL, required {text} NOT NULL, drafted_by_system {int} NOT NULL, officer_id {id}, by_user {id} NOT NULL, at {instant} NOT NULL,
      lapse_at {instant}, dispatched_at {instant}, ended_at {instant}, event_seq {int} NOT NULL)`,
    'CREATE INDEX requests_case ON requests (case_id, at)',
    'CREATE INDEX requests_newest ON requests (court_code, at, id)',
    'CREATE INDEX requests_status ON requests (status, lapse_at)',
    // The instruments that an order stands under, for rulings that limit a sum. Inquiries dispatched at once carry theirs in the message only.
    `CREATE TABLE order_instruments (
      order_number {word} NOT NULL, instrument_id {id} NOT NULL, request_id {id} NOT NULL, PRIMARY KEY (order_number, instrument_id))`,
    'CREATE INDEX order_instruments_instrument ON order_instruments (instrument_id)',
    `CREATE TABLE approvals (
      request_id {id} NOT NULL, seq {int} NOT NULL, decision {word} NOT NULL, role {word} NOT NULL, by_user {id} NOT NULL, reason_sealed {bytes}, at {instant} NOT NULL,
      PRIMARY KEY (request_id, seq))`,
    // `withdrawal`: asked or already-sent.
    `CREATE TABLE orders (
      order_number {word} NOT NULL PRIMARY KEY, request_id {id} NOT NULL, case_id {id} NOT NULL, bank {word} NOT NULL, legal_person {word} NOT NULL, debtor_id {id} NOT NULL,
      action {word} NOT NULL, status {word} NOT NULL, version {int} NOT NULL, lane_id {id}, lane_number {int}, withdrawal {word},
      available_at {instant}, sent_at {instant}, received_at {instant}, due_at {instant}, answered_at {instant}, overdue {int} NOT NULL,
      nothing_found {int}, outcome_code {word}, outcome_sealed {bytes}, answer_leaf {id})`,
    // The exact sealed bytes that were dispatched (I11), apart from the row whose state changes often: the database writes a changed row anew.
    'CREATE TABLE order_originals (order_number {word} NOT NULL PRIMARY KEY, body_sealed {bytes} NOT NULL)',
    'CREATE INDEX orders_request ON orders (request_id, order_number)',
    'CREATE INDEX orders_case ON orders (case_id)',
    'CREATE INDEX orders_open ON orders (status, due_at)',
    'CREATE INDEX orders_answered ON orders (bank, answered_at)',
    'CREATE UNIQUE INDEX orders_lane ON orders (lane_id, lane_number)',
    // `amount` is the limit asked (freeze), the sum to move (deduct) or by how much a release lowers what is bound; `new_limit` is what it leaves.
    `CREATE TABLE order_lines (
      order_number {word} NOT NULL, seq {int} NOT NULL, request_id {id} NOT NULL, case_id {id} NOT NULL, action {word} NOT NULL, status {word} NOT NULL, version {int} NOT NULL,
      holding_id {id}, measure_id {id}, account_index {id}, account_sealed {bytes}, currency {word} NOT NULL, kind {word} NOT NULL, amount {money}, new_limit {money},
      scope {word}, from_date {date}, to_date {date}, result_limit {money}, covered {money}, uncovered {money}, moved {money}, credit {word}, expected_on {date},
      reason_code {word}, reason_sealed {bytes}, PRIMARY KEY (order_number, seq))`,
    'CREATE INDEX order_lines_case ON order_lines (case_id, action, status)',
    'CREATE INDEX order_lines_measure ON order_lines (measure_id)',
    'CREATE TABLE lanes (id {id} NOT NULL PRIMARY KEY, last_number {int} NOT NULL)',
    'CREATE TABLE order_numbers (prefix {word} NOT NULL PRIMARY KEY, last_number {int} NOT NULL)',
    `CREATE TABLE answers (
      message_id {id} NOT NULL PRIMARY KEY, order_number {word} NOT NULL, at {instant} NOT NULL, body_sealed {bytes} NOT NULL,
      original_digest {id} NOT NULL, signature {word} NOT NULL)`,
    'CREATE INDEX answers_order ON answers (order_number, at)',
    `CREATE TABLE receipts (
      id {id} NOT NULL PRIMARY KEY, order_number {word} NOT NULL, case_id {id} NOT NULL, digest {id} NOT NULL, sha256 {id} NOT NULL, size {int} NOT NULL,
      name {text} NOT NULL, at {instant} NOT NULL)`,
    'CREATE INDEX receipts_order ON receipts (order_number)',
    `CREATE TABLE holdings (
      id {id} NOT NULL PRIMARY KEY, version {int} NOT NULL, case_id {id} NOT NULL, debtor_id {id} NOT NULL, bank {word} NOT NULL, legal_person {word} NOT NULL,
      account_index {id} NOT NULL, sealed {bytes} NOT NULL, kind {word} NOT NULL, currency {word} NOT NULL, state {word} NOT NULL, balance {money} NOT NULL, available {money} NOT NULL,
      restriction_code {word}, restriction_reserve {money}, order_number {word}, as_of {instant} NOT NULL)`,
    'CREATE UNIQUE INDEX holdings_account ON holdings (case_id, debtor_id, bank, legal_person, account_index)',
    `CREATE TABLE holding_transactions (
      holding_id {id} NOT NULL, order_number {word} NOT NULL, as_of {instant} NOT NULL, sealed {bytes} NOT NULL, PRIMARY KEY (holding_id, order_number))`,
    `CREATE TABLE plans (
      id {id} NOT NULL PRIMARY KEY, case_id {id} NOT NULL, case_lock_no {int} NOT NULL, sealed {bytes} NOT NULL, by_user {id} NOT NULL, at {instant} NOT NULL, valid_to {instant} NOT NULL)`,
    // `limit_amount`: the word limit is reserved in SQL.
    `CREATE TABLE measures (
      id {id} NOT NULL PRIMARY KEY, version {int} NOT NULL, case_id {id} NOT NULL, court_code {word} NOT NULL, holding_id {id}, debtor_id {id} NOT NULL, bank {word} NOT NULL,
      legal_person {word} NOT NULL, account_index {id} NOT NULL, account_sealed {bytes} NOT NULL, currency {word} NOT NULL, kind {word} NOT NULL, scope {word} NOT NULL,
      limit_amount {money} NOT NULL, covered {money} NOT NULL, uncovered {money} NOT NULL, rank_no {int}, status {word} NOT NULL, from_date {date} NOT NULL, to_date {date} NOT NULL,
      order_number {word} NOT NULL, seq {int} NOT NULL, as_of {instant} NOT NULL, refreshed_at {instant})`,
    'CREATE UNIQUE INDEX measures_origin ON measures (order_number, seq)',
    'CREATE INDEX measures_case ON measures (case_id, status)',
    'CREATE INDEX measures_expiry ON measures (status, to_date)',
    'CREATE INDEX measures_account ON measures (account_index, status)',
    `CREATE TABLE payments (
      id {id} NOT NULL PRIMARY KEY, version {int} NOT NULL, case_id {id} NOT NULL, order_number {word} NOT NULL, seq {int} NOT NULL, measure_id {id} NOT NULL,
      amount {money} NOT NULL, principal {money} NOT NULL, interest {money} NOT NULL, fee {money} NOT NULL, currency {word} NOT NULL, channel {word} NOT NULL,
      bank_serial {text} NOT NULL, value_date {date} NOT NULL, state {word} NOT NULL, claim_due_at {instant}, credited_at {instant}, claimed_at {instant})`,
    'CREATE UNIQUE INDEX payments_origin ON payments (order_number, seq)',
    'CREATE INDEX payments_case ON payments (case_id)',
    'CREATE INDEX payments_state ON payments (state, value_date)',
    `CREATE TABLE tasks (
      id {id} NOT NULL PRIMARY KEY, version {int} NOT NULL, kind {word} NOT NULL, subject {id} NOT NULL, case_id {id}, court_code {word}, request_id {id}, order_number {word}, seq {int},
      detail_sealed {bytes}, state {word} NOT NULL, open_key {id} NOT NULL, due_at {instant}, at {instant} NOT NULL, done_by {id}, done_at {instant})`,
    // One open task per kind and subject: `open_key` is `open` while it is open and the task's own id afterwards.
    'CREATE UNIQUE INDEX tasks_open ON tasks (kind, subject, open_key)',
    'CREATE INDEX tasks_due ON tasks (court_code, state, due_at)',
    `CREATE TABLE resolutions (
      order_number {word} NOT NULL, seq {int} NOT NULL, outcome {word} NOT NULL, amount {money}, sealed {bytes} NOT NULL, status {word} NOT NULL, by_user {id} NOT NULL, at {instant} NOT NULL,
      decided_by {id}, decided_at {instant}, version {int} NOT NULL, PRIMARY KEY (order_number, seq))`,
    `CREATE TABLE request_events (
      request_id {id} NOT NULL, seq {int} NOT NULL, type {word} NOT NULL, at {instant} NOT NULL, body {longtext} NOT NULL, PRIMARY KEY (request_id, seq))`,
    // `applied` is 0 while the line that a notice speaks of has no answer here yet.
    `CREATE TABLE notices (notice_id {id} NOT NULL, bank {word} NOT NULL, order_number {word} NOT NULL, seq {int} NOT NULL, kind {word} NOT NULL, at {instant} NOT NULL,
      applied {int} NOT NULL, body_sealed {bytes} NOT NULL, PRIMARY KEY (bank, notice_id))`,
    'CREATE INDEX notices_line ON notices (order_number, seq, applied)',
  ],
};
