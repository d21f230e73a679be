/** The databases that migrations are written for. */
export type Dialect = 'sqlite' | 'mysql';

/**
 * Portable column types. MySQL's and MariaDB's default collations make 'ABC', 'abc ' and 'àbc' one key,
 * so identifiers and text compare by bytes; times are integers because the databases round them differently.
 * Identifiers are utf8mb4 although they are ASCII: compared with an ascii column, a text that somebody has put into a path would be
 * an error of the database instead of no match.
 */
const COLUMN_TYPES: Readonly<Record<string, Readonly<Record<Dialect, string>>>> = {
  id: { sqlite: 'TEXT', mysql: 'VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' },
  word: { sqlite: 'TEXT', mysql: 'VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' },
  text: { sqlite: 'TEXT', mysql: 'VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' },
  longtext: { sqlite: 'TEXT', mysql: 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' },
  bytes: { sqlite: 'BLOB', mysql: 'LONGBLOB' },
  int: { sqlite: 'INTEGER', mysql: 'BIGINT' },
  money: { sqlite: 'INTEGER', mysql: 'BIGINT' },
  instant: { sqlite: 'INTEGER', mysql: 'BIGINT' },
  date: { sqlite: 'TEXT', mysql: 'CHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' },
  sequence: { sqlite: 'INTEGER PRIMARY KEY AUTOINCREMENT', mysql: 'BIGINT PRIMARY KEY AUTO_INCREMENT' },
};

/** By bytes, but blind to blanks at the end: the only one that MariaDB and MySQL both know. */
export const BYTES_PADDED = 'utf8mb4_bin';

/**
 * Replaces `{id}`, `{money}` … in a migration's statement by the dialect's type; an unknown name is a defect and throws.
 * @param collation compares by bytes, blanks at the end included; MariaDB and MySQL have different names for it
 */
export function withColumnTypes(statement: string, dialect: Dialect, collation = BYTES_PADDED): string {
  return statement.replace(/\{([a-z]+)\}/g, (_, name: string) => {
    const type = COLUMN_TYPES[name]?.[dialect];
    if (type === undefined) throw new Error(`unknown column type {${name}}`);
    return type.replace(BYTES_PADDED, collation);
  });
}
