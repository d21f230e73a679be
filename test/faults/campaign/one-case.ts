import { type Reply, type ProblemBody } from '#testing';
import type { AutomaticBank } from '../../scenarios/stage/stage.js';
import { fen } from '../../scenarios/stage/stage.js';
import type { RequestView } from '../../scenarios/stage/views.js';
import type { Rig } from './rig.js';

const CEILING = '5000.00';
const EACH = '1000.00';
const ROOM_FOR = 5;
const CALLS_EACH = 6;

/**
 * Freezes of one case at both gateways at once, together far above its ceiling, then each approved at both at once.
 * @returns what is wrong: more or fewer than fit were accepted, an approval was given twice, or more is bound than the ceiling
 */
export async function decideAtBothGateways(rig: Rig, gateways: readonly string[], bank: AutomaticBank): Promise<readonly string[]> {
  const { stage } = rig;
  const staged = await stage.inquiredCase({ ceiling: CEILING, accounts: [{ bank, balance: '90000.00' }] });
  const lines = [{ holdingId: staged.holdings[0]?.id, amount: EACH }];
  const freeze = { action: 'freeze', caseId: staged.id, lines, term: stage.term() };
  const officers = gateways.map((name) => rig.at(name, 'officer'));
  const calls = Array.from({ length: CALLS_EACH }, () =>
    officers.map((officer) => officer.post<RequestView & ProblemBody>('/api/v1/requests', freeze)),
  );
  const replies = await Promise.all(calls.flat());
  const accepted = replies.flatMap(({ status, body }) => (status === 202 ? [body.id] : []));
  const wrong = accepted.length === ROOM_FOR ? [] : [`${accepted.length} of ${ROOM_FOR} freezes were accepted: ${tally(replies)}`];
  const judges = gateways.map((name) => rig.at(name, 'judge'));
  for (const id of accepted) {
    const path = `/api/v1/requests/${id}/approval`;
    const given = await Promise.all(judges.map((judge) => judge.post<ProblemBody>(path, { decision: 'approve' })));
    if (given.filter(({ status }) => status < 300).length !== 1) wrong.push(`an approval at both gateways was answered ${tally(given)}`);
  }
  await Promise.all(accepted.map((id) => stage.ended(id)));
  const { committed } = await stage.measures(staged.id);
  if (fen(committed.amount) > fen(CEILING)) wrong.push(`${committed.amount} is bound under a ceiling of ${CEILING}`);
  const frozen = (await stage.journal(bank)).filter(({ account }) => account === staged.accounts[0]?.number);
  if (frozen.filter(({ action }) => action === 'freeze').length !== accepted.length) {
    wrong.push(`${accepted.length} freezes were accepted and the bank has ${JSON.stringify(frozen)}`);
  }
  return wrong;
}

function tally(replies: readonly Reply<ProblemBody>[]): string {
  return replies.map(({ status, body }) => `${status} ${status < 300 ? '' : body.code}`.trim()).join(', ');
}
