import type { ConformanceCase, Given, Stage } from '../case.js';
import { equal, figures, lineOf, must, refusedFor } from '../expect.js';
import { accountOf, cny, current, effectsAre, freezeLine, freezeOrder, frozen, yearEnd } from '../steps.js';

const HELD = { authority: '武汉市江岸区人民法院', document: '(2025)鄂0102执保88号', amount: '600.00', until: '2099-09-01' };
const PLEDGED = { priorityRights: [{ type: 'pledge', holder: '某银行', amount: cny('900.00') }] };

const freeze = (
  name: string,
  rule: string,
  says: string,
  given: Given,
  misdeed: string,
  run: (stage: Stage) => Promise<void>,
): ConformanceCase => ({ name, rule, says, given, broken: { misdeed }, run });

const one = (balance: string, more = {}): Given => ({ accounts: [current(balance, more)] });

async function refused(stage: Stage, codes: readonly string[], over = {}): Promise<void> {
  refusedFor(await stage.court.ask(freezeOrder(stage, 0, '100.00', {}, over)), codes);
  await effectsAre(stage, 0, []);
}

/** A plain freeze and the figures that must come back. */
const figured = (stage: Stage, amount: string, covered: string, uncovered: string, index = 0) =>
  stage.court
    .ask(freezeOrder(stage, index, amount))
    .then((told) => figures(told, { status: 'executed', limit: amount, covered, uncovered }));

