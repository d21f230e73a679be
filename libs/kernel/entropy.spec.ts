import { describe, expect, it } from '@jest/globals';
import { isId, newId, systemEntropy } from './entropy.js';
import { SystemClock } from './clock.js';

describe('the system entropy', () => {
  it('gives the asked number of bytes, over the end of its pool and beyond its size', () => {
    for (const count of [0, 1, 16, 8_191, 8_192, 8_193, 100_000]) expect(systemEntropy.bytes(count)).toHaveLength(count);
  });

  it('never gives the same bytes twice, and none that are blank', () => {
    const seen = new Set(Array.from({ length: 20_000 }, () => systemEntropy.bytes(12).toString('hex')));
    expect(seen.size).toBe(20_000);
    expect(seen.has('0'.repeat(24))).toBe(false);
  });

  it('is not changed by what happens to bytes given out before', () => {
    const first = systemEntropy.bytes(32);
    const copy = Buffer.from(first);
    for (let n = 0; n < 1_000; n++) systemEntropy.bytes(32).fill(0);
    expect(first.equals(copy)).toBe(true);
  });

  it('makes ids of the form that is asked for', () => {
    const clock = new SystemClock();
    const ids = Array.from({ length: 1_000 }, () => newId(clock, systemEntropy));
    expect([ids.every(isId), new Set(ids).size]).toEqual([true, 1_000]);
  });
});
