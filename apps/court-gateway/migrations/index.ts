import { messagingMigration, redrivesMigration } from '#messaging';
import { leasesMigration, type Migration } from '#persistence';
import { casesMigration } from './cases.js';
import { erasuresMigration } from './erasures.js';
import { requestsMigration } from './requests.js';
import { signInMigration } from './sign-in.js';
import { statementsMigration } from './statements.js';

/** The schema of the gateway's database, in order. */
export const gatewayMigrations: readonly Migration[] = [
  messagingMigration,
  leasesMigration,
  casesMigration,
  requestsMigration,
  signInMigration,
  redrivesMigration,
  erasuresMigration,
  statementsMigration,
];
