import type { Migration } from '#persistence';

/**
 * The books of the simulated banks: what they hold, what they did, what they still have to say. One file for all banks,
 * so that one commit makes the effects of a whole batch durable. Money is in minor units (I10).
 * It worked when `PRAGMA table_list` names the ten tables below.
 */
export const books: Migration = {
  name: '0001-books',
  statements: [
    `CREATE TABLE sim_bank (bank {word} PRIMARY KEY, faults {longtext} NOT NULL, customer_last {int} NOT NULL, arrival_last {int} NOT NULL,
      journal_last {int} NOT NULL, notice_last {int} NOT NULL, movement_last {int} NOT NULL, transfer_last {int} NOT NULL)`,
    `CREATE TABLE sim_customer (bank {word} NOT NULL, id {int} NOT NULL, name {text} NOT NULL, id_type {word} NOT NULL, id_number {text} NOT NULL,
      PRIMARY KEY (bank, id))`,
    `CREATE TABLE sim_account (bank {word} NOT NULL, number {id} NOT NULL, customer_id {int} NOT NULL, kind {word} NOT NULL, currency {word} NOT NULL,
      state {text} NOT NULL, legal_person {id}, restriction {longtext}, priority_rights {longtext} NOT NULL, product_number {text}, shares {text},
      unit_price {text}, cash {money} NOT NULL, PRIMARY KEY (bank, number))`,
    `CREATE TABLE sim_freeze (bank {word} NOT NULL, id {int} NOT NULL, account {id} NOT NULL, authority {text} NOT NULL, document {text} NOT NULL,
      case_number {text}, order_number {id}, line {int}, scope {word} NOT NULL, from_date {date}, to_date {date}, limit_minor {money} NOT NULL,
      covered {money} NOT NULL, waiting {int} NOT NULL, state {word} NOT NULL, PRIMARY KEY (bank, id))`,
    `CREATE TABLE sim_transfer (bank {word} NOT NULL, id {int} NOT NULL, account {id} NOT NULL, freeze_id {int} NOT NULL, order_number {id} NOT NULL,
      line {int} NOT NULL, amount {money} NOT NULL, currency {word} NOT NULL, serial {text} NOT NULL, due_at {instant} NOT NULL, state {word} NOT NULL,
      PRIMARY KEY (bank, id))`,
    `CREATE TABLE sim_redemption (bank {word} NOT NULL, account {id} NOT NULL, due_at {instant} NOT NULL, PRIMARY KEY (bank, account))`,
    `CREATE TABLE sim_movement (bank {word} NOT NULL, seq {int} NOT NULL, account {id} NOT NULL, at {instant} NOT NULL, kind {word} NOT NULL,
      amount {money} NOT NULL, balance {money} NOT NULL, serial {text} NOT NULL, PRIMARY KEY (bank, seq))`,
    `CREATE TABLE sim_journal (bank {word} NOT NULL, seq {int} NOT NULL, at {instant} NOT NULL, order_number {id} NOT NULL, line {int} NOT NULL,
      action {word} NOT NULL, account {id}, amount {money}, currency {word}, PRIMARY KEY (bank, seq))`,
    // One effect of a kind per order line, whatever the code above believes.
    `CREATE UNIQUE INDEX sim_journal_once ON sim_journal (bank, order_number, line)`,
    `CREATE TABLE sim_order (bank {word} NOT NULL, order_number {id} NOT NULL, action {word} NOT NULL, digest {id} NOT NULL, received_at {instant} NOT NULL,
      legal_person {id}, state {word} NOT NULL, order_json {longtext}, due_at {instant}, answered_at {instant}, answer_json {longtext},
      to_deliver {int} NOT NULL, PRIMARY KEY (bank, order_number))`,
    `CREATE INDEX sim_order_deliver ON sim_order (bank, to_deliver, answered_at)`,
    `CREATE INDEX sim_order_state ON sim_order (state, due_at)`,
    `CREATE TABLE sim_notice (bank {word} NOT NULL, seq {int} NOT NULL, kind {word} NOT NULL, notice_json {longtext} NOT NULL, to_deliver {int} NOT NULL,
      PRIMARY KEY (bank, seq))`,
    `CREATE INDEX sim_notice_deliver ON sim_notice (bank, to_deliver, seq)`,
  ],
};
