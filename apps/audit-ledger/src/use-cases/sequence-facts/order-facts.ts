import type { ChainHead, ChainHeads } from '../../adapters/store/chain-heads.js';
import type { WaitingFact } from '../../adapters/store/fact-rows.js';

/** Why a fact can never enter the log. */
export interface RefusedFact {
  readonly fact: WaitingFact;
  readonly reason: 'repeated' | 'place-taken' | 'other-predecessor';
}

/** What becomes of a batch of waiting facts. */
export interface OrderedFacts {
  /** These enter the log, in this order. */
  readonly ready: readonly WaitingFact[];
  /** These wait for a leaf before them that has not come. */
  readonly held: readonly WaitingFact[];
  readonly refused: readonly RefusedFact[];
  /** The heads of the chains that move, after the batch. */
  readonly heads: ReadonlyMap<string, ChainHead>;
}

/**
 * Lets into the log only what follows the newest leaf of its chain, so that in the log every chain is gapless and in order, whatever
 * the backbone did with the messages. What came before the leaf that it follows enters behind that leaf in the same batch: nothing would
 * look at it again, since the chain may have no later leaf. A leaf whose place is taken is a repetition or a lie of its source; it is kept
 * apart and reported.
 */
export function orderFacts(waiting: readonly WaitingFact[], before: ChainHeads): OrderedFacts {
  const heads = new Map<string, ChainHead>();
  const ready: WaitingFact[] = [];
  const refused: RefusedFact[] = [];
  const early = new Map<string, WaitingFact[]>();
  for (const one of waiting) {
    const due = [one];
    for (let fact = due.shift(); fact; fact = due.shift()) {
      const head = heads.get(fact.chain) ?? before.get(fact.chain);
      const next = (head?.seq ?? 0) + 1;
      if (fact.chain_seq > next) addTo(early, placeOf(fact.chain, fact.chain_seq), fact);
      else if (fact.chain_seq < next) refused.push({ fact, reason: head?.leafHash === fact.leaf_hash ? 'repeated' : 'place-taken' });
      else if ((fact.prev ?? undefined) !== head?.leafHash) refused.push({ fact, reason: 'other-predecessor' });
      else {
        ready.push(fact);
        heads.set(fact.chain, { seq: fact.chain_seq, leafHash: fact.leaf_hash });
        due.push(...takeFrom(early, placeOf(fact.chain, fact.chain_seq + 1)));
      }
    }
  }
  const held = new Set([...early.values()].flat());
  return { ready, held: waiting.filter((fact) => held.has(fact)), refused, heads };
}

function placeOf(chain: string, number: number): string {
  return `${chain} ${number}`;
}

function addTo(early: Map<string, WaitingFact[]>, place: string, fact: WaitingFact): void {
  const there = early.get(place);
  if (there) there.push(fact);
  else early.set(place, [fact]);
}

function takeFrom(early: Map<string, WaitingFact[]>, place: string): readonly WaitingFact[] {
  const there = early.get(place) ?? [];
  early.delete(place);
  return there;
}
