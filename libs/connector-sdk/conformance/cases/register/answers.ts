import type { HoldingLine } from '#contracts';
import type { ConformanceCase, Stage } from '../../case.js';
import { equal, holdingOf, inquiryOf, must, rollbackOf } from '../../expect.js';
import { accountOf, cny, current, inquire } from '../../steps.js';

/** A rare answer that is right, and what it means. */
function meant(deed: string, rule: string, says: string, run: (stage: Stage) => Promise<void>): ConformanceCase {
  return {
    name: `register-${deed}`,
    rule,
    says,
    given: { accounts: [current('500.00')] },
    deliveries: ['push'],
    needs: ['register', 'simulator'],
    bank: { register: deed },
    broken: { misdeed: 'finds-somebody' },
    run,
  };
}

const nothing = async (stage: Stage): Promise<void> => {
  const { result, holdings } = inquiryOf(await inquire(stage));
  equal('result', [result, holdings.length], ['no-account', 0]);
};

const theOne = async (stage: Stage): Promise<HoldingLine> => {
  const { holdings } = inquiryOf(await inquire(stage));
  const [holding] = holdings;
  must(holding !== undefined && holdings.length === 1, `${holdings.length} accounts are told`);
  return holding;
};

export const REGISTER_ANSWERS: readonly ConformanceCase[] = [
  {
    name: 'register-nothing-is-available',
    rule: 'I16',
    says: 'the message has no word for what is free, so nothing of a balance is counted on',
    given: { accounts: [current('500.00')] },
    deliveries: ['push'],
    needs: ['register'],
    broken: { misdeed: 'wrong-balance' },
    run: async (stage) => {
      const { balance, available, restriction } = holdingOf(await inquire(stage), accountOf(stage, 0));
      equal('figures', [balance, available], [cny('500.00'), cny('0.00')]);
      equal('restriction', [restriction?.code, restriction?.freeze, restriction?.deduct], ['availability-not-stated', 'no', 'no']);
    },
  },
  {
    name: 'register-signature-of-the-bank',
    rule: 'I11',
    says: "an answer carries the bank's own signature",
    given: { accounts: [current('500.00')] },
    deliveries: ['push'],
    needs: ['register'],
    alone: true,
    broken: { front: { garbleAnswer: 1 } },
    run: async (stage) => equal('signature', (await inquire(stage)).answers[0]?.original.signature, 'valid'),
  },
  meant('not-answered', 'dialect: Answer', 'a question that is not answered comes back with what the register says', async (stage) => {
    const { code, note } = rollbackOf(await inquire(stage));
    equal('code', code, '09');
    must(note.includes('需提供补充材料'), `the note is ${note}`);
  }),
  meant('user-and-no-owner', 'R25', 'who may only use an account has no property in it', nothing),
  meant('owner-no-longer', 'R25', 'nor has one whose ownership is over', nothing),
  meant('debt', 'dialect: Codes', 'a debt is no property', nothing),
  meant('indicator-twice-empty', 'dialect: Answer', 'nothing found in two places is nothing', nothing),
  meant('number-as-iban', 'dialect: Codes', 'an account is known by its IBAN where it has one', async (stage) =>
    equal('account', (await theOne(stage)).account, 'FI2447066587000379'),
  ),
  meant('state-left-out', 'dialect: Codes', 'a state that is left out is not known, and not "in use"', async (stage) =>
    equal('state', (await theOne(stage)).state, 'other'),
  ),
  meant('kind-left-out', 'dialect: Codes', 'a kind that is left out is not known', async (stage) =>
    equal('kind', (await theOne(stage)).kind, 'unknown'),
  ),
  meant('balance-left-out', 'I16', 'a balance that is left out is said not to be one', async (stage) => {
    const { balance, restriction } = await theOne(stage);
    equal('balance', balance, cny('0.00'));
    must(restriction?.basis?.includes('未反馈余额') === true, `the restriction says ${restriction?.basis ?? 'nothing'}`);
  }),
  meant('clients-money', 'R24', "a lawyer's account of clients' money is held to be trust property", async (stage) =>
    equal('restriction', (await theOne(stage)).restriction?.code, 'trust-property'),
  ),
  meant('two-supplements', 'dialect: Answer', 'accounts of two supplements are read as one answer', async (stage) => {
    const { holdings } = inquiryOf(await inquire(stage));
    equal('accounts', holdings.map(({ account }) => account).sort(), [accountOf(stage, 0), '6221000000000001'].sort());
  }),
  meant('boxes-with-nothing', 'dialect: Answer', 'that there is no box changes nothing about accounts', async (stage) =>
    equal('account', (await theOne(stage)).account, accountOf(stage, 0)),
  ),
  meant('accounts-many', 'I14', 'an answer of 500 accounts is taken whole', async (stage) =>
    equal('accounts', inquiryOf(await inquire(stage)).holdings.length, 500),
  ),
];
