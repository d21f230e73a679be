import type { CanonicalValue, Instant } from '#kernel';
import type { MisuseRule } from '#orders';

/** Where an entry stands: the log of its year, and its index there. */
export interface Place {
  readonly year: number;
  readonly index: number;
}

/** One entry of the log as the rules see it: its leaf, and the attributes that stand beside the log. */
export interface WatchedFact {
  readonly place: Place;
  readonly at: Instant;
  readonly source: string;
  readonly subject: string;
  readonly type: string;
  readonly actor: string | undefined;
  readonly caseNumber: string | undefined;
  readonly requestId: string | undefined;
  /** Leaf hash of the entry before it of the same source and subject. */
  readonly prev: string | undefined;
}

/** What a rule has noticed, with the entry that it has just seen as the last of the evidence. */
export interface Suspicion {
  /** Whom a person must ask: his user id. */
  readonly actor: string;
  readonly caseNumber?: string | undefined;
  /** Oldest first, at most EVIDENCE_MAX: the newest where there were more. */
  readonly evidence: readonly Place[];
  /** How many acts there were, also those whose entries the evidence leaves out. */
  readonly acts: number;
  /** The fact stands beside an act, which is the entry before it in its chain and belongs to the evidence. */
  readonly besideAct?: boolean;
}

/** What becomes of a key's state, and what was noticed. No state: there is nothing to remember any more. */
export interface Step<S> {
  readonly state?: S | undefined;
  /** The state says nothing about facts after this moment, and may be forgotten. */
  readonly until?: Instant;
  readonly suspicion?: Suspicion;
}

/**
 * A rule of the misuse watch: a fold over the facts of one key, in the order of the log. It MUST be pure and its state bounded and canonical
 * JSON, so that the same entries give the same suspicions, wherever the watch was interrupted.
 */
export interface Rule<S extends CanonicalValue = CanonicalValue> {
  readonly name: MisuseRule;
  /** By what the rule remembers; undefined when the fact is none of its business. */
  keyOf(fact: WatchedFact): string | undefined;
  step(state: S | undefined, fact: WatchedFact): Step<S>;
}

/** Entries that one finding names. */
export const EVIDENCE_MAX = 50;

/** A place as a state keeps it. */
export type KeptPlace = readonly [year: number, index: number];

export const kept = ({ year, index }: Place): KeptPlace => [year, index];
export const placesOf = (places: readonly KeptPlace[]): readonly Place[] => places.map(([year, index]) => ({ year, index }));

/** The newest places that a finding may name. */
export function withPlace(places: readonly KeptPlace[], { place }: WatchedFact): readonly KeptPlace[] {
  return [...places, kept(place)].slice(-EVIDENCE_MAX);
}
