import type { BankBehaviour, ConformanceCase, Given, Stage } from '../case.js';
import { equal, figures, holdingOf, isInDoubt, lineOf, must } from '../expect.js';
import { accountOf, cny, COURT_ACCOUNT, current, deductOrder, freezeLine, freezeOrder, frozen, inquire } from '../steps.js';

const WIRE = ['push', 'pull', 'file'] as const;

/** The bank says something that the dialect does not know; our side must not guess. A bank that speaks plainly breaks the case. */
function strange(name: string, says: string, bank: BankBehaviour, run: (stage: Stage) => Promise<void>, given?: Given): ConformanceCase {
  return {
    name,
    rule: 'I6',
    says,
    given: given ?? { accounts: [current('500.00')] },
    deliveries: WIRE,
    needs: ['simulator'],
    bank,
    broken: { misdeed: 'wrong-available' },
    run,
  };
}

async function undetermined(stage: Stage): Promise<void> {
  const told = await stage.court.ask(freezeOrder(stage, 0, '200.00'));
  must(isInDoubt(told), `a word that nobody knows became ${told.answers[0]?.control?.lines[0]?.status ?? 'nothing'}`);
}

export const UNKNOWN_WORDS: readonly ConformanceCase[] = [
  strange('unknown-status', 'a status that the dialect does not know is undetermined', { misdeed: 'unknown-word' }, undetermined),
  strange('unknown-line', 'an answer to a line that was not asked is undetermined', { misdeed: 'other-line' }, undetermined),
  {
    ...strange(
      'unknown-status-of-a-deduct',
      'money whose fate is told in an unknown word is neither moved nor unmoved to us',
      { misdeed: 'unknown-word' },
      async (stage) => {
        const freeze = freezeOrder(stage, 0, '200.00');
        await stage.court.ask(freeze);
        const told = await stage.court.ask(deductOrder(stage, freeze, '200.00', { courtAccount: COURT_ACCOUNT }));
        equal('status', lineOf(told).status, 'undetermined');
        // What the bank did is seen from its figures, not from its word.
        equal('balance', holdingOf(await inquire(stage), accountOf(stage, 0)).balance, cny('300.00'));
      },
    ),
    abilities: ['deduct'],
  },
  strange(
    'missing-line',
    'a line that the answer leaves out is undetermined, and leaves the other whole',
    { misdeed: 'hides-line' },
    async (stage) => {
      const lines = [freezeLine(stage, 0, '10.00'), freezeLine(stage, 1, '10.00', { seq: 2 })];
      const told = await stage.court.ask(stage.order('freeze', { lines }));
      figures(told, { status: 'executed', limit: '10.00', available: '490.00' }, 1);
      figures(told, { status: 'undetermined' }, 2);
    },
    { accounts: [current('500.00'), current('500.00')] },
  ),
  strange(
    'unknown-rollback-code',
    'a rollback code that nobody knows is in doubt, or passed on as it came; it never becomes another',
    { rejectWith: '77' },
    async (stage) => {
      const told = await stage.court.ask(freezeOrder(stage, 0, '200.00'));
      const code = told.answers[0]?.rollback?.code;
      must(code === '77' || isInDoubt(told), `an unknown rollback code became ${code ?? 'nothing'}`);
    },
  ),
  strange(
    'unknown-state-of-an-account',
    "a state of an account that is new to us is passed on in the bank's word",
    { misdeed: 'wrong-state' },
    async (stage) => equal('state', holdingOf(await inquire(stage), accountOf(stage, 0)).state, 'dormant'),
  ),
  strange(
    'refused-without-reason',
    'a refusal without its reason is not passed on as if it had one',
    { misdeed: 'hides-reason' },
    async (stage) => {
      const line = freezeLine(stage, 0, '10.00', { account: `${accountOf(stage, 0)}9` });
      const told = await stage.court.ask(stage.order('freeze', { lines: [line] }));
      must(lineOf(told).status !== 'executed', 'a refusal became an execution');
      equal('reason', lineOf(told).reason?.code === 'NO_ACCOUNT', false);
    },
  ),
  strange('frozen-after-doubt', 'a doubt about one order does not stop the next', {}, async (stage) => {
    await frozen(stage, 0, '100.00');
    figures(await stage.court.ask(freezeOrder(stage, 0, '50.00')), { status: 'executed', available: '350.00' });
  }),
];
