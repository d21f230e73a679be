import { legalDateOf } from '#kernel';
import type { BurstPolicy } from '#orders';
import { askerOf } from './acts.js';
import { placesOf, withPlace, type KeptPlace, type Rule } from './rule.js';

/** Working days that say what is usual for a person. */
const USUAL_DAYS = 20;
/** Of them so large a part has no more acts than the usual day. */
const USUAL_RANK = 0.75;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Who has not acted for so long has no usual day any more. */
const FORGET_MS = 400 * DAY_MS;

type Habits = {
  readonly day: string;
  readonly today: number;
  /** Acts on each of the last days on which there were any. */
  readonly usual: readonly number[];
  /** Acts by minute within the window, so that its length bounds the state and not the number of acts. */
  readonly minutes: readonly (readonly [minute: number, acts: number])[];
  readonly places: readonly KeptPlace[];
};

const NOTHING = { today: 0, usual: [], minutes: [], places: [] };

/**
 * Many requests and readings within some minutes, measured against the person's own days: who posts a hundred every morning is at his work.
 * What has been told is not told again; the next burst begins from nothing.
 */
export function burst({ withinMinutes, acts: actsMin, timesUsual }: BurstPolicy): Rule<Habits> {
  return {
    name: 'burst',
    keyOf: askerOf,
    step(before, fact) {
      const minute = Math.floor(fact.at / MINUTE_MS);
      const old = onDay(before, legalDateOf(fact.at));
      const minutes = addMinute(old.minutes, minute, withinMinutes);
      // What has left the window is no evidence any more; an empty window forgets all of it.
      const places = withPlace(old.minutes.some(([each]) => each > minute - withinMinutes) ? old.places : [], fact);
      const acts = minutes.reduce((sum, [, count]) => sum + count, 0);
      const until = fact.at + FORGET_MS;
      const state: Habits = { ...old, today: old.today + 1, minutes, places: places.slice(-acts) };
      if (acts < actsMin || acts < timesUsual * usualDay(old.usual)) return { state, until };
      const suspicion = { actor: askerOf(fact) ?? '', evidence: placesOf(state.places), acts };
      return { state: { ...state, minutes: [], places: [] }, until, suspicion };
    },
  };
}

/** A new day makes yesterday one of the usual ones. A fact that comes late counts for the day that has begun. */
function onDay(state: Habits | undefined, day: string): Habits {
  if (!state) return { ...NOTHING, day };
  if (day <= state.day) return state;
  return { ...state, day, today: 0, usual: [...state.usual, state.today].slice(-USUAL_DAYS) };
}

function addMinute(minutes: Habits['minutes'], minute: number, within: number): Habits['minutes'] {
  const recent = minutes.filter(([each]) => each > minute - within);
  const last = recent.at(-1);
  // Sources may be late by a little; an act before the newest minute counts for that one.
  if (last && minute <= last[0]) return [...recent.slice(0, -1), [last[0], last[1] + 1]];
  return [...recent, [minute, 1]];
}

/**
 * What one day in four reaches: a habit of every second day is a habit. The median would say one or the other of such a person's two kinds of day,
 * as it happens; a single busy day still makes none.
 */
function usualDay(counts: readonly number[]): number {
  const sorted = [...counts].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * USUAL_RANK)] ?? 0;
}
