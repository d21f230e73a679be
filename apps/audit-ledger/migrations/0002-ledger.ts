import type { Migration } from '#persistence';

/**
 * Facts on their way into the log, with the search attributes that never enter it; the committed head of each year's log; and the newest leaf
 * of each chain. `ledger_facts.message_id` is the inbox mark and the staged fact in one row, so they cannot come apart (I3).
 * It worked when the three tables are there and empty.
 */
export const ledger: Migration = {
  name: '0002-ledger',
  statements: [
    `CREATE TABLE ledger_facts (
      seq {sequence}, message_id {id} NOT NULL, chain {id} NOT NULL, chain_seq {int} NOT NULL, prev {id}, leaf_hash {id} NOT NULL, leaf {bytes} NOT NULL,
      type {word} NOT NULL, actor {text}, order_number {text}, case_number {text}, request_id {id}, taken_at {instant} NOT NULL,
      state {word} NOT NULL, log_year {int}, log_index {int})`,
    'CREATE UNIQUE INDEX ledger_facts_message ON ledger_facts (message_id)',
    'CREATE INDEX ledger_facts_state ON ledger_facts (state, seq)',
    'CREATE UNIQUE INDEX ledger_facts_place ON ledger_facts (log_year, log_index)',
    'CREATE INDEX ledger_facts_request ON ledger_facts (request_id)',
    `CREATE TABLE ledger_heads (
      log_year {int} NOT NULL PRIMARY KEY, origin {text} NOT NULL, size {int} NOT NULL, root {id} NOT NULL, checkpoint {bytes} NOT NULL,
      committed_at {instant} NOT NULL)`,
    'CREATE TABLE ledger_chains (chain {id} NOT NULL PRIMARY KEY, chain_seq {int} NOT NULL, leaf_hash {id} NOT NULL)',
  ],
};
