import { describe, expect, it } from '@jest/globals';
import { gatewayMigrations } from '../../../migrations/index.js';
import { ANSWERS_EMPTIED, EMPTIED } from './case-content.js';

/** Columns by their names: sealed values, blind indexes, digests of content, and openings of facts. */
const TELLING = /sealed|_index$|^digest$|_digest$|sha256$|^opening$|^lane_id$|^bank_serial$/;

/** What no case owns: people, registers, imports, and the lanes' own counters; each under a system key or about nobody. */
const NOT_OF_A_CASE = new Set([
  'users.name_sealed',
  'officers.sealed',
  'officer_versions.sealed',
  'officer_images.sealed',
  'court_accounts.name_index',
  'court_accounts.sealed',
  'imports.sha256',
  'imports.actor_sealed',
  // When a document was sealed.
  'instruments.sealed_at',
  // Of a signed statement: counts, sums and order numbers of a bank's day over all cases.
  'statements.sha256',
]);

/** What the messaging library empties. */
const FACTS_EMPTIED = { table: 'facts', columns: { opening: '' } };

/** Emptied by a statement of its own, because its row is the case's. */
const OF_THE_CASE_ROW = new Set(['cases.court_account_sealed', 'cases.closed_reason_sealed']);

function columnsOf(statement: string): readonly string[] {
  const [, table, body] = /^\s*CREATE TABLE (\w+) \(([\s\S]*)\)\s*$/.exec(statement) ?? [];
  if (table === undefined || body === undefined) return [];
  return [...body.matchAll(/(?:^|,)\s*([a-z_0-9]+) \{/g)].map(([, column]) => `${table}.${column}`);
}

describe('what an erasure empties', () => {
  it('is every telling column of the schema that belongs to a case', () => {
    const columns = gatewayMigrations.flatMap(({ statements }) => statements.flatMap(columnsOf));
    const telling = columns.filter((name) => TELLING.test(name.split('.')[1] ?? ''));
    const emptied = [...EMPTIED, ANSWERS_EMPTIED, FACTS_EMPTIED].flatMap(({ table, columns: of }) =>
      Object.keys(of).map((column) => `${table}.${column}`),
    );
    expect(telling.length).toBeGreaterThan(30);
    expect(telling.filter((name) => !emptied.includes(name) && !NOT_OF_A_CASE.has(name) && !OF_THE_CASE_ROW.has(name))).toEqual([]);
    expect(emptied.filter((name) => !columns.includes(name))).toEqual([]);
  });
});
