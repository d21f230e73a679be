import type { FactRows, PlacedFact } from '../../adapters/store/fact-rows.js';
import { EntryProofs } from './prove-entries.js';
import type { PublishedLogs } from './published-logs.js';

/** The proof of one fact. */
export interface FactProof {
  /** Origin of the year's log that holds it. */
  readonly origin: string;
  readonly index: number;
  readonly leaf: Buffer;
  /** Hex. */
  readonly leafHash: string;
  readonly tlogProof: string;
}

export interface RequestProofs {
  readonly proofs: readonly FactProof[];
  /** Facts of the request that are known here and that no published checkpoint covers yet. */
  readonly pending: number;
  /** Size of the newest published log. */
  readonly coveredSize: number;
}

/** Finds the facts of a request by the private search attributes and proves each. */
export class ProveRequest {
  constructor(
    private readonly facts: FactRows,
    private readonly logs: PublishedLogs,
  ) {}

  async execute(requestId: string): Promise<RequestProofs> {
    const facts = await this.facts.ofRequest(requestId);
    const proofs: FactProof[] = [];
    const provers = new Map<number, EntryProofs>();
    for (const fact of facts) {
      const place = this.publishedPlace(fact);
      if (!place) continue;
      const prover = provers.get(place.year) ?? new EntryProofs(this.logs.of(place.year));
      provers.set(place.year, prover);
      const tlogProof = await prover.tlogProof(place.index, fact.leaf_hash);
      proofs.push({
        origin: this.logs.of(place.year).head.origin,
        index: place.index,
        leaf: fact.leaf,
        leafHash: fact.leaf_hash,
        tlogProof,
      });
    }
    return { proofs, pending: facts.length - proofs.length, coveredSize: this.logs.of().head.size };
  }

  private publishedPlace({ log_year: year, log_index: index }: PlacedFact): { year: number; index: number } | undefined {
    if (year === null || index === null) return undefined;
    return index < this.logs.of(year).head.size ? { year, index } : undefined;
  }
}
