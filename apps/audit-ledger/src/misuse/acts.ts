import type { WatchedFact } from './rule.js';

/** The app whose officials are watched; what other sources say of them is not theirs to say. */
const COURT = 'court-gateway';
/** The name under which the court's own timers act. */
const SYSTEM = 'system';

/** Reading personal data in clear. */
const READINGS: ReadonlySet<string> = new Set([
  'party.revealed',
  'holding.revealed',
  'measure.revealed',
  'holding.transactions-read',
  'instrument.read',
  'receipt.read',
  'order.original-read',
  'orders.exported',
  'proof.opened',
]);
const REQUEST = 'request.accepted';
const APPROVALS: ReadonlySet<string> = new Set(['request.approved', 'case.change-approved', 'order.resolved']);

/** The person of the court who acted; undefined for the system, for banks and for what nobody did. */
export function officialOf({ source, actor }: WatchedFact): string | undefined {
  return source === COURT && actor !== SYSTEM ? actor : undefined;
}

/** Who has asked for or looked at something about a person: a request was posted, or personal data read. */
export function askerOf(fact: WatchedFact): string | undefined {
  return fact.type === REQUEST || READINGS.has(fact.type) ? officialOf(fact) : undefined;
}

/** Whether somebody has approved what another has asked for. */
export function isApproval(type: string): boolean {
  return APPROVALS.has(type);
}