export const FREEZING: readonly ConformanceCase[] = [
  freeze('freeze-covered', 'R18', 'a sum below the balance is covered whole', one('1000.00'), 'wrong-limit', async (stage) => {
    await figured(stage, '400.00', '400.00', '0.00');
    await effectsAre(stage, 0, ['freeze 400.00']);
  }),
  freeze('freeze-exact-balance', 'R18', 'the whole balance can be frozen to the fen', one('66213.50'), 'wrong-limit', async (stage) => {
    await figured(stage, '66213.50', '66213.50', '0.00');
  }),
  freeze(
    'freeze-partly-covered',
    'R26',
    'what is not there is said as uncovered, and the freeze stands',
    one('62310.45'),
    'covers-all',
    async (stage) => {
      await figured(stage, '66213.50', '62310.45', '3903.05');
    },
  ),
  freeze('freeze-empty-account', 'R26', 'an empty account can be frozen and covers nothing', one('0.00'), 'covers-all', async (stage) => {
    await figured(stage, '250.00', '0.00', '250.00');
  }),
  freeze('freeze-one-fen', 'I10', 'the smallest sum can be frozen', one('1.00'), 'wrong-limit', async (stage) => {
    await figured(stage, '0.01', '0.01', '0.00');
  }),
  freeze('freeze-largest-sum', 'I10', 'the largest sum can be frozen', one('5.00'), 'wrong-limit', async (stage) => {
    await figured(stage, '99999999999.99', '5.00', '99999999994.99');
  }),
  freeze(
    'freeze-states-balance',
    'R26',
    'balance and what is still available are stated',
    one('1000.00'),
    'wrong-balance',
    async (stage) => {
      const told = await stage.court.ask(freezeOrder(stage, 0, '400.00'));
      figures(told, { status: 'executed', balance: '1000.00', available: '600.00' });
    },
  ),
  freeze('freeze-states-term', 'R14', 'first and last day come back as asked', one('100.00'), 'hides-term', async (stage) => {
    const from = stage.today();
    figures(await stage.court.ask(freezeOrder(stage, 0, '10.00')), { status: 'executed', from, to: yearEnd(from) });
  }),
  freeze(
    'freeze-behind-another-authority',
    'R17',
    'only what the earlier authority leaves is covered',
    one('1000.00', { held: [HELD] }),
    'covers-all',
    async (stage) => {
      await figured(stage, '500.00', '400.00', '100.00');
    },
  ),
  freeze(
    'freeze-names-the-earlier',
    'R26',
    'the earlier authority is named with document, amount and end',
    one('1000.00', { held: [HELD] }),
    'hides-prior-measures',
    async (stage) => {
      const { priorMeasures = [] } = lineOf(await stage.court.ask(freezeOrder(stage, 0, '100.00')));
      equal('prior measures', priorMeasures, [
        { authority: HELD.authority, document: HELD.document, amount: cny('600.00'), until: HELD.until },
      ]);
    },
  ),
  freeze(
    'freeze-waits',
    'R17',
    'behind a freeze that takes everything it waits: executed, covered nothing, second in rank',
    one('600.00', { held: [HELD] }),
    'covers-all',
    async (stage) => {
      figures(await stage.court.ask(freezeOrder(stage, 0, '100.00')), {
        status: 'executed',
        covered: '0.00',
        uncovered: '100.00',
        rank: 2,
      });
    },
  ),
  freeze('freeze-first-in-rank', 'R17', 'a freeze on a free account is first in rank', one('600.00'), 'wrong-rank', async (stage) => {
    figures(await stage.court.ask(freezeOrder(stage, 0, '100.00')), { status: 'executed', rank: 1 });
  }),
  freeze(
    'freeze-no-fen-twice',
    'R17',
    'two freezes of one account never cover the same fen',
    one('1000.00'),
    'covers-all',
    async (stage) => {
      figures(await stage.court.ask(freezeOrder(stage, 0, '700.00')), { status: 'executed', covered: '700.00' });
      figures(await stage.court.ask(freezeOrder(stage, 0, '700.00')), {
        status: 'executed',
        covered: '300.00',
        uncovered: '400.00',
        rank: 2,
      });
      await effectsAre(stage, 0, ['freeze 700.00', 'freeze 700.00']);
    },
  ),
  freeze(
    'freeze-two-accounts',
    'dialect: lines',
    'each line is answered with its own figures',
    { accounts: [current('100.00'), current('50.00')] },
    'hides-line',
    async (stage) => {
      const lines = [freezeLine(stage, 0, '80.00'), freezeLine(stage, 1, '80.00', { seq: 2 })];
      const told = await stage.court.ask(stage.order('freeze', { lines }));
      figures(told, { status: 'executed', covered: '80.00', uncovered: '0.00' }, 1);
      figures(told, { status: 'executed', covered: '50.00', uncovered: '30.00' }, 2);
    },
  ),
  freeze(
    'freeze-one-of-two-refused',
    'dialect: lines',
    'a line that must be refused leaves the other whole',
    { accounts: [current('100.00')], others: [current('50.00')] },
    'hides-reason',
    async (stage) => {
      const lines = [freezeLine(stage, 0, '80.00'), freezeLine(stage, 1, '40.00', { seq: 2 })];
      const told = await stage.court.ask(stage.order('freeze', { lines }));
      figures(told, { status: 'executed', covered: '80.00' }, 1);
      refusedFor(told, ['ACCOUNT_NOT_OF_DEBTOR', 'NO_ACCOUNT'], 2);
      await effectsAre(stage, 1, []);
    },
  ),
  freeze(
    'freeze-unknown-account',
    'R26',
    'an account that is not there is refused with its reason',
    one('100.00'),
    'wrong-reason',
    async (stage) => {
      const line = freezeLine(stage, 0, '10.00', { account: `${accountOf(stage, 0)}9` });
      refusedFor(await stage.court.ask(stage.order('freeze', { lines: [line] })), ['NO_ACCOUNT']);
    },
  ),
  freeze(
    'freeze-account-of-another',
    'R25',
    "somebody else's account is refused",
    { accounts: [], others: [current('100.00')] },
    'accepts',
    (stage) => refused(stage, ['ACCOUNT_NOT_OF_DEBTOR', 'NO_ACCOUNT', 'ID_MISMATCH']),
  ),
  freeze('freeze-name-mismatch', 'R25', 'the registered name decides: another name is refused', one('100.00'), 'accepts', (stage) =>
    refused(stage, ['NAME_MISMATCH', 'ACCOUNT_NOT_OF_DEBTOR'], { debtor: { ...stage.debtor, name: '陈致远' } }),
  ),
  freeze(
    'freeze-closed-account',
    'R26',
    'a closed account is refused as closed',
    { accounts: [{ kind: 'closed', balance: '0.00' }] },
    'wrong-reason',
    (stage) => refused(stage, ['ACCOUNT_CLOSED']),
  ),
  freeze(
    'freeze-exempt-account',
    'R24',
    "migrant workers' wages are not frozen",
    { accounts: [{ kind: 'wages', balance: '900.00', restriction: { code: 'migrant-workers-wages' } }] },
    'accepts',
    (stage) => refused(stage, ['EXEMPT_ACCOUNT']),
  ),
  freeze(
    'freeze-margin-account',
    'R24',
    'an acceptance margin may be frozen',
    { accounts: [{ kind: 'margin', balance: '900.00', restriction: { code: 'acceptance-margin' } }] },
    'refuses',
    async (stage) => {
      await figured(stage, '100.00', '100.00', '0.00');
    },
  ),
  freeze(
    'freeze-under-a-priority-right',
    'R24',
    'under a right of priority the freeze stands and controls nothing',
    one('900.00', PLEDGED),
    'covers-all',
    async (stage) => {
      await figured(stage, '300.00', '0.00', '300.00');
    },
  ),
  freeze(
    'freeze-names-the-holder',
    'R26',
    'the holder of the right of priority is named',
    one('900.00', PLEDGED),
    'hides-priority-rights',
    async (stage) => {
      const { priorityRights = [] } = lineOf(await stage.court.ask(freezeOrder(stage, 0, '300.00')));
      equal(
        'holders',
        priorityRights.map(({ holder }) => holder),
        ['某银行'],
      );
    },
  ),
  {
    ...freeze(
      'freeze-whole-account',
      'R18',
      'a freeze of the whole account covers all that lies in it',
      one('800.00'),
      'wrong-available',
      async (stage) => {
        const told = await stage.court.ask(freezeOrder(stage, 0, '300.00', { scope: 'account' }));
        const line = figures(told, { status: 'executed', available: '0.00' });
        must(line.covered?.amount === '800.00', `covered is ${line.covered?.amount ?? 'nothing'}, expected 800.00`);
      },
    ),
    abilities: ['scopeAccount'],
  },
  {
    ...freeze(
      'freeze-wealth-product',
      'R34',
      'a wealth product can be frozen by its worth',
      { accounts: [{ kind: 'wealth-product', balance: '80984.00', shares: '80000', unitPrice: '1.0123', productNumber: 'LC-1' }] },
      'covers-all',
      async (stage) => {
        const told = await stage.court.ask(freezeOrder(stage, 0, '90000.00', { kind: 'wealth-product', productNumber: 'LC-1' }));
        figures(told, { status: 'executed', covered: '80984.00', uncovered: '9016.00' });
      },
    ),
    abilities: ['wealthProducts'],
  },
  {
    ...freeze(
      'freeze-partly-done',
      'P-8',
      'a line that is done in part is told as such, never as done',
      one('1000.00'),
      'wrong-limit',
      async (stage) => {
        figures(await stage.court.ask(freezeOrder(stage, 0, '400.00')), { status: 'partly-executed', limit: '200.00', covered: '200.00' });
        await effectsAre(stage, 0, ['freeze 200.00']);
      },
    ),
    needs: ['simulator'],
    bank: { partial: true },
  },
  freeze(
    'freeze-of-more-than-once-covered',
    'R17',
    'money under one freeze is not available to the next',
    { accounts: [current('500.00')] },
    'wrong-available',
    async (stage) => {
      await frozen(stage, 0, '500.00');
      figures(await stage.court.ask(freezeOrder(stage, 0, '1.00')), { status: 'executed', covered: '0.00', available: '0.00' });
    },
  ),
];
