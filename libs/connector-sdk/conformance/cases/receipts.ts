import type { ConformanceCase, Stage } from '../case.js';
import { equal, figures, isInDoubt, must } from '../expect.js';
import { current, freezeOrder } from '../steps.js';

/** Dialects whose answers carry receipts; realtime-json has none, and at a desk a clerk uploads them. */
const WITH_RECEIPTS = ['pull', 'file'] as const;
const RIGHT = { misdeed: 'gives-receipt' } as const;
const WRONG = { misdeed: 'wrong-receipt' } as const;

const receipts = { given: { accounts: [current('500.00')] }, deliveries: WITH_RECEIPTS, needs: ['simulator'] as const };
const asked = (stage: Stage) => stage.court.ask(freezeOrder(stage, 0, '200.00'));

export const RECEIPTS: readonly ConformanceCase[] = [
  {
    ...receipts,
    name: 'receipt-of-a-freeze',
    rule: 'R26',
    says: "the bank's sealed receipt comes to the court with the answer",
    bank: RIGHT,
    broken: WRONG,
    run: async (stage) => {
      const told = await asked(stage);
      figures(told, { status: 'executed', limit: '200.00' });
      equal('receipts', told.answers[0]?.receipts.length, 1);
    },
  },
  {
    ...receipts,
    name: 'receipt-of-another-sum',
    rule: 'I6',
    says: 'an answer whose receipt tells another sum is undetermined',
    bank: WRONG,
    broken: RIGHT,
    run: async (stage) => must(isInDoubt(await asked(stage)), 'an answer counted beside a receipt of another sum'),
  },
];
