import type { Migration } from '#persistence';

/**
 * Who signs in otherwise than by a local password, and the wrong passwords of late. `subject_key` is the SHA-256 of issuer and subject,
 * `pair_key` a keyed hash of user name and address: what was typed as a name may have been a password.
 */
export const signInMigration: Migration = {
  name: '0030-sign-in',
  statements: [
    'CREATE TABLE oidc_subjects (subject_key {id} NOT NULL PRIMARY KEY, user_id {id} NOT NULL, at {instant} NOT NULL)',
    'CREATE UNIQUE INDEX oidc_subjects_user ON oidc_subjects (user_id)',
    'CREATE TABLE sign_in_failures (pair_key {id} NOT NULL PRIMARY KEY, failures {int} NOT NULL, last_at {instant} NOT NULL)',
    'CREATE INDEX sign_in_failures_last ON sign_in_failures (last_at)',
  ],
};
