import type { Migration } from '#persistence';

/**
 * What a bank that polls brings in a call of its own before the answer that it belongs to: bookings of an inquiry. The exact bytes lie in
 * the blob store under the case's key; a row says that they were signed by the bank, and by which signature.
 */
export const pullPartsMigration: Migration = {
  name: '0040-pull-parts',
  statements: [
    `CREATE TABLE pull_parts (
      order_number {word} NOT NULL, digest {id} NOT NULL, size {int} NOT NULL, signature {text} NOT NULL, at {instant} NOT NULL,
      PRIMARY KEY (order_number, digest))`,
  ],
};
