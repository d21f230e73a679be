import { endOfLegalDate, isOpenAt, legalDateOf, type WeekHours } from '#kernel';
import type { OutsideHoursPolicy } from '#orders';
import { askerOf } from './acts.js';
import { placesOf, withPlace, type KeptPlace, type Rule } from './rule.js';

/** What one person did outside the working hours of one day. */
type Night = {
  readonly day: string;
  readonly acts: number;
  readonly places: readonly KeptPlace[];
};

/**
 * Requests and readings outside the court's working hours, on days of rest included. One a day is told, when there are enough: a single late
 * act is a colleague who stayed, and the same night gives one question, not twenty.
 */
export function outsideHours({ acts: actsMin }: OutsideHoursPolicy, hours: WeekHours): Rule<Night> {
  return {
    name: 'outside-hours',
    // Few facts are an asking, and the calendar costs more than to see that.
    keyOf: (fact) => {
      const asker = askerOf(fact);
      return asker === undefined || isOpenAt(hours, fact.at) ? undefined : asker;
    },
    step(before, fact) {
      const actor = askerOf(fact) ?? '';
      const day = legalDateOf(fact.at);
      const old = before?.day === day ? before : { day, acts: 0, places: [] };
      const state: Night = { day, acts: old.acts + 1, places: withPlace(old.places, fact) };
      const step = { state, until: endOfLegalDate(day) };
      if (state.acts !== actsMin) return step;
      return { ...step, suspicion: { actor, evidence: placesOf(state.places), acts: state.acts } };
    },
  };
}
