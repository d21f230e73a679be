import { endOfLegalDate, legalDateOf } from '#kernel';
import { CONDUCT_FACTS } from '#orders';
import { officialOf } from './acts.js';
import { kept, placesOf, type Rule } from './rule.js';

type Told = {
  readonly day: string;
};

/**
 * What the gateway itself has told of an act, because only it knows handlers, names and terms: its fact stands in the act's chain, right behind
 * it. The first of a person in a case is told each day; more of the same day are the same question.
 */
export function toldConduct(name: keyof typeof CONDUCT_FACTS): Rule<Told> {
  return {
    name,
    keyOf(fact) {
      const actor = officialOf(fact);
      return actor !== undefined && fact.type === CONDUCT_FACTS[name]
        ? JSON.stringify([actor, fact.caseNumber ?? fact.subject])
        : undefined;
    },
    step(before, fact) {
      const day = legalDateOf(fact.at);
      const step = { state: { day }, until: endOfLegalDate(day) };
      if (before?.day === day) return step;
      const evidence = placesOf([kept(fact.place)]);
      const suspicion = { actor: officialOf(fact) ?? '', caseNumber: fact.caseNumber, evidence, acts: 1, besideAct: true };
      return { ...step, suspicion };
    },
  };
}
