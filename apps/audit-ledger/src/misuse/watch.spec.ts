import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { factsOf, at, type Told } from '../testing/watched-facts.js';
import { burst } from './burst.js';
import { dormantAccount } from './dormant-account.js';
import { outsideHours } from './outside-hours.js';
import { repeatedReveals } from './repeated-reveals.js';
import { EVIDENCE_MAX, type Rule, type WatchedFact } from './rule.js';
import { swiftApproval } from './swift-approval.js';
import { toldConduct } from './told-conduct.js';
import { Memory, watch, type KeptState } from './watch.js';

const texts = { name: '', explanation: '' };
const rules = [
  outsideHours({ ...texts, acts: 2 }, { week: [], days: new Map() }),
  burst({ ...texts, withinMinutes: 5, acts: 4, timesUsual: 1 }),
  swiftApproval({ ...texts, withinMs: 10_000 }),
  repeatedReveals({ ...texts, sittings: 2, withinMs: 200_000, pauseMs: 20_000 }),
  dormantAccount({ ...texts, afterMs: 120_000 }),
  toldConduct('self-linked'),
] as readonly Rule[];

const start = at('2026-03-10T12:00');
const history = fc.array(
  fc.record({
    after: fc.integer({ min: -2_000, max: 40_000 }),
    type: fc.constantFrom('request.accepted', 'request.approved', 'party.revealed', 'order.dispatched', 'conduct.self-linked'),
    actor: fc.constantFrom('officer-1', 'officer-2', 'judge-1', 'system'),
    requestId: fc.constantFrom('1', '2', '3'),
  }),
  { maxLength: 80 },
);

function told(facts: readonly { readonly after: number; readonly type: string; readonly actor: string; readonly requestId: string }[]) {
  let time = start;
  return factsOf(facts.map(({ after, ...one }): Told => ({ ...one, at: (time += after) })));
}

/** As the store keeps it between two batches: in text, and without what has ended. */
function reread(memory: Memory, before: readonly KeptState[]): readonly KeptState[] {
  const states = new Map(before.map((state) => [`${state.rule} ${state.key}`, state]));
  for (const { rule, key, state } of memory.changes()) {
    if (state) states.set(`${rule} ${key}`, state);
    else states.delete(`${rule} ${key}`);
  }
  return JSON.parse(JSON.stringify([...states.values()])) as readonly KeptState[];
}

function inPieces(facts: readonly WatchedFact[], size: number) {
  let states: readonly KeptState[] = [];
  const noticed = [];
  for (let from = 0; from < facts.length; from += size) {
    const memory = new Memory(states);
    noticed.push(...watch(rules, facts.slice(from, from + size), memory));
    states = reread(memory, states);
  }
  return noticed;
}

describe('the watch', () => {
  it('notices the same, wherever it was interrupted', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 20 }), (facts, size) => {
        const all = told(facts);
        const whole = watch(rules, all, new Memory([]));
        const pieces = inPieces(all, size);
        const short = (noticed: typeof whole) => noticed.map(({ rule, fact, suspicion }) => [rule.name, fact.place.index, suspicion]);
        expect(short(pieces)).toEqual(short(whole));
      }),
    );
  });

  it('ends each evidence with the entry at which the suspicion arose, oldest first and bounded', () => {
    fc.assert(
      fc.property(history, (facts) => {
        for (const { fact, suspicion } of watch(rules, told(facts), new Memory([]))) {
          const indexes = suspicion.evidence.map(({ index }) => index);
          expect(indexes.at(-1)).toBe(fact.place.index);
          expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
          expect(indexes.length).toBeLessThanOrEqual(EVIDENCE_MAX);
          expect(suspicion.acts).toBeGreaterThanOrEqual(indexes.length);
          expect(suspicion.actor).not.toBe('system');
        }
      }),
    );
  });

  it('forgets a state that is over', () => {
    const memory = new Memory([]);
    watch(
      rules,
      factsOf([
        { at: '2026-03-10T12:00', requestId: '1' },
        { at: '2026-03-10T12:00', type: 'order.dispatched', requestId: '1' },
      ]),
      memory,
    );
    expect(memory.changes().find(({ rule }) => rule === 'swift-approval')?.state).toBeUndefined();
  });
});
