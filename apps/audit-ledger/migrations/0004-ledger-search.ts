import type { Migration } from '#persistence';

/**
 * What auditors search by: when the fact happened, as its leaf says (`YYYY-MM-DDThh:mm:ss.sssZ`, which sorts as text), and an index for each
 * attribute, newest first. A row of an older release has no time yet; the service fills it at its start, so both releases may write meanwhile.
 * It worked when `SELECT count(*) FROM ledger_facts WHERE happened_at IS NULL` is 0 after the start.
 */
export const ledgerSearch: Migration = {
  name: '0004-ledger-search',
  statements: [
    'ALTER TABLE ledger_facts ADD COLUMN happened_at {word}',
    'CREATE INDEX ledger_facts_time ON ledger_facts (happened_at)',
    'CREATE INDEX ledger_facts_type ON ledger_facts (type, happened_at)',
    'CREATE INDEX ledger_facts_actor ON ledger_facts (actor, happened_at)',
    'CREATE INDEX ledger_facts_order ON ledger_facts (order_number, happened_at)',
    'CREATE INDEX ledger_facts_case ON ledger_facts (case_number, happened_at)',
  ],
};
