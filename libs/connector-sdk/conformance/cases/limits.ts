import type { ConformanceCase } from '../case.js';
import { equal, figures, holdingOf, inquiryOf } from '../expect.js';
import { accountOf, cny, current, freezeLine, freezeOrder, inquire } from '../steps.js';

const LINES = 30;
const ACCOUNTS = 100;
const AT_ONCE = 20;

export const LIMITS: readonly ConformanceCase[] = [
  {
    name: 'limit-thirty-lines',
    rule: 'dialect: lines',
    says: `an order with ${LINES} lines is answered line by line`,
    given: { accounts: Array.from({ length: LINES }, () => current('5.00')) },
    broken: { misdeed: 'hides-line' },
    run: async (stage) => {
      const lines = stage.accounts.map((_, at) => freezeLine(stage, at, '5.00', { seq: at + 1 }));
      const told = await stage.court.ask(stage.order('freeze', { lines }));
      for (const { seq } of lines) figures(told, { status: 'executed', covered: '5.00' }, seq);
    },
  },
  {
    name: 'limit-hundred-accounts',
    rule: 'I14',
    says: `a debtor with ${ACCOUNTS} accounts is answered with all of them`,
    given: { accounts: Array.from({ length: ACCOUNTS }, () => current('0.50')) },
    broken: { misdeed: 'hides-account' },
    run: async (stage) => equal('accounts', inquiryOf(await inquire(stage)).holdings.length, ACCOUNTS),
  },
  {
    name: 'limit-longest-order-number',
    rule: 'dialect: BDHM',
    says: 'an order number of thirty characters is taken and comes back whole',
    given: { accounts: [current('5.00')] },
    broken: { misdeed: 'wrong-limit' },
    run: async (stage) => {
      const order = freezeOrder(stage, 0, '5.00');
      figures(await stage.court.ask({ ...order, orderNumber: order.orderNumber.padEnd(30, '7') }), { status: 'executed', limit: '5.00' });
    },
  },
  {
    name: 'limit-many-at-once',
    rule: 'I15',
    says: `${AT_ONCE} orders that come at once are each answered with their own figures`,
    given: { accounts: Array.from({ length: AT_ONCE }, (_, at) => current(`${at + 1}.00`)) },
    broken: { misdeed: 'wrong-limit' },
    run: async (stage) => {
      await Promise.all(
        stage.accounts.map(async (_, at) => {
          const amount = `${at + 1}.00`;
          figures(await stage.court.ask(freezeOrder(stage, at, amount)), { status: 'executed', limit: amount, covered: amount });
        }),
      );
    },
  },
  {
    name: 'limit-two-decimals',
    rule: 'I10',
    says: 'sums that a float cannot hold come back to the fen',
    given: { accounts: [current('90071992547.93')] },
    broken: { misdeed: 'wrong-balance' },
    run: async (stage) => {
      equal('balance', holdingOf(await inquire(stage), accountOf(stage, 0)).balance, cny('90071992547.93'));
      figures(await stage.court.ask(freezeOrder(stage, 0, '90071992547.93')), { status: 'executed', covered: '90071992547.93' });
    },
  },
  {
    name: 'limit-long-texts',
    rule: 'I14',
    says: 'a document of a very long title does not stop an order',
    given: { accounts: [current('5.00')] },
    broken: { misdeed: 'wrong-limit' },
    run: async (stage) => {
      const order = freezeOrder(stage, 0, '5.00');
      const documents = order.documents.map((one) => ({ ...one, title: '协助执行通知书'.repeat(14), number: '(2026)鄂0106执1234号之一' }));
      figures(await stage.court.ask({ ...order, documents }), { status: 'executed', limit: '5.00' });
    },
  },
];
