import { messagingMigration } from '#messaging';
import type { Migration } from '#persistence';
import { ledger } from '../migrations/0002-ledger.js';

/** The schema of the ledger's own database, in order. */
export const ledgerMigrations: readonly Migration[] = [messagingMigration, ledger];
