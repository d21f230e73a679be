import type { OrderDispatched } from '#contracts';
import type { ConformanceCase, Stage, Told } from '../case.js';
import { equal, inquiryOf, must, rollbackOf } from '../expect.js';
import { current, effectsAre, freezeOrder } from '../steps.js';

/** The order was given back for this reason, or our own side could not even say it; either way nothing was done. */
async function givenBack(stage: Stage, told: Told, codes: readonly string[]): Promise<void> {
  const withdrawn = told.events.find(({ event }) => event === 'withdrawn');
  if (!withdrawn) {
    const { code } = rollbackOf(told);
    must(codes.includes(code), `given back with ${code}, expected ${codes.join(' or ')}`);
  }
  await effectsAre(stage, 0, []);
}

function incomplete(
  name: string,
  rule: string,
  says: string,
  codes: readonly string[],
  over: (order: OrderDispatched) => Partial<OrderDispatched>,
): ConformanceCase {
  return {
    name,
    rule,
    says,
    given: { accounts: [current('500.00')] },
    broken: { misdeed: 'wrong-rollback' },
    run: async (stage) => {
      const order = freezeOrder(stage, 0, '100.00');
      await givenBack(stage, await stage.court.ask({ ...order, ...over(order) }), codes);
    },
  };
}

const withoutKind = (order: OrderDispatched, kind: 'work' | 'duty'): Partial<OrderDispatched> => ({
  officer: { ...order.officer, credentials: order.officer.credentials.filter((one) => one.kind !== kind) },
});

export const DOCUMENTS: readonly ConformanceCase[] = [
  incomplete('papers-none', 'R4', 'a freeze without any document is given back with 0403', ['0403'], () => ({ documents: [] })),
  incomplete('papers-without-ruling', 'R4', 'a freeze without its ruling is given back with 0403', ['0403'], ({ documents }) => ({
    documents: documents.filter(({ type }) => type !== 'freeze-ruling'),
  })),
  incomplete('papers-without-notice', 'R4', 'a freeze without its notice is given back with 0403', ['0403'], ({ documents }) => ({
    documents: documents.filter(({ type }) => type !== 'freeze-notice'),
  })),
  incomplete('papers-of-another-action', 'R4', 'the documents of a release do not carry a freeze', ['0403'], ({ documents }) => ({
    documents: documents.map((one) => ({ ...one, type: one.type.replace('freeze', 'release') })),
  })),
  incomplete('papers-without-work-id', 'R2', "an order without the officer's work id is given back with 0402", ['0402'], (order) =>
    withoutKind(order, 'work'),
  ),
  incomplete('papers-without-duty-id', 'R2', "an order without the officer's duty id is given back with 0402", ['0402'], (order) =>
    withoutKind(order, 'duty'),
  ),
  {
    name: 'papers-without-id-number',
    rule: 'dialect: 0401',
    says: 'an order without the number of the debtor is given back with 0401',
    given: { accounts: [current('500.00')] },
    idNumbers: [''],
    broken: { misdeed: 'wrong-rollback' },
    run: async (stage) => {
      const order = freezeOrder(stage, 0, '100.00');
      await givenBack(stage, await stage.court.ask({ ...order, debtor: { ...stage.debtor, idNumber: '' } }), ['0401']);
    },
  },
  {
    name: 'papers-of-an-inquiry',
    rule: 'R4',
    says: 'an inquiry without its notice is given back with 0403, one with it is answered',
    given: { accounts: [current('500.00')] },
    broken: { misdeed: 'finds-nothing' },
    run: async (stage) => {
      await givenBack(stage, await stage.court.ask(stage.order('inquire', { documents: [] })), ['0403']);
      equal('result', inquiryOf(await stage.court.ask(stage.order('inquire'))).result, 'found');
    },
  },
  {
    name: 'papers-corrected',
    rule: 'R4',
    says: 'what was given back can be asked again under a new number',
    given: { accounts: [current('500.00')] },
    broken: { misdeed: 'wrong-limit' },
    run: async (stage) => {
      await givenBack(stage, await stage.court.ask({ ...freezeOrder(stage, 0, '100.00'), documents: [] }), ['0403']);
      const told = await stage.court.ask(freezeOrder(stage, 0, '100.00'));
      equal('limit', told.answers[0]?.control?.lines[0]?.limit?.amount, '100.00');
    },
  },
];

/** Every code with which a bank may give an order back. */
const CODES = ['01', '02', '03', '04', '0401', '0402', '0403', '0404', '05', '06', '09'];

export const ROLLBACKS: readonly ConformanceCase[] = CODES.map((code) => ({
  name: `rollback-${code}`,
  rule: 'dialect: rollback',
  says: `a rollback ${code} reaches the court with its code and note, and nothing has been done`,
  given: { accounts: [current('500.00')] },
  needs: ['simulator'],
  bank: { rejectWith: code },
  // A bank that does not give back what it must.
  broken: code === '09' ? { rejectWith: '04' } : { rejectWith: code, misdeed: 'rolls-back' },
  run: async (stage) => {
    const rollback = rollbackOf(await stage.court.ask(freezeOrder(stage, 0, '100.00')));
    equal('code', rollback.code, code);
    must(rollback.note !== '', 'the rollback has no note');
    await effectsAre(stage, 0, []);
  },
}));
