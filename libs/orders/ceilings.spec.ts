import { describe, expect, it } from '@jest/globals';
import { type MeasureMoney, type MeasureStatus, boundBy, caseFigures, commitmentMax } from './index.js';

const measure = (status: MeasureStatus, limit: bigint, covered: bigint): MeasureMoney => ({ status, limit, covered });

describe('what a case is worth and what is bound for it (I7, R19)', () => {
  it('adds up what is collected, in force and open, and nothing else', () => {
    const money = { ceiling: 1_000n, collected: 100n, satisfied: 50n };
    const measures = [
      measure('in-force', 200n, 150n),
      measure('in-force', 100n, 130n),
      measure('waiting', 70n, 0n),
      measure('released', 0n, 0n),
      measure('expired', 400n, 9n),
      measure('exhausted', 0n, 0n),
    ];
    expect(caseFigures(money, measures, [60n, 40n])).toEqual({
      committed: 100n + 200n + 130n + 100n,
      outstanding: 850n,
      exposure: 70n,
      underControl: 280n,
      excess: 0n,
      room: 420n,
    });
  });

  it.each([
    ['exactly at the ceiling', { ceiling: 500n, collected: 0n, satisfied: 0n }, 500n, { excess: 0n, room: 0n }],
    ['one fen above', { ceiling: 499n, collected: 0n, satisfied: 0n }, 500n, { excess: 1n, room: 0n }],
    ['one fen below', { ceiling: 501n, collected: 0n, satisfied: 0n }, 500n, { excess: 0n, room: 1n }],
    ['a satisfaction makes excess', { ceiling: 500n, collected: 0n, satisfied: 200n }, 500n, { excess: 200n, room: 0n }],
    ['more satisfied than owed', { ceiling: 500n, collected: 0n, satisfied: 700n }, 500n, { excess: 500n, room: 0n }],
    ['collected alone', { ceiling: 500n, collected: 600n, satisfied: 0n }, 0n, { excess: 100n, room: 0n }],
  ])('%s', (_name, money, limit, expected) => {
    expect(caseFigures(money, [measure('in-force', limit, 0n)], [])).toMatchObject(expected);
  });

  it('shows an outstanding sum below zero as it is', () => {
    expect(caseFigures({ ceiling: 100n, collected: 80n, satisfied: 30n }, [], []).outstanding).toBe(-10n);
  });

  it('never lets the commitment fall below nothing', () => {
    expect(commitmentMax({ ceiling: 100n, collected: 0n, satisfied: 130n })).toBe(0n);
    expect(commitmentMax({ ceiling: 100n, collected: 99n, satisfied: 30n })).toBe(70n);
  });

  it('is bound by the larger of limit and covered', () => {
    expect(boundBy({ limit: 5n, covered: 3n })).toBe(5n);
    expect(boundBy({ limit: 3n, covered: 5n })).toBe(5n);
  });
});
