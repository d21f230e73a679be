import { type Minor, maxMinor, minMinor, sumMinor } from '#kernel';
import { type CaseMoney, room } from './ceilings.js';
import { type RestrictionFacts, freezableOf } from './restrictions.js';
import type { PropertyKind } from './words.js';

export interface PlanHolding {
  readonly id: string;
  readonly debtorId: string;
  readonly bank: string;
  readonly account: string;
  readonly currency: string;
  readonly property: PropertyKind;
  /** The bank's own figure, after every prior measure. */
  readonly available: Minor;
  /** A creditor stands before every freeze: a freeze would cover nothing. */
  readonly priorityRight: boolean;
  readonly restriction?: RestrictionFacts;
  /** Open freeze lines that `available` does not know of yet. */
  readonly openFreezes: Minor;
}

export interface PlanFacts {
  readonly currency: string;
  readonly money: CaseMoney;
  readonly committed: Minor;
  /** What the officer wants; left out, all the room there is. */
  readonly amount?: Minor;
  readonly holdings: readonly PlanHolding[];
  /** By debtor, for those with a liability cap: the cap less what is committed for him. */
  readonly debtorRooms: ReadonlyMap<string, Minor>;
  /** By holding: what an officer found must be left (R24); it never lowers a reserve of the bank or of policy. */
  readonly reserves: ReadonlyMap<string, Minor>;
}

export interface PlanLine {
  readonly holdingId: string;
  readonly bank: string;
  readonly account: string;
  readonly amount: Minor;
}

export interface FreezePlan {
  readonly lines: readonly PlanLine[];
  readonly total: Minor;
  /** What was wanted, within the room of the case, and no holding can give. */
  readonly uncovered: Minor;
}

/** What one holding can give: available, not protected, not already asked for; only in the currency of the case, since a sum over currencies means nothing. */
export function plannable(facts: Pick<PlanFacts, 'currency' | 'reserves'>, holding: PlanHolding): Minor {
  if (holding.priorityRight || holding.currency !== facts.currency) return 0n;
  const byOfficer = facts.reserves.get(holding.id) ?? 0n;
  const byRule = holding.available - freezableOf(holding.available, holding.restriction);
  return maxMinor(0n, holding.available - maxMinor(byOfficer, byRule) - holding.openFreezes);
}

/**
 * R18, R19: amounts that together stay within the room of the case and of each debtor's liability, and singly within what each holding can
 * give. Unrestricted deposits go first, because they are deducted most easily and hurt least; then larger before smaller, so that few
 * accounts are touched.
 */
export function freezePlan(facts: PlanFacts): FreezePlan {
  const caseRoom = room(facts.money, facts.committed);
  const wanted = minMinor(facts.amount ?? caseRoom, caseRoom);
  const debtorRooms = new Map(facts.debtorRooms);
  const candidates = facts.holdings.map((holding) => ({ holding, most: plannable(facts, holding) })).sort(easiestFirst);
  const lines: PlanLine[] = [];
  let left = wanted;
  for (const { holding, most } of candidates) {
    const debtorRoom = debtorRooms.get(holding.debtorId);
    const amount = minMinor(minMinor(most, left), maxMinor(0n, debtorRoom ?? left));
    if (amount <= 0n) continue;
    lines.push({ holdingId: holding.id, bank: holding.bank, account: holding.account, amount });
    left -= amount;
    if (debtorRoom !== undefined) debtorRooms.set(holding.debtorId, debtorRoom - amount);
  }
  const total = sumMinor(lines.map((line) => line.amount));
  return { lines, total, uncovered: wanted - total };
}

interface Candidate {
  readonly holding: PlanHolding;
  readonly most: Minor;
}

function easiestFirst(a: Candidate, b: Candidate): number {
  const byEase = difficulty(a.holding) - difficulty(b.holding);
  if (byEase !== 0) return byEase;
  if (a.most !== b.most) return a.most > b.most ? -1 : 1;
  return a.holding.id < b.holding.id ? -1 : 1;
}

function difficulty(holding: PlanHolding): number {
  return (holding.restriction ? 2 : 0) + (holding.property === 'deposit' ? 0 : 1);
}
