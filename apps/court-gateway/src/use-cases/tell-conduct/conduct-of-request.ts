import { endOfLegalDate, type CanonicalValue } from '#kernel';
import type { Fact } from '#messaging';
import { CONDUCT_FACTS, outstanding, type Policy } from '#orders';
import { caseMoneyOf } from '../../adapters/store/case-rows.js';
import type { PartyRow } from '../../adapters/store/party-rows.js';
import type { Vault } from '../../vault.js';
import type { JudgedRequest } from '../post-request/store-request.js';

/** A fact that stands beside that of an act, in its chain and with its case, and says one thing more of it. */
export function beside(act: Fact, what: keyof typeof CONDUCT_FACTS, content: CanonicalValue): Fact {
  return { ...act, type: CONDUCT_FACTS[what], content };
}

/**
 * What the ledger's misuse watch could not see of a request, because leaves name nobody: whether the poster has the case, shares a name or the
 * number of a document with a subject, or releases shortly before a measure's end although the case is not satisfied. Names are compared by their
 * blind index, so nothing is opened. What the system drafts is nobody's conduct.
 */
export function conductOfRequest(accepted: Fact, judged: JudgedRequest, policy: Policy, vault: Vault): readonly Fact[] {
  if (judged.draftedBySystem) return [];
  const { id: requestId, situation, by } = judged;
  const told: Fact[] = [];
  if (!situation.handlers.includes(by)) told.push(beside(accepted, 'unrelated-case', { requestId }));
  const linked = linkedParties(judged, vault);
  if (linked.length > 0) told.push(beside(accepted, 'self-linked', { requestId, partyIds: linked.map(({ id }) => id) }));
  const ending = endingMeasures(judged, policy);
  if (ending.length > 0) told.push(beside(accepted, 'release-near-end', { requestId, measures: ending }));
  return told;
}

function linkedParties({ situation, request }: JudgedRequest, vault: Vault): readonly PartyRow[] {
  const { officer, parties } = situation;
  if (!officer) return [];
  const subjects = new Set(request.lines.map(({ debtorId }) => debtorId));
  const name = vault.blind.of('name', officer.name);
  const numbers = [officer.workId, officer.dutyId].map((number) => vault.blind.of('id-number', number));
  return parties.filter(({ id, name_index, id_index }) => subjects.has(id) && (name_index === name || numbers.includes(id_index)));
}

function endingMeasures(
  { situation, request, at }: JudgedRequest,
  policy: Policy,
): readonly { readonly id: string; readonly to: string }[] {
  if (request.action !== 'release' || outstanding(caseMoneyOf(situation.case)) <= 0n) return [];
  const { withinMs } = policy.misuse.rules['release-near-end'];
  const named = new Set(request.lines.map(({ measureId }) => measureId));
  return situation.measures
    .filter(({ id, to_date }) => named.has(id) && endOfLegalDate(to_date) - at <= withinMs)
    .map(({ id, to_date: to }) => ({ id, to }));
}
