import type { Migration } from '#persistence';
import { witness } from '../migrations/0001-witness.js';

/** The schema of a witness's database. It stands alone: a witness knows nothing of facts. */
export const witnessMigrations: readonly Migration[] = [witness];
