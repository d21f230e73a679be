import { describe, expect, it } from '@jest/globals';
import { endOfLegalDate, parseAmount } from '#kernel';
import { line, lines, never, told } from '../testing/executed-lines.js';
import { bookWith, DEBTOR, entry, freeze, IDENTITY, NOON, order } from '../testing/sample-bank.js';
import { accountView } from './customers.js';
import { fallDue } from './falling-due.js';
import { credit } from './inflow.js';
import { receiveOrder } from './receive-order.js';

const money = (text: string) => parseAmount(text);

describe('inquiry', () => {
  const book = bookWith([
    entry('0011', '62310.45', {
      held: [{ authority: '江岸区法院', document: '(2025)鄂0102执保88号', amount: money('60000'), until: '2026-09-01' }],
    }),
    entry('0022', '0', { kind: 'closed' }),
  ]);

  it.each([
    ['all three agree', {}, 'found', 2],
    ['blanks and case of the number do not count', { idNumber: '420106190001010019 ' }, 'found', 2],
    ['another name', { name: '陈志' }, 'identity-mismatch', 0],
    ['another kind of id', { idType: '03' }, 'identity-mismatch', 0],
    ['an unknown number', { idNumber: '1' }, 'no-account', 0],
  ])('%s', (_, subject, result, count) => {
    const answer = receiveOrder(book, order('inquire', [], { subject: { ...DEBTOR, ...subject } }), NOON, never);
    expect(answer).toMatchObject({ kind: 'inquiry', result });
    expect(answer.kind === 'inquiry' && answer.accounts.length).toBe(count);
  });

  it('reports what other authorities hold, and closed accounts too', () => {
    const answer = receiveOrder(book, order('inquire', []), NOON, never);
    expect(answer).toMatchObject({
      accounts: [
        {
          account: '0011',
          balance: '62310.45',
          available: '2310.45',
          priorMeasures: [{ authority: '江岸区法院', amount: '60000.00', until: '2026-09-01' }],
        },
        { account: '0022', kind: 'closed', state: 'closed', balance: '0.00' },
      ],
    });
  });

  it('is one journal row, without account and amount, also when nothing was found', () => {
    const empty = bookWith([]);
    receiveOrder(empty, order('inquire', []), NOON, never);
    expect(empty.changes.journal).toEqual([expect.objectContaining({ seq: 1, action: 'inquire', line: 0 })]);
    expect(empty.changes.journal[0]).not.toHaveProperty('amount');
  });

  it('reaches only the accounts of the legal person that was asked', () => {
    const union = { ...IDENTITY, legalPersons: ['a', 'b'] };
    const ours = bookWith([entry('1', '1', { legalPerson: 'a' }), entry('2', '2', { legalPerson: 'b' }), entry('3', '3')], union);
    const asked = (legalPerson: string) => receiveOrder(ours, order('inquire', [], { legalPerson }), NOON, never);
    expect(asked('a')).toMatchObject({ accounts: [{ account: '1' }, { account: '3' }] });
    expect(asked('b')).toMatchObject({ accounts: [{ account: '2' }] });
    expect(line(ours, { ...freeze('2', '1'), legalPerson: 'a' }).reason?.code).toBe('NO_ACCOUNT');
  });

  it('lists the bookings of the days that were asked for', () => {
    const active = bookWith([entry('1', '100')]);
    credit(active, '1', money('5'), NOON + 1);
    const asked = (from: string, to: string) => receiveOrder(active, order('inquire', [], { transactions: { from, to } }), NOON + 2, never);
    expect(asked('2026-03-10', '2026-03-10')).toMatchObject({
      accounts: [
        { transactions: [{ amount: '100.00' }, { direction: 'in', amount: '5.00', balance: '105.00', serial: '20260310M00000002' }] },
      ],
    });
    expect(asked('2026-03-11', '2026-03-12')).toMatchObject({ accounts: [{ transactions: [] }] });
  });
});

