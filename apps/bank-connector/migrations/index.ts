import { messagingMigration, redrivesMigration } from '#messaging';
import { leasesMigration, type Migration } from '#persistence';
import { journalMigration } from './0010-journal.js';
import { deskMigration } from './0020-desk.js';
import { seenSignaturesMigration } from './0030-seen-signatures.js';
import { pullPartsMigration } from './0040-pull-parts.js';
import { dayStatementsMigration } from './0050-day-statements.js';

/** The schema of one bank's database. */
export const connectorMigrations: readonly Migration[] = [
  messagingMigration,
  leasesMigration,
  journalMigration,
  deskMigration,
  seenSignaturesMigration,
  pullPartsMigration,
  redrivesMigration,
  dayStatementsMigration,
];
