import type { OrderDispatched } from '#contracts';
import type { ConformanceCase, Given, Stage } from '../case.js';
import { equal, figures, holdingOf, substance } from '../expect.js';
import {
  accountOf,
  cny,
  current,
  deductOrder,
  effectsAre,
  freezeLine,
  freezeOrder,
  frozen,
  inquire,
  releaseOrder,
  renewOrder,
} from '../steps.js';

const one = (balance: string): Given => ({ accounts: [current(balance)] });

/** The same number comes again, because the court's side cannot know that it came before. */
function repeated(
  name: string,
  says: string,
  given: Given,
  effects: readonly string[],
  order: (stage: Stage) => Promise<OrderDispatched> | OrderDispatched,
  abilities: ConformanceCase['abilities'] = [],
): ConformanceCase {
  return {
    name,
    rule: 'I5',
    says,
    given,
    abilities,
    broken: { misdeed: 'executes-again' },
    run: async (stage) => {
      const asked = await order(stage);
      const first = await stage.court.ask(asked);
      equal('the second answer', substance(await stage.court.again(asked)), substance(first));
      await effectsAre(stage, 0, effects);
    },
  };
}

/** Whatever the bank says to another content under a known number, it says at most 02 and does nothing. */
async function notTaken(stage: Stage, other: OrderDispatched, available: string): Promise<void> {
  const told = await stage.court.hostile(other, 'unchanged', async () => {
    await inquire(stage);
    equal('available', holdingOf(await inquire(stage), accountOf(stage, 0)).available, cny(available));
  });
  for (const { rollback } of told.answers) if (rollback) equal('code', rollback.code, '02');
}

export const DUPLICATES: readonly ConformanceCase[] = [
  repeated('repeated-freeze', 'a freeze that comes again has one effect and the same answer', one('500.00'), ['freeze 300.00'], (stage) =>
    freezeOrder(stage, 0, '300.00'),
  ),
  repeated('repeated-partly-covered-freeze', 'also where the first covered a part', one('100.00'), ['freeze 300.00'], (stage) =>
    freezeOrder(stage, 0, '300.00'),
  ),
  repeated(
    'repeated-deduct',
    'money of a deduct that comes again moves once',
    one('500.00'),
    ['freeze 300.00', 'deduct 100.00'],
    async (stage) => deductOrder(stage, await frozen(stage, 0, '300.00'), '100.00'),
    ['deduct', 'partialDeduct'],
  ),
  repeated(
    'repeated-release',
    'a release that comes again frees once',
    one('500.00'),
    ['freeze 300.00', 'release 100.00'],
    async (stage) => releaseOrder(stage, await frozen(stage, 0, '300.00'), '200.00'),
    ['release'],
  ),
  repeated(
    'repeated-renewal',
    'a renewal that comes again is answered as before',
    one('500.00'),
    ['freeze 300.00', 'renew 300.00'],
    async (stage) => renewOrder(stage, await frozen(stage, 0, '300.00')),
    ['renew'],
  ),
  {
    name: 'repeated-inquiry',
    rule: 'I5',
    says: 'an inquiry that comes again under its number is answered as before',
    given: one('500.00'),
    broken: { misdeed: 'executes-again' },
    run: async (stage) => {
      const inquiry = stage.order('inquire');
      const first = await stage.court.ask(inquiry);
      await frozen(stage, 0, '300.00');
      equal('the second answer', substance(await stage.court.again(inquiry)), substance(first));
    },
  },
  {
    name: 'repeated-refusal',
    rule: 'I5',
    says: 'what was refused stays refused under its number, also when it could be done now',
    given: one('0.00'),
    abilities: ['deduct'],
    needs: ['simulator'],
    broken: { misdeed: 'executes-again' },
    run: async (stage) => {
      const freeze = await frozen(stage, 0, '300.00');
      const deduct = deductOrder(stage, freeze, '300.00');
      const first = await stage.court.ask(deduct);
      figures(first, { status: 'refused' });
      await stage.bank.credit(stage.accounts[0] ?? '', '300.00');
      equal('the second answer', substance(await stage.court.again(deduct)), substance(first));
      await effectsAre(stage, 0, ['freeze 300.00']);
    },
  },
  {
    name: 'repeated-three-times',
    rule: 'I5',
    says: 'however often an order comes, it has one effect',
    given: one('500.00'),
    broken: { misdeed: 'executes-again' },
    run: async (stage) => {
      const freeze = freezeOrder(stage, 0, '120.00');
      const first = await stage.court.ask(freeze);
      for (let time = 0; time < 3; time++) equal('a later answer', substance(await stage.court.again(freeze)), substance(first));
      await effectsAre(stage, 0, ['freeze 120.00']);
    },
  },
  {
    name: 'repeated-with-another-sum',
    rule: 'dialect: 02',
    says: 'another sum under a known number is never executed, and the first stays',
    given: one('500.00'),
    alone: true,
    broken: { misdeed: 'executes-again' },
    run: async (stage) => {
      const freeze = freezeOrder(stage, 0, '100.00');
      figures(await stage.court.ask(freeze), { status: 'executed', covered: '100.00' });
      await notTaken(stage, { ...freeze, lines: [freezeLine(stage, 0, '400.00')] }, '400.00');
      await effectsAre(stage, 0, ['freeze 100.00']);
    },
  },
  {
    name: 'repeated-as-another-action',
    rule: 'dialect: 02',
    says: 'another action under a known number is never executed',
    given: one('500.00'),
    abilities: ['release', 'deduct'],
    alone: true,
    broken: { misdeed: 'executes-again' },
    run: async (stage) => {
      const freeze = await frozen(stage, 0, '200.00');
      const release = releaseOrder(stage, freeze, '100.00');
      figures(await stage.court.ask(release), { status: 'executed' });
      await notTaken(stage, { ...deductOrder(stage, freeze, '100.00'), orderNumber: release.orderNumber }, '400.00');
      await effectsAre(stage, 0, ['freeze 200.00', 'release 100.00']);
    },
  },
  {
    name: 'repeated-freeze-frozen-once',
    rule: 'R17',
    says: 'two orders of the same content under two numbers are two freezes in their rank',
    given: one('500.00'),
    broken: { misdeed: 'wrong-rank' },
    run: async (stage) => {
      figures(await stage.court.ask(freezeOrder(stage, 0, '100.00')), { status: 'executed', rank: 1 });
      const second = figures(await stage.court.ask(freezeOrder(stage, 0, '100.00')), { status: 'executed', rank: 2 });
      equal('covered', second.covered, cny('100.00'));
    },
  },
];
