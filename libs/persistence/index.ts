export * from './sql.js';
export * from './statements.js';
export { openSqlite, SqliteDatabase, type SqliteOptions } from './sqlite.js';
export { GroupingRunner, GROUP_SIZE_MAX, CLOSURE_MS_MAX, WAITING_MAX } from './grouping-runner.js';
export { withColumnTypes, type Dialect } from './column-types.js';
export { lockFolder, type FolderLock } from './folder-lock.js';
