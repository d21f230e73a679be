import { describe, expect, it } from '@jest/globals';
import type { Statements } from './scoped-tx.js';
import { SharedReads } from './shared-reads.js';
import type { Row, SqlValue } from './sql.js';

/** Answers every query with the number of queries so far, and says of a row that it stands there when it was told so. */
function counting(stands = false): Statements & { queries: number } {
  return {
    queries: 0,
    all<T extends Row>(): Promise<T[]> {
      this.queries += 1;
      return Promise.resolve([{ n: this.queries } as unknown as T]);
    },
    run: () => Promise.resolve(1),
    insertOnce: () => Promise.resolve(!stands),
  };
}

const OFFICER = 'SELECT * FROM officers WHERE id = ?';
const CASE = 'SELECT * FROM cases WHERE id = ?';

describe('what the closures of a group share', () => {
  it('asks the same question once, and gives each a list of its own', async () => {
    const statements = counting();
    const shared = new SharedReads(statements);
    const first = await shared.all(OFFICER, ['a']);
    first.push({ n: 99 });
    expect(await shared.all(OFFICER, ['a'])).toEqual([{ n: 1 }]);
    expect(statements.queries).toBe(1);
  });

  it.each<readonly [string, readonly [string, readonly SqlValue[]], readonly [string, readonly SqlValue[]]]>([
    ['of other parameters', [OFFICER, ['a']], [OFFICER, ['b']]],
    ['of a number and its digits', [OFFICER, [1]], [OFFICER, ['1']]],
    ['of nothing and its word', [OFFICER, [null]], [OFFICER, ['null']]],
    ['of other texts', [OFFICER, ['a']], [CASE, ['a']]],
    ['whose values would run into each other', ['SELECT ?, ?', ['a|string1:b', 'c']], ['SELECT ?, ?', ['a', 'b|string1:c']]],
    ['of many parameters', ['SELECT ?, ?, ?, ?, ?', [1, 2, 3, 4, 5]], ['SELECT ?, ?, ?, ?, ?', [1, 2, 3, 4, 5]]],
    ['that takes locks', ['SELECT 1 FROM a FOR UPDATE', []], ['SELECT 1 FROM a FOR UPDATE', []]],
  ])('asks again a question %s', async (_, first, second) => {
    const statements = counting();
    const shared = new SharedReads(statements);
    await shared.all(...first);
    await shared.all(...second);
    expect(statements.queries).toBe(2);
  });

  it.each<readonly [string, (shared: SharedReads) => unknown, number]>([
    ['an UPDATE, which may have taken a lock, forgets everything', (shared) => shared.run('UPDATE other SET a = a', []), 2],
    ['a DELETE forgets everything', (shared) => shared.run('DELETE FROM other', []), 2],
    ['an INSERT forgets its table', (shared) => shared.run('INSERT INTO officers (id) VALUES (?)', ['c']), 2],
    ['an INSERT keeps other tables', (shared) => shared.run('INSERT INTO requests (id) VALUES (?)', ['c']), 1],
    ['a new row forgets its table', (shared) => shared.insertOnce('officers', { id: 'c' }), 2],
    ['a new row keeps other tables', (shared) => shared.insertOnce('requests', { id: 'c' }), 1],
    ['a closure that failed', (shared) => shared.forget(), 2],
  ])('%s', async (_, write, queries) => {
    const statements = counting();
    const shared = new SharedReads(statements);
    await shared.all(OFFICER, ['a']);
    await write(shared);
    await shared.all(OFFICER, ['a']);
    expect(statements.queries).toBe(queries);
  });

  it('forgets everything when a row stands there already: somebody has committed it meanwhile', async () => {
    const statements = counting(true);
    const shared = new SharedReads(statements);
    await shared.all(OFFICER, ['a']);
    await shared.insertOnce('requests', { id: 'c' });
    await shared.all(OFFICER, ['a']);
    expect(statements.queries).toBe(2);
  });
});
