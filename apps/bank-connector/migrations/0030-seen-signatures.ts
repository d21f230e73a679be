import type { Migration } from '#persistence';

/** Names of the signatures that a bank's call-backs carried, so that none is let in twice. `until_at` is real time; later the row may go. */
export const seenSignaturesMigration: Migration = {
  name: '0030-seen-signatures',
  statements: [
    'CREATE TABLE seen_signatures (jti {id} NOT NULL PRIMARY KEY, until_at {instant} NOT NULL)',
    'CREATE INDEX seen_signatures_until ON seen_signatures (until_at)',
  ],
};
