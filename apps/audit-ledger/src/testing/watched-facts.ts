import { parseInstant, type CanonicalValue } from '#kernel';
import type { Rule, WatchedFact } from '../misuse/rule.js';
import { Memory, watch } from '../misuse/watch.js';

/** A time in Asia/Shanghai, `YYYY-MM-DDThh:mm:ss` or without seconds. */
export const at = (text: string): number => parseInstant(`${text.length === 16 ? `${text}:00` : text}+08:00`);

/** What a spec says of a fact; its place is its place in the list. */
export type Told = Partial<Omit<WatchedFact, 'place' | 'at'>> & { readonly at: string | number };

export function factsOf(told: readonly Told[]): readonly WatchedFact[] {
  return told.map((one, index) => ({
    source: 'court-gateway',
    subject: 'case:1',
    type: 'request.accepted',
    actor: 'officer-1',
    caseNumber: undefined,
    requestId: undefined,
    prev: undefined,
    ...one,
    place: { year: 2026, index },
    at: typeof one.at === 'string' ? at(one.at) : one.at,
  }));
}

/** Who was noticed, and the indexes of the evidence. */
export type Seen = readonly [actor: string, ...evidence: number[]];

/** What one rule says of the facts, read in one piece. */
export function seenBy<S extends CanonicalValue>(rule: Rule<S>, told: readonly Told[]): readonly Seen[] {
  const noticed = watch([rule], factsOf(told), new Memory([]));
  return noticed.map(({ suspicion }) => [suspicion.actor, ...suspicion.evidence.map(({ index }) => index)] as const);
}
