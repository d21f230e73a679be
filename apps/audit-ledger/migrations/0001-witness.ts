import type { Migration } from '#persistence';

/**
 * What this process has cosigned as a witness: one row a log, its newest checkpoint. The key is the digest of the origin, which may be
 * longer than a key column. It worked when the table is there and empty.
 */
export const witness: Migration = {
  name: '0001-witness',
  statements: [
    `CREATE TABLE witness_heads (
      origin_digest {id} NOT NULL PRIMARY KEY, origin {longtext} NOT NULL, size {int} NOT NULL, root {id} NOT NULL, checkpoint {bytes} NOT NULL,
      cosigned_at {instant} NOT NULL)`,
  ],
};
