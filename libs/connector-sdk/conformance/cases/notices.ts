import type { BankNotified } from '#contracts';
import type { ConformanceCase, Stage } from '../case.js';
import { equal, holdingOf, must } from '../expect.js';
import { accountOf, cny, COURT_ACCOUNT, current, deductOrder, freezeOrder, frozen, inquire, releaseOrder } from '../steps.js';

const DAY_MS = 86_400_000;

async function noticeOf(stage: Stage, orderNumber: string, kind: BankNotified['kind']): Promise<BankNotified> {
  const notices = await stage.court.notices(orderNumber, (heard) => heard.some((one) => one.kind === kind));
  const found = notices.find((one) => one.kind === kind);
  must(found !== undefined, `no notice ${kind} came; heard: ${notices.map((one) => one.kind).join(', ') || 'none'}`);
  equal('signature of the notice', found.original.signature, 'valid');
  return found;
}

const noticed = (name: string, rule: string, says: string, balance: string, run: (stage: Stage) => Promise<void>): ConformanceCase => ({
  name,
  rule,
  says,
  given: { accounts: [current(balance)] },
  needs: ['simulator', 'notices'],
  broken: { misdeed: 'rolls-back' },
  run,
});

export const NOTICES: readonly ConformanceCase[] = [
  {
    name: 'inflow-is-caught',
    rule: 'I16',
    says: 'money that comes in under an uncovered freeze is covered, and an inquiry says so',
    given: { accounts: [current('100.00')] },
    needs: ['simulator'],
    broken: { misdeed: 'wrong-available' },
    run: async (stage) => {
      await stage.court.ask(freezeOrder(stage, 0, '250.00'));
      await stage.bank.credit(accountOf(stage, 0), '200.00');
      const { balance, available } = holdingOf(await inquire(stage), accountOf(stage, 0));
      equal('balance and available', [balance, available], [cny('300.00'), cny('50.00')]);
    },
  },
  noticed('notice-of-inflow', 'I16', 'the bank tells unasked that more is covered', '100.00', async (stage) => {
    const freeze = await frozen(stage, 0, '250.00');
    await stage.bank.credit(accountOf(stage, 0), '200.00');
    const { covered, uncovered } = await noticeOf(stage, freeze.orderNumber, 'coverage');
    equal('covered and uncovered', [covered, uncovered], [cny('250.00'), cny('0.00')]);
  }),
  {
    ...noticed('notice-of-promotion', 'R17', 'the bank tells unasked that a waiting freeze took effect', '100.00', async (stage) => {
      const first = await frozen(stage, 0, '100.00');
      const second = await frozen(stage, 0, '80.00');
      await stage.court.ask(releaseOrder(stage, first, '0.00'));
      equal('covered', (await noticeOf(stage, second.orderNumber, 'promoted')).covered, cny('80.00'));
    }),
    abilities: ['release'],
  },
  {
    ...noticed(
      'notice-of-the-credit',
      'R20',
      'the bank tells unasked that money sent to another bank has arrived',
      '100.00',
      async (stage) => {
        const freeze = await frozen(stage, 0, '100.00');
        const courtAccount = { ...COURT_ACCOUNT, bankNumber: '999999999999' };
        const deduct = deductOrder(stage, freeze, '100.00', { courtAccount });
        await stage.court.ask(deduct);
        await stage.passTime(DAY_MS);
        equal('amount', (await noticeOf(stage, deduct.orderNumber, 'credited')).amount, cny('100.00'));
      },
    ),
    abilities: ['deduct'],
    alone: true,
  },
  {
    ...noticed('notice-of-the-end', 'R14', 'the bank tells unasked that a freeze has lapsed', '100.00', async (stage) => {
      const freeze = await frozen(stage, 0, '60.00', { to: stage.today() });
      await stage.passTime(DAY_MS);
      equal('covered', (await noticeOf(stage, freeze.orderNumber, 'lapsed')).covered, cny('0.00'));
    }),
    alone: true,
  },
  {
    name: 'lapse-frees',
    rule: 'R14',
    says: 'a freeze that was not renewed ends with its last day and frees what it covered',
    given: { accounts: [current('100.00')] },
    needs: ['simulator'],
    alone: true,
    broken: { misdeed: 'wrong-available' },
    run: async (stage) => {
      await frozen(stage, 0, '60.00', { to: stage.today() });
      equal('available before', holdingOf(await inquire(stage), accountOf(stage, 0)).available, cny('40.00'));
      await stage.passTime(DAY_MS);
      equal('available after', holdingOf(await inquire(stage), accountOf(stage, 0)).available, cny('100.00'));
    },
  },
];
