import type { ConformanceCase, GivenAccount, Stage } from '../case.js';
import { equal, holdingOf, inquiryOf, must } from '../expect.js';
import { accountOf, current, effectsAre, freezeOrder, inquire } from '../steps.js';

const WIRE = ['push', 'pull', 'file'] as const;
const LARGEST = '99999999999.99';

/** What an inquiry must say of the debtor's first account. */
function says(
  name: string,
  rule: string,
  sentence: string,
  account: GivenAccount,
  members: Readonly<Record<string, unknown>>,
  misdeed: string,
): ConformanceCase {
  return {
    name,
    rule,
    says: sentence,
    given: { accounts: [account] },
    broken: { misdeed },
    run: async (stage) => {
      const holding = holdingOf(await inquire(stage), accountOf(stage, 0));
      const found = holding as unknown as Readonly<Record<string, unknown>>;
      for (const [member, value] of Object.entries(members)) equal(member, found[member], value);
    },
  };
}

const cny = (amount: string) => ({ amount, currency: 'CNY' });
const HELD = { authority: '武汉市江岸区人民法院', document: '(2025)鄂0102执保88号', amount: '60000.00', until: '2099-09-01' };

async function accountsListed(stage: Stage, expected: readonly string[]): Promise<void> {
  const { result, holdings } = inquiryOf(await inquire(stage));
  equal('result', result, 'found');
  equal('accounts', holdings.map(({ account }) => account).sort(), [...expected].sort());
}

