import { describe, expect, it } from '@jest/globals';
import type { Reader, Row } from '#persistence';
import { readAtOnce, type CaseRow } from './case-rows.js';

/** A case whose money has changed so many times by each look. */
function caseAt(lockNumbers: readonly number[]): Reader {
  let look = 0;
  const row = (): CaseRow => ({ id: 'c', lock_no: lockNumbers[Math.min(look++, lockNumbers.length - 1)] ?? 0 }) as unknown as CaseRow;
  return {
    all: <T extends Row>() => Promise.resolve([row() as unknown as T]),
    one: <T extends Row>() => Promise.resolve(row() as unknown as T),
  };
}

describe('reading several things of a case at once', () => {
  it.each([
    ['once while nothing changes', [7, 7], [7]],
    ['again when money has moved during it', [7, 8, 8], [7, 8]],
    ['not for ever', [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5]],
  ])('is done %s', async (_, lockNumbers, readings) => {
    const seen: number[] = [];
    const shown = await readAtOnce(caseAt(lockNumbers), 'c', (row) => {
      seen.push(row.lock_no);
      return Promise.resolve(row.lock_no);
    });
    expect(seen).toEqual(readings);
    expect(shown).toBe(readings.at(-1));
  });
});
