import type { Instant } from '#kernel';
import type { RepeatedRevealsPolicy } from '#orders';
import { officialOf } from './acts.js';
import { kept, placesOf, type KeptPlace, type Rule } from './rule.js';

const REVEALS: ReadonlySet<string> = new Set(['party.revealed', 'holding.revealed', 'measure.revealed']);

type Sittings = {
  /** When each sitting began, and its first entry. */
  readonly begun: readonly (readonly [at: Instant, place: KeptPlace])[];
  readonly last: Instant;
};

/**
 * The same person comes back to the personal data of the same case again and again. Reveals in one sitting count once: a case has many parties
 * and accounts, and what was revealed stands in the sealed content of the fact, which the ledger cannot read.
 */
export function repeatedReveals({ sittings, withinMs, pauseMs }: RepeatedRevealsPolicy): Rule<Sittings> {
  return {
    name: 'repeated-reveals',
    keyOf(fact) {
      const actor = officialOf(fact);
      return actor !== undefined && REVEALS.has(fact.type) ? JSON.stringify([actor, fact.subject]) : undefined;
    },
    step(before, fact) {
      const until = fact.at + withinMs;
      const begun = (before?.begun ?? []).filter(([at]) => at > fact.at - withinMs);
      const last = Math.max(before?.last ?? 0, fact.at);
      if (before && fact.at <= before.last + pauseMs && begun.length > 0) return { state: { begun, last }, until };
      const all = [...begun, [fact.at, kept(fact.place)] as const];
      if (all.length < sittings) return { state: { begun: all, last }, until };
      const evidence = placesOf(all.map(([, place]) => place));
      const suspicion = { actor: officialOf(fact) ?? '', caseNumber: fact.caseNumber, evidence, acts: all.length };
      return { state: { begun: [], last }, until, suspicion };
    },
  };
}
