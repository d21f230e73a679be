import type { Instant } from '#kernel';
import type { SwiftApprovalPolicy } from '#orders';
import { officialOf } from './acts.js';
import { kept, placesOf, type KeptPlace, type Rule, type WatchedFact } from './rule.js';

/** What was asked for, and the fact of its approval. */
const APPROVALS: ReadonlyMap<string, 'asked' | 'approved' | 'over'> = new Map([
  ['request.accepted', 'asked'],
  ['request.approved', 'approved'],
  ['case.change-proposed', 'asked'],
  ['case.change-approved', 'approved'],
  ['order.resolution-proposed', 'asked'],
  ['order.resolved', 'approved'],
  // Leaves without waiting for anybody, or has all its approvals.
  ['order.dispatched', 'over'],
]);

type Asked = {
  readonly at: Instant;
  readonly place: KeptPlace;
};

/**
 * An approval within so few seconds that nobody can have read what was approved. Each approver of a request is judged by himself, from the
 * moment at which it was posted.
 */
export function swiftApproval({ withinMs }: SwiftApprovalPolicy): Rule<Asked> {
  return {
    name: 'swift-approval',
    keyOf: (fact) => (APPROVALS.has(fact.type) ? keyOf(fact) : undefined),
    step(asked, fact) {
      const what = APPROVALS.get(fact.type);
      if (what === 'asked') return { state: { at: fact.at, place: kept(fact.place) }, until: fact.at + withinMs };
      if (what === 'over' || !asked) return {};
      const step = { state: asked, until: asked.at + withinMs };
      const actor = officialOf(fact);
      if (actor === undefined || fact.at >= asked.at + withinMs) return step;
      const evidence = placesOf([asked.place, kept(fact.place)]);
      return { ...step, suspicion: { actor, caseNumber: fact.caseNumber, evidence, acts: evidence.length } };
    },
  };
}

/** Orders of a request stand under it; a change of a case and a resolution of an order are about their subject. */
function keyOf({ type, subject, requestId }: WatchedFact): string {
  return type.startsWith('request.') || type === 'order.dispatched' ? `request:${requestId ?? ''}` : subject;
}
