import { type LegalDate, formatAmount, legalDateOf } from '#kernel';
import { hasEnded, isTerm, latestEnd, latestRenewalEnd } from '../terms.js';
import type { BeforeSendingFacts, FreezeFacts, GateMeasure, GateMeasureLine, RenewFacts } from './facts.js';
import type { Refusal } from './refusal.js';

/** R14: a term has a last day, not before its first and not in the past. */
export function freezeTermMustLieAhead(facts: FreezeFacts): Refusal | undefined {
  if (!isTerm(facts.term)) return { code: 'invalid', detail: '冻结期限的止日早于起日', pointer: '/term/to' };
  if (!hasEnded(facts.term.to, facts.at)) return undefined;
  return { code: 'invalid', detail: '冻结期限已经届满', pointer: '/term/to' };
}

/** R14, I9: one year for deposits, by policy for other property; a line whose holding is not known is taken as a deposit. */
export function freezeTermMustNotBeTooLong(facts: FreezeFacts): Refusal | undefined {
  for (const line of facts.lines) {
    const latest = latestEnd(facts.policy, line.holding?.property ?? 'deposit', facts.term.from);
    if (facts.term.to > latest) return tooLong('冻结期限', latest, '/term/to');
  }
  return undefined;
}

/** R14, I9: a renewal runs at most a year from the old end. */
export function renewalMustNotBeTooLong(facts: RenewFacts): Refusal | undefined {
  for (const { measure } of facts.lines) {
    const latest = latestRenewalEnd(facts.policy, measure.property, measure.to);
    if (facts.until > latest) return tooLong('续行冻结', latest, '/until');
  }
  return undefined;
}

function tooLong(what: string, latest: LegalDate, pointer: string): Refusal {
  return { code: 'term-too-long', detail: `${what}最长到${latest}`, pointer, extra: { latest } };
}

/** A renewal prolongs: its new end lies after the old one of every measure, and none is named twice. */
export function renewalMustProlong(facts: RenewFacts): Refusal | undefined {
  const seen = new Set<string>();
  for (const line of facts.lines) {
    if (seen.has(line.measure.id)) return { code: 'invalid', detail: '同一项冻结重复列出', pointer: line.pointer };
    seen.add(line.measure.id);
    if (isOver(line.measure, facts)) continue;
    if (facts.until <= line.measure.to) return { code: 'invalid', detail: `新的止日没有晚于原止日${line.measure.to}`, pointer: '/until' };
  }
  return undefined;
}

/**
 * R14, art. 27: a measure that is over cannot be renewed: its effect and its rank are gone. The refusal offers the body of a new freeze of
 * all measures that came too late, beginning today and as long as the law lets it be.
 */
export function renewalMustNotBeTooLate(facts: RenewFacts): Refusal | undefined {
  const late = facts.lines.filter((line) => isOver(line.measure, facts));
  const first = late[0];
  if (!first) return undefined;
  return {
    code: 'renewal-too-late',
    detail: `原冻结已于${first.measure.to}届满或已终结，不能续行，应重新冻结`,
    pointer: first.pointer,
    extra: { newFreeze: newFreezeOf(facts, late) },
  };
}

function isOver(measure: GateMeasure, facts: RenewFacts): boolean {
  return (measure.status !== 'in-force' && measure.status !== 'waiting') || hasEnded(measure.to, facts.at);
}

/** The body of `POST /requests` that freezes anew; holdings by id, so that no account number leaves in clear. */
function newFreezeOf(facts: RenewFacts, late: readonly GateMeasureLine[]): Readonly<Record<string, unknown>> {
  const from = legalDateOf(facts.at);
  const ends = late.map(({ measure }) => latestEnd(facts.policy, measure.property, from));
  const lines = late.map(({ measure }) => ({
    ...(measure.holdingId === undefined
      ? { bank: measure.bank, account: measure.account, debtorId: measure.debtorId }
      : { holdingId: measure.holdingId }),
    amount: formatAmount(measure.limit, measure.currency),
    scope: measure.scope,
  }));
  return { action: 'freeze', caseId: facts.case.id, lines, term: { from, to: ends.sort()[0] } };
}

/** R14 at the connector: a renewal reaches the bank before the old end, a freeze before its own. */
export function termMustStandBeforeSending(facts: BeforeSendingFacts): Refusal | undefined {
  if (facts.action === 'renew' && (facts.oldEnds ?? []).some((end) => hasEnded(end, facts.at))) {
    return { code: 'renewal-too-late', detail: '原冻结已届满，续行冻结未能在届满前送达' };
  }
  if (facts.action === 'freeze' && (facts.freezeEnds ?? []).some((end) => hasEnded(end, facts.at))) {
    return { code: 'term-too-long', detail: '冻结期限在送达前已经届满' };
  }
  return undefined;
}