describe('freeze', () => {
  it('covers what is there, catches what comes in, and tells so', () => {
    const book = bookWith([entry('0011', '62310.45')]);
    expect(line(book, freeze('0011', '66213.50'))).toMatchObject({
      status: 'executed',
      limit: '66213.50',
      covered: '62310.45',
      uncovered: '3903.05',
      rank: 1,
      available: '0.00',
    });
    credit(book, '0011', money('10000'), NOON);
    expect(told(book)).toEqual(['coverage 66213.50/66213.50']);
    expect(accountView(book, book.account('0011')).available.amount).toBe('6096.95');
  });

  it('takes free money above an earlier measure without waiting', () => {
    const held = [{ authority: '江岸区法院', document: '88号', amount: money('60000'), until: '2026-09-01' }];
    const book = bookWith([entry('7755', '100000', { held })]);
    expect(line(book, freeze('7755', '40000'))).toMatchObject({
      covered: '40000.00',
      rank: 2,
      waiting: false,
      priorMeasures: [{ amount: '60000.00' }],
    });
    expect(line(book, freeze('7755', '1'))).toMatchObject({ status: 'executed', covered: '0.00', rank: 3, waiting: true });
  });

  it('controls nothing where somebody has a right of priority', () => {
    const book = bookWith([entry('1', '100', { priorityRights: [{ type: 'pledge', holder: '本行' }] })]);
    expect(line(book, freeze('1', '80'))).toMatchObject({ status: 'executed', covered: '0.00', uncovered: '80.00' });
  });

  it('of the whole account takes everything that is left and everything that comes', () => {
    const book = bookWith([entry('1', '100')]);
    expect(line(book, freeze('1', '10', { scope: 'account' }))).toMatchObject({ covered: '100.00', available: '0.00' });
    credit(book, '1', money('50'), NOON);
    expect(accountView(book, book.account('1'))).toMatchObject({
      available: { amount: '0.00' },
      freezes: [{ covered: { amount: '150.00' } }],
    });
  });

  it.each([
    ['unknown account', 'x', {}, 'NO_ACCOUNT'],
    ['closed account', 'closed', {}, 'ACCOUNT_CLOSED'],
    ['flagged account', 'wages', {}, 'EXEMPT_ACCOUNT'],
    ['no amount', '1', { amount: 0n }, 'FORMAT'],
    ['no last day', '1', { to: undefined }, 'FORMAT'],
    ['ended term', '1', { from: undefined, to: '2026-03-09' }, 'FREEZE_EXPIRED'],
    ['another currency', '1', { currency: 'USD' }, 'FORMAT'],
  ])('refuses: %s', (_, account, more, code) => {
    const book = bookWith([
      entry('1', '100'),
      entry('closed', '0', { kind: 'closed' }),
      entry('wages', '9', { restriction: 'migrant-workers-wages' }),
    ]);
    expect(line(book, freeze(account, '10', more))).toMatchObject({ status: 'refused', reason: { code } });
    expect(book.changes.journal).toEqual([]);
  });

  it.each([
    ['another person', { idNumber: '9' }, 'ACCOUNT_NOT_OF_DEBTOR'],
    ['another name', { name: '王' }, 'NAME_MISMATCH'],
    ['another kind of id', { idType: '03' }, 'ID_MISMATCH'],
  ])('refuses the account of %s', (_, subject, code) => {
    const book = bookWith([entry('1', '100')]);
    expect(line(book, { ...freeze('1', '10'), subject: { ...DEBTOR, ...subject } }).reason?.code).toBe(code);
  });

  it('executes the good lines of an order and refuses the bad one', () => {
    const book = bookWith([entry('1', '100'), entry('2', '100')]);
    const both = order(
      'freeze',
      ['1', 'x', '2'].map((account) => ({ account, amount: money('10'), to: '2027-03-09' })),
    );
    expect(lines(book, both).map((one) => one.status)).toEqual(['executed', 'refused', 'executed']);
  });
});

describe('an order that no bank could execute', () => {
  it.each([
    ['no line', []],
    ['a number twice', [freeze('1', '1').lines[0], freeze('1', '2').lines[0]].filter((one) => one !== undefined)],
  ])('%s is rolled back and has no effect', (_, broken) => {
    const book = bookWith([entry('1', '100')]);
    expect(receiveOrder(book, { ...freeze('1', '1'), lines: broken }, NOON, never)).toMatchObject({ kind: 'rollback', code: '03' });
    expect(book.changes.journal).toEqual([]);
  });
});

describe('waiting, promotion, lapse', () => {
  const setUp = () => {
    const book = bookWith([entry('1', '100')]);
    const first = freeze('1', '100', { to: '2026-06-30' });
    line(book, first);
    expect(line(book, freeze('1', '60'))).toMatchObject({ waiting: true });
    book.changes.clear();
    return { book, first };
  };

  it('promotes the next one when the first is released', () => {
    const { book, first } = setUp();
    line(book, order('release', [{ account: '1', original: { orderNumber: first.orderNumber } }]));
    expect(told(book)).toEqual(['promoted 60.00/60.00']);
  });

  it('gives a partial release to the next one', () => {
    const { book, first } = setUp();
    expect(
      line(book, order('release', [{ account: '1', newLimit: money('70'), original: { orderNumber: first.orderNumber, line: 1 } }])),
    ).toMatchObject({
      limit: '70.00',
      covered: '70.00',
    });
    expect(told(book)).toEqual(['promoted 30.00/60.00']);
    expect(book.changes.journal.at(-1)).toMatchObject({ action: 'release', amount: money('30') });
  });

  it('lapses at 24:00 of the last day and not before', () => {
    const { book } = setUp();
    const end = endOfLegalDate('2026-06-30');
    expect(fallDue(book, end - 1, never)).toBe(0);
    expect(fallDue(book, end, never)).toBe(1);
    expect(told(book)).toEqual(['promoted 60.00/60.00', 'lapsed 0.00/0.00']);
    expect(fallDue(book, end, never)).toBe(0);
  });

  it('renews before the end, with the same rank, and refuses afterwards', () => {
    const { book, first } = setUp();
    const renew = (to: string) => order('renew', [{ account: '1', to, original: { orderNumber: first.orderNumber } }]);
    expect(line(book, renew('2026-06-30')).reason?.code).toBe('FORMAT');
    expect(line(book, renew('2027-06-30'))).toMatchObject({ status: 'executed', to: '2027-06-30', rank: 1, covered: '100.00' });
    expect(fallDue(book, endOfLegalDate('2026-06-30'), never)).toBe(0);
    const end = endOfLegalDate('2027-06-30');
    fallDue(book, end, never);
    expect(line(book, renew('2028-06-30'), end).reason?.code).toBe('FREEZE_EXPIRED');
  });

  it('refuses what has no original freeze, or asks for more than there is', () => {
    const { book, first } = setUp();
    const release = (amount: string, orderNumber: string) =>
      line(book, order('release', [{ account: '1', amount: money(amount), original: { orderNumber } }]));
    expect(release('10', 'nobody').reason?.code).toBe('ORIGINAL_FREEZE_NOT_FOUND');
    expect(release('100.01', first.orderNumber).reason?.code).toBe('AMOUNT_OVER_FROZEN');
    release('100', first.orderNumber);
    expect(release('1', first.orderNumber).reason?.code).toBe('ORIGINAL_FREEZE_NOT_FOUND');
  });
});
