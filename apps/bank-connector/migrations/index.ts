import { messagingMigration } from '#messaging';
import { leasesMigration, type Migration } from '#persistence';
import { journalMigration } from './0010-journal.js';
import { deskMigration } from './0020-desk.js';
import { pullPartsMigration } from './0030-pull-parts.js';

/** The schema of one bank's database. */
export const connectorMigrations: readonly Migration[] = [
  messagingMigration,
  leasesMigration,
  journalMigration,
  deskMigration,
  pullPartsMigration,
];
