import { silentLog, systemEntropy, SystemClock } from '#kernel';
import { openMysql, openSqlite, type OpenDatabase } from '#persistence';
import type { ReferencePlace } from './bench-system.js';

/** An empty database with the tables of a reference, on the server or beside the files of the system that is measured. */
export function openReference(place: ReferencePlace, file: string, statements: readonly string[]): Promise<OpenDatabase> {
  const common = { migrations: [{ name: '0001-reference', statements }], time: new SystemClock(), log: silentLog };
  if (place.kind === 'folder') return openSqlite({ file, ...common });
  const { url, database } = place;
  return openMysql({ url, database, migrate: 'apply', entropy: systemEntropy, ...common });
}
