import { answersMigration } from '#http';
import { messagingMigration, redrivesMigration } from '#messaging';
import { leasesMigration, type Migration } from '#persistence';
import { ledger } from '../migrations/0002-ledger.js';
import { ledgerSearch } from '../migrations/0004-ledger-search.js';

/** The schema of the ledger's own database, in order. */
export const ledgerMigrations: readonly Migration[] = [
  messagingMigration,
  ledger,
  leasesMigration,
  ledgerSearch,
  redrivesMigration,
  answersMigration,
];

/** The tables that hold the log: nobody may rewrite them. */
export const LEDGER_TABLES_KEPT = ['ledger_facts'] as const;

/**
 * What the ledger changes as it goes: where a fact has got to, the heads, and what waits for a person. Leaves never. The time of a fact is
 * filled in where an older release has left it out; the leaf says it anyway. Rows of the outbox are the ledger's own facts on their way in.
 */
export const LEDGER_CHANGES = [
  { table: 'ledger_facts', columns: ['state', 'log_year', 'log_index', 'happened_at'] },
  { table: 'ledger_heads', columns: ['size', 'root', 'checkpoint', 'committed_at'] },
  { table: 'ledger_chains', columns: ['chain_seq', 'leaf_hash'] },
  { table: 'dead_letters', columns: ['redriven_at'] },
  { table: 'redrives', columns: ['state', 'decided_by', 'decided_at', 'error'] },
  { table: 'fact_heads', columns: ['seq', 'leaf_hash'] },
  { table: 'outbox' },
  { table: 'leases' },
] as const;
