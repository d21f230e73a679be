import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { AppError, errorText } from '#kernel';

/** A data folder in use by this process. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes a data folder for this process alone. The lock is an exclusive transaction on an empty SQLite file, which the operating
 * system lifts when the process dies, however it dies: no stale lock file can stand in the way of a restart.
 * @throws AppError `folder-in-use`
 */
export function lockFolder(file: string): FolderLock {
  mkdirSync(dirname(file), { recursive: true });
  const connection = new BetterSqlite3(file, { timeout: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    connection.close();
    throw new AppError('folder-in-use', `another process uses ${dirname(file)}: ${errorText(cause)}`, { level: 'fatal', cause });
  }
  return { release: () => void connection.close() };
}
