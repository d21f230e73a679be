import type { Migration } from '#persistence';

/**
 * What the bank says of its days. A row of `day_statements` is one business day: what was said last (`digest`, of what it says and not of its
 * bytes), how often it has said something else (`version`, 0 before its first word), and when it is asked next. `day_pages` keeps the exact
 * bytes of each version for ever. No personal data is in them. It worked when the tables are there and empty.
 */
export const dayStatementsMigration: Migration = {
  name: '0050-day-statements',
  statements: [
    `CREATE TABLE day_statements (
      day {date} NOT NULL PRIMARY KEY, from_day {date} NOT NULL, version {int} NOT NULL, digest {id} NOT NULL, asks {int} NOT NULL, next_ask_at {instant})`,
    `CREATE TABLE day_pages (
      day {date} NOT NULL, version {int} NOT NULL, page {int} NOT NULL, bytes {bytes} NOT NULL, content_type {text} NOT NULL, signature {longtext},
      sha256 {id} NOT NULL, at {instant} NOT NULL, PRIMARY KEY (day, version, page))`,
  ],
};
