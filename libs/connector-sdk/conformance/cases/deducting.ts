import type { ConformanceCase, Given, Stage } from '../case.js';
import { equal, figures, lineOf, must, refusedFor, rollbackOf } from '../expect.js';
import { cny, COURT_ACCOUNT, current, deductOrder, effectsAre, freezeOrder, frozen, laterOrder, releaseOrder } from '../steps.js';

const deduct = (
  name: string,
  rule: string,
  says: string,
  given: Given,
  misdeed: string,
  run: (stage: Stage) => Promise<void>,
): ConformanceCase => ({ name, rule, says, given, abilities: ['deduct'], broken: { misdeed }, run });

const one = (balance: string): Given => ({ accounts: [current(balance)] });

export const DEDUCTING: readonly ConformanceCase[] = [
  deduct('deduct-whole', 'R20', 'the whole frozen sum moves, once', one('500.00'), 'wrong-moved', async (stage) => {
    const freeze = await frozen(stage, 0, '300.00');
    const told = await stage.court.ask(deductOrder(stage, freeze, '300.00'));
    equal('moved', figures(told, { status: 'executed', balance: '200.00' }).moved?.principal, cny('300.00'));
    await effectsAre(stage, 0, ['freeze 300.00', 'deduct 300.00']);
  }),
  {
    ...deduct(
      'deduct-part',
      'R18',
      'a part of what is frozen moves and the rest stays frozen',
      one('500.00'),
      'wrong-limit',
      async (stage) => {
        const freeze = await frozen(stage, 0, '300.00');
        const told = await stage.court.ask(deductOrder(stage, freeze, '120.00'));
        figures(told, { status: 'executed', limit: '180.00', covered: '180.00', balance: '380.00', available: '200.00' });
      },
    ),
    abilities: ['deduct', 'partialDeduct'],
  },
  deduct(
    'deduct-states-the-transfer',
    'R20',
    'serial, value date, channel and state of the transfer are stated',
    one('500.00'),
    'hides-moved',
    async (stage) => {
      const freeze = await frozen(stage, 0, '300.00');
      const { moved } = figures(await stage.court.ask(deductOrder(stage, freeze, '300.00')), { status: 'executed' });
      must(moved !== undefined, 'nothing is said of the transfer');
      must(moved.serial !== '' && moved.channel !== '' && moved.valueDate !== '', 'serial, channel or value date is empty');
    },
  ),
  deduct(
    'deduct-to-another-bank',
    'R20',
    'money to another bank is sent, not yet credited',
    one('500.00'),
    'wrong-transfer-state',
    async (stage) => {
      const freeze = await frozen(stage, 0, '300.00');
      const courtAccount = { ...COURT_ACCOUNT, bankName: '某外省银行', bankNumber: '999999999999' };
      const { moved } = figures(await stage.court.ask(deductOrder(stage, freeze, '300.00', { courtAccount })), { status: 'executed' });
      equal('state', moved?.state, 'sent');
    },
  ),
  deduct(
    'deduct-above-coverage',
    'I8',
    'more than the freeze covers is refused and nothing moves',
    one('200.00'),
    'wrong-reason',
    async (stage) => {
      const freeze = await frozen(stage, 0, '300.00');
      refusedFor(await stage.court.ask(deductOrder(stage, freeze, '250.00')), ['AMOUNT_OVER_FROZEN', 'INSUFFICIENT_FUNDS']);
      await effectsAre(stage, 0, ['freeze 300.00']);
    },
  ),
  deduct(
    'deduct-what-another-holds',
    'R17',
    'a freeze that waits pays nothing out',
    {
      accounts: [
        current('500.00', { held: [{ authority: '某区人民法院', document: '(2025)某执1号', amount: '500.00', until: '2099-09-01' }] }),
      ],
    },
    'wrong-reason',
    async (stage) => {
      const freeze = await frozen(stage, 0, '300.00');
      refusedFor(await stage.court.ask(deductOrder(stage, freeze, '300.00')), ['AMOUNT_OVER_FROZEN']);
      await effectsAre(stage, 0, ['freeze 300.00']);
    },
  ),
  deduct('deduct-without-freeze', 'R20', 'nothing is deducted that was not frozen before', one('500.00'), 'wrong-reason', async (stage) => {
    refusedFor(await stage.court.ask(deductOrder(stage, freezeOrder(stage, 0, '1.00'), '100.00')), ['ORIGINAL_FREEZE_NOT_FOUND']);
    await effectsAre(stage, 0, []);
  }),
  {
    ...deduct(
      'deduct-after-release',
      'R23',
      'nothing is deducted under a freeze that was released',
      one('500.00'),
      'wrong-reason',
      async (stage) => {
        const freeze = await frozen(stage, 0, '300.00');
        figures(await stage.court.ask(releaseOrder(stage, freeze, '0.00')), { status: 'executed' });
        refusedFor(await stage.court.ask(deductOrder(stage, freeze, '300.00')), ['ORIGINAL_FREEZE_NOT_FOUND']);
        await effectsAre(stage, 0, ['freeze 300.00', 'release 300.00']);
      },
    ),
    abilities: ['deduct', 'release'],
  },
  deduct('deduct-a-second-time', 'I5', 'an exhausted freeze pays no second new order', one('900.00'), 'wrong-reason', async (stage) => {
    const freeze = await frozen(stage, 0, '300.00');
    figures(await stage.court.ask(deductOrder(stage, freeze, '300.00')), { status: 'executed' });
    refusedFor(await stage.court.ask(deductOrder(stage, freeze, '300.00')), ['ORIGINAL_FREEZE_NOT_FOUND', 'AMOUNT_OVER_FROZEN']);
    await effectsAre(stage, 0, ['freeze 300.00', 'deduct 300.00']);
  }),
  {
    ...deduct(
      'deduct-leaves-the-next',
      'R17',
      'a deduct under the first freeze takes nothing from the second',
      one('500.00'),
      'wrong-limit',
      async (stage) => {
        const first = await frozen(stage, 0, '300.00');
        const second = await frozen(stage, 0, '150.00');
        figures(await stage.court.ask(deductOrder(stage, first, '300.00')), { status: 'executed' });
        figures(await stage.court.ask(deductOrder(stage, second, '50.00')), { status: 'executed', limit: '100.00', covered: '100.00' });
      },
    ),
    abilities: ['deduct', 'partialDeduct'],
  },
  deduct(
    'deduct-without-court-account',
    'R21',
    'a wrong court account rolls the whole back with 0404 before money moves',
    one('500.00'),
    'wrong-rollback',
    async (stage) => {
      const freeze = await frozen(stage, 0, '300.00');
      const courtAccount = { ...COURT_ACCOUNT, name: ' ', number: ' ' };
      equal('code', rollbackOf(await stage.court.ask(deductOrder(stage, freeze, '300.00', { courtAccount }))).code, '0404');
      await effectsAre(stage, 0, ['freeze 300.00']);
    },
  ),
  deduct(
    'deduct-acceptance-margin',
    'R24',
    'an acceptance margin is frozen and not deducted',
    { accounts: [{ kind: 'margin', balance: '900.00', restriction: { code: 'acceptance-margin' } }] },
    'accepts',
    async (stage) => {
      const freeze = await frozen(stage, 0, '300.00');
      refusedFor(await stage.court.ask(deductOrder(stage, freeze, '300.00')), ['EXEMPT_ACCOUNT']);
      await effectsAre(stage, 0, ['freeze 300.00']);
    },
  ),
  {
    ...deduct(
      'deduct-unredeemed-product',
      'P-8',
      'a product that is not cash yet is not deducted',
      { accounts: [{ kind: 'wealth-product', balance: '1000.00', shares: '1000', unitPrice: '1.00', productNumber: 'LC-2' }] },
      'wrong-reason',
      async (stage) => {
        const product = { kind: 'wealth-product', productNumber: 'LC-2' };
        const freeze = await frozen(stage, 0, '500.00', product);
        const order = laterOrder(stage, 'deduct', freeze, { ...product, amount: cny('500.00') }, { courtAccount: COURT_ACCOUNT });
        refusedFor(await stage.court.ask(order), ['INSUFFICIENT_FUNDS']);
      },
    ),
    abilities: ['deduct', 'wealthProducts'],
  },
  deduct('deduct-to-the-last-fen', 'I10', 'a deduct of everything leaves 0.00', one('66213.57'), 'wrong-balance', async (stage) => {
    const freeze = await frozen(stage, 0, '66213.57');
    const told = await stage.court.ask(deductOrder(stage, freeze, '66213.57'));
    equal('balance', lineOf(told).balance, cny('0.00'));
  }),
];
