import type { Instant } from '#kernel';
import type { DormantAccountPolicy } from '#orders';
import { askerOf, isApproval, officialOf } from './acts.js';
import { kept, placesOf, type KeptPlace, type Rule, type WatchedFact } from './rule.js';

type LastAct = {
  readonly at: Instant;
  readonly place: KeptPlace;
};

/**
 * An account that has done nothing for a long time and acts again. A sign-in alone is no act, and breaks no silence: whoever takes an account over
 * signs in first. What has never acted is new and not dormant.
 */
export function dormantAccount({ afterMs }: DormantAccountPolicy): Rule<LastAct> {
  return {
    name: 'dormant-account',
    keyOf: actorOf,
    step(before, fact) {
      const state = { at: Math.max(before?.at ?? 0, fact.at), place: kept(fact.place) };
      if (!before || fact.at - before.at < afterMs) return { state };
      const evidence = placesOf([before.place, kept(fact.place)]);
      return { state, suspicion: { actor: actorOf(fact) ?? '', caseNumber: fact.caseNumber, evidence, acts: evidence.length } };
    },
  };
}

function actorOf(fact: WatchedFact): string | undefined {
  return isApproval(fact.type) ? officialOf(fact) : askerOf(fact);
}