export const INQUIRING: readonly ConformanceCase[] = [
  says(
    'inquiry-balance-and-available',
    'R11',
    'an inquiry states balance and available of an account to the fen',
    current('62310.45'),
    { balance: cny('62310.45'), available: cny('62310.45') },
    'wrong-balance',
  ),
  says(
    'inquiry-available-below-balance',
    'R17',
    'what another authority holds is not available',
    current('100000.00', { held: [HELD] }),
    { balance: cny('100000.00'), available: cny('40000.00') },
    'wrong-available',
  ),
  says(
    'inquiry-prior-measure',
    'R26',
    'a measure in force is listed with authority, document, amount and end',
    current('100000.00', { held: [HELD] }),
    {
      priorMeasures: [{ authority: HELD.authority, document: HELD.document, amount: cny(HELD.amount), until: HELD.until }],
    },
    'hides-prior-measures',
  ),
  says(
    'inquiry-priority-right',
    'R24',
    'a right of priority is listed with its kind, holder and amount',
    current('5000.00', { priorityRights: [{ type: 'pledge', holder: '某银行汉阳支行', amount: cny('5000.00') }] }),
    { priorityRights: [{ type: 'pledge', holder: '某银行汉阳支行', amount: cny('5000.00') }] },
    'hides-priority-rights',
  ),
  says(
    'inquiry-closed-account',
    'dialect: accounts',
    'a closed account is listed as closed',
    { kind: 'closed', balance: '0.00' },
    { state: 'closed', balance: cny('0.00') },
    'wrong-state',
  ),
  says(
    'inquiry-account-kind',
    'dialect: accounts',
    'the kind of an account is stated',
    { kind: 'savings', balance: '12.30' },
    { kind: 'savings' },
    'wrong-kind',
  ),
  says(
    'inquiry-wealth-product',
    'R34',
    'a wealth product states shares and price, and is worth their product',
    { kind: 'wealth-product', balance: '80984.00', shares: '80000', unitPrice: '1.0123', productNumber: 'LC-2026-01' },
    { balance: cny('80984.00'), asset: { productNumber: 'LC-2026-01', shares: '80000', unitPrice: '1.0123' } },
    'hides-asset',
  ),
  says(
    'inquiry-foreign-currency',
    'I10',
    'an account in another currency is stated in that currency',
    current('1500.25', { currency: 'USD' }),
    { currency: 'USD', balance: { amount: '1500.25', currency: 'USD' } },
    'wrong-balance',
  ),
  says('inquiry-empty-account', 'I10', 'an account without money says 0.00', current('0.00'), { balance: cny('0.00') }, 'wrong-balance'),
  says('inquiry-one-fen', 'I10', 'the smallest sum is stated exactly', current('0.01'), { balance: cny('0.01') }, 'wrong-balance'),
  says('inquiry-largest-sum', 'I10', 'the largest sum is stated exactly', current(LARGEST), { balance: cny(LARGEST) }, 'wrong-balance'),
  {
    name: 'inquiry-restricted-account',
    rule: 'R24',
    says: 'a restricted account is flagged, with the code that was agreed on',
    given: { accounts: [{ kind: 'wages', balance: '5120.33', restriction: { code: 'migrant-workers-wages' } }] },
    broken: { misdeed: 'hides-restriction' },
    run: async (stage) => {
      const { restriction } = holdingOf(await inquire(stage), accountOf(stage, 0));
      equal('restriction', restriction?.code, 'migrant-workers-wages');
    },
  },
  {
    name: 'inquiry-several-accounts',
    rule: 'R11',
    says: 'every account of the debtor is listed, once',
    given: { accounts: [current('10.00'), current('20.00'), { kind: 'savings', balance: '30.00' }] },
    broken: { misdeed: 'hides-account' },
    run: (stage) => accountsListed(stage, stage.accounts),
  },
  {
    name: 'inquiry-of-the-debtor-alone',
    rule: 'R6',
    says: 'no account of anybody else is listed',
    given: { accounts: [current('10.00')], others: [current('20.00')] },
    broken: { misdeed: 'finds-somebody' },
    run: (stage) => accountsListed(stage, stage.accounts.slice(0, 1)),
  },
  {
    name: 'inquiry-nothing-found',
    rule: 'R27',
    says: 'that there is no account is said, not left out',
    given: { accounts: [] },
    broken: { misdeed: 'finds-somebody' },
    run: async (stage) => {
      const { result, holdings } = inquiryOf(await inquire(stage));
      equal('result', result, 'no-account');
      equal('holdings', holdings.length, 0);
    },
  },
  {
    name: 'inquiry-name-mismatch',
    rule: 'R6',
    says: 'a number that is known under another name gives no account away',
    given: { accounts: [current('10.00')] },
    broken: { misdeed: 'finds-somebody' },
    run: async (stage) => {
      const { result, holdings } = inquiryOf(await inquire(stage, { debtor: { ...stage.debtor, name: '陈致远' } }));
      must(result !== 'found' && holdings.length === 0, `somebody of another name was found: ${result}`);
    },
  },
  {
    name: 'inquiry-id-type-mismatch',
    rule: 'R6',
    says: 'a number that is known as another kind of paper gives no account away',
    given: { accounts: [current('10.00')] },
    broken: { misdeed: 'finds-somebody' },
    run: async (stage) => {
      const { result, holdings } = inquiryOf(await inquire(stage, { debtor: { ...stage.debtor, idType: '03' } }));
      must(result !== 'found' && holdings.length === 0, `somebody with another paper was found: ${result}`);
    },
  },
  {
    name: 'inquiry-organisation',
    rule: 'R6',
    says: 'an organisation is found by name and code',
    given: { name: '武汉某建材有限公司', kind: 'organisation', idType: '20', accounts: [current('88.00')] },
    broken: { misdeed: 'finds-nothing' },
    run: (stage) => accountsListed(stage, stage.accounts),
  },
  {
    name: 'inquiry-changes-nothing',
    rule: 'R6',
    says: 'an inquiry leaves balance and available as they were',
    given: { accounts: [current('500.00')] },
    broken: { misdeed: 'wrong-available' },
    run: async (stage) => {
      await inquire(stage);
      equal('available', holdingOf(await inquire(stage), accountOf(stage, 0)).available, cny('500.00'));
      await effectsAre(stage, 0, []);
    },
  },
  {
    name: 'inquiry-own-freeze',
    rule: 'I16',
    says: "the court's own freezes are listed with the bank's present figures",
    given: { accounts: [current('300.00')] },
    deliveries: WIRE,
    broken: { misdeed: 'hides-measures' },
    run: async (stage) => {
      const freeze = freezeOrder(stage, 0, '500.00');
      await stage.court.ask(freeze);
      const { measures = [] } = holdingOf(await inquire(stage), accountOf(stage, 0));
      const own = measures.find(({ orderNumber }) => orderNumber === freeze.orderNumber);
      must(own !== undefined, 'the own freeze is not listed');
      equal('figures', [own.limit, own.covered, own.uncovered], [cny('500.00'), cny('300.00'), cny('200.00')]);
    },
  },
  {
    name: 'inquiry-transactions',
    rule: 'dialect: transactions',
    says: 'bookings of the asked days are listed with direction, amount and serial',
    given: { accounts: [current('700.00')] },
    deliveries: WIRE,
    abilities: ['transactions'],
    broken: { misdeed: 'hides-transactions' },
    run: async (stage) => {
      const today = stage.today();
      const { transactions = [] } = holdingOf(await inquire(stage, { transactions: { from: today, to: today } }), accountOf(stage, 0));
      const [booking] = transactions;
      must(booking !== undefined, 'no booking is listed');
      equal('booking', [booking.direction, booking.amount], ['credit', cny('700.00')]);
    },
  },
  {
    name: 'inquiry-at-each-legal-person',
    rule: 'dialect: legal persons',
    says: 'a legal person of a union answers for its own accounts alone',
    given: { accounts: [current('10.00'), current('20.00', { legalPerson: 1 })] },
    needs: ['legal-persons'],
    broken: { misdeed: 'finds-somebody' },
    run: async (stage) => {
      for (const [at, person] of stage.profile.legalPersons.slice(0, 2).entries()) {
        const { holdings } = inquiryOf(await inquire(stage, { legalPerson: person.code }));
        equal(
          `accounts of ${person.code}`,
          holdings.map(({ account }) => account),
          [accountOf(stage, at)],
        );
      }
    },
  },
];
