import { join } from 'node:path';
import type { Clock, Entropy, Log, RealTime } from '#kernel';
import { openSqlite, type Database } from '#persistence';
import { books } from '../../migrations/0001-books.js';

/** The file in DATA_DIR/sim that holds the books of all simulated banks: the only one with personal data in clear. */
export const BOOKS_FILE = 'books.sqlite';

export interface SimulatorEnvironment {
  readonly clock: Clock & RealTime;
  readonly entropy: Entropy;
  readonly log: Log;
}

/** Opens the simulator's own store below `folder` (DATA_DIR/sim), made when it is missing. */
export function openBooks(folder: string, { clock, log }: SimulatorEnvironment): Promise<Database> {
  return openSqlite({ file: join(folder, BOOKS_FILE), migrations: [books], time: clock, log });
}
