import { formatAmount, sumMinor } from '#kernel';
import type { Action } from '../words.js';
import type { BeforeSendingFacts, DeductFacts, FreezeFacts, GateFacts, GateHold, GateLine, GateParty } from './facts.js';
import type { Refusal } from './refusal.js';

/** A line as holds see it: a hold may name the holding or the measure that the line acts on. */
type HeldLine = GateLine & {
  readonly holding?: { readonly id: string };
  readonly measure?: { readonly id: string; readonly holdingId?: string };
};

/**
 * R6, I1: only an open case acts. A release may go in any state; a renewal also in a case closed with no assets, which keeps its measures
 * alive (终本). Suspension is judged by `nothingMustBeOnHold`.
 */
export function caseMustBeOpen(facts: GateFacts & { readonly action: Action }): Refusal | undefined {
  if (facts.case.status !== 'closed' || facts.action === 'release') return undefined;
  if (facts.action === 'renew' && facts.case.closedManner === 'no-assets') return undefined;
  return { code: 'case-closed', detail: '案件已结案', pointer: '/caseId' };
}

/** R6: the subject of every line is a debtor of this case, and a holding is acted on only in its own debtor's name. */
export function subjectMustBeDebtor(facts: GateFacts): Refusal | undefined {
  const debtors = new Set(facts.parties.filter((party) => party.role === 'debtor').map((party) => party.id));
  const wrong = facts.lines.find((line) => !debtors.has(line.debtorId) || !isOwner(line));
  if (!wrong) return undefined;
  return { code: 'subject-not-debtor', detail: '被查控人不是本案被执行人', pointer: wrong.debtorPointer ?? wrong.pointer };
}

function isOwner(line: GateLine & { readonly holding?: { readonly debtorId: string } }): boolean {
  return line.holding === undefined || line.holding.debtorId === line.debtorId;
}

/** I1: what is frozen for a debtor stays within his liability cap. */
export function freezeMustStayWithinLiability(facts: FreezeFacts): Refusal | undefined {
  return overLiability(facts, (party) => party.committed);
}

/** I1: what is taken from a debtor, now and by lines that are open, stays within his liability cap. */
export function deductMustStayWithinLiability(facts: DeductFacts): Refusal | undefined {
  return overLiability(facts, (party) => party.collected + party.openDeducts);
}

function overLiability(facts: FreezeFacts | DeductFacts, already: (party: GateParty) => bigint): Refusal | undefined {
  const lines: readonly (GateLine & { readonly amount: bigint })[] = facts.lines;
  for (const party of facts.parties) {
    const own = lines.filter((line) => line.debtorId === party.id);
    if (party.liabilityCap === undefined || own.length === 0) continue;
    const left = party.liabilityCap - already(party);
    if (sumMinor(own.map((line) => line.amount)) <= left) continue;
    return {
      code: 'over-liability',
      detail: '超过该被执行人应承担责任的限额',
      pointer: own[0]?.pointer,
      extra: { liabilityLeft: formatAmount(left < 0n ? 0n : left, facts.case.currency) },
    };
  }
  return undefined;
}

/** I1: no suspension of the case and no hold on anything the line touches. */
export function nothingMustBeOnHold(facts: GateFacts<HeldLine> & { readonly action: Action }): Refusal | undefined {
  if (facts.case.status === 'suspended' && facts.policy.suspensionBlocks.includes(facts.action)) {
    return { code: 'on-hold', detail: '案件已中止执行', pointer: '/caseId' };
  }
  const holds = facts.holds.filter((hold) => hold.blocks.includes(facts.action));
  for (const line of facts.lines) {
    const hold = holds.find((one) => isHeld(one, line, facts.case.id));
    if (hold) return { code: 'on-hold', detail: hold.reason, pointer: line.pointer, extra: { holdId: hold.id } };
  }
  return undefined;
}

function isHeld(hold: GateHold, line: HeldLine, caseId: string): boolean {
  switch (hold.subject) {
    case 'case':
      return hold.subjectId === caseId;
    case 'debtor':
      return hold.subjectId === line.debtorId;
    case 'bank':
      return hold.subjectId === line.bank;
    case 'holding':
      return hold.subjectId === (line.holding?.id ?? line.measure?.holdingId);
    case 'measure':
      return hold.subjectId === line.measure?.id;
  }
}

/**
 * I1 at the connector. A renewal in a closed case passes: a case with live measures is closed only with no assets, which keeps them renewable,
 * so whatever has a measure to renew may renew it.
 */
export function caseMustStandBeforeSending(facts: BeforeSendingFacts): Refusal | undefined {
  if (facts.action === 'release') return undefined;
  if (facts.caseStatus === 'closed' && facts.action !== 'renew') return { code: 'case-closed', detail: '案件已结案' };
  if (facts.hold !== undefined) return { code: 'on-hold', detail: facts.hold };
  if (facts.caseStatus === 'suspended') return { code: 'on-hold', detail: '案件已中止执行' };
  return undefined;
}
