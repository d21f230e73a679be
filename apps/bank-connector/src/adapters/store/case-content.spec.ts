import { describe, expect, it } from '@jest/globals';
import { connectorMigrations } from '../../../migrations/index.js';
import { ANSWERS_EMPTIED, EMPTIED, REMOVED } from './case-content.js';

/** Columns by their names: sealed values, digests of content, signatures over it, free texts, and openings of facts. */
const TELLING = /sealed|^digest$|sha256$|^opening$|^lane_id$|^substance$|^wire_signature$|^reason$/;

/** A lane's own counter goes on, over all cases; what the bank says of a day are counts, sums and order numbers of all cases. */
const NOT_OF_A_CASE = new Set(['lanes.lane_id', 'day_statements.digest', 'day_pages.sha256']);

/** What the messaging library empties. */
const MESSAGES_EMPTIED = [
  { table: 'facts', columns: { opening: '' } },
  { table: 'redrives', columns: { reason: '' } },
];

function columnsOf(statement: string): readonly string[] {
  const [, table, body] = /^\s*CREATE TABLE (\w+) \(([\s\S]*)\)\s*$/.exec(statement) ?? [];
  if (table === undefined || body === undefined) return [];
  return [...body.matchAll(/(?:^|,)\s*([a-z_0-9]+) \{/g)].map(([, column]) => `${table}.${column}`);
}

describe('what an erasure empties at a connector', () => {
  it('is every telling column of the schema that belongs to a case', () => {
    const columns = connectorMigrations.flatMap(({ statements }) => statements.flatMap(columnsOf));
    const telling = columns.filter((name) => TELLING.test(name.split('.')[1] ?? '') && !name.startsWith(`${REMOVED}.`));
    const all = [...EMPTIED, ANSWERS_EMPTIED, ...MESSAGES_EMPTIED];
    const emptied = all.flatMap(({ table, columns: of }) => Object.keys(of).map((column) => `${table}.${column}`));
    expect(telling.length).toBeGreaterThan(12);
    expect(telling.filter((name) => !emptied.includes(name) && !NOT_OF_A_CASE.has(name))).toEqual([]);
    expect(emptied.filter((name) => !columns.includes(name))).toEqual([]);
  });
});
