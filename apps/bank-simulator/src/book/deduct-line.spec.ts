import { describe, expect, it } from '@jest/globals';
import { parseAmount } from '#kernel';
import { line, never, told } from '../testing/executed-lines.js';
import { bookWith, COURT, DEBTOR, entry, freeze, IDENTITY, NOON, order, OTHER_BANK, OWN_BANK } from '../testing/sample-bank.js';
import { accountView, customerViews, replaceCustomers } from './customers.js';
import { fallDue } from './falling-due.js';
import { redeem } from './inflow.js';
import type { BankOrder } from './order.js';
import { receiveOrder } from './receive-order.js';

const money = (text: string) => parseAmount(text);

describe('deduct', () => {
  const deduct = (original: BankOrder, amount: string, courtAccount = OWN_BANK) =>
    order('deduct', [{ account: '1', amount: money(amount), original: { orderNumber: original.orderNumber }, courtAccount }]);

  it('moves covered money only, and a freeze without a limit left is over', () => {
    const book = bookWith([entry('1', '72310.45')]);
    const frozen = freeze('1', '66213.50');
    line(book, frozen);
    expect(line(book, deduct(frozen, '66213.51')).reason?.code).toBe('AMOUNT_OVER_FROZEN');
    expect(line(book, deduct(frozen, '213.50'))).toMatchObject({
      limit: '66000.00',
      covered: '66000.00',
      moved: { principal: '213.50', channel: 'own-bank', state: 'credited' },
    });
    expect(line(book, deduct(frozen, '66000'))).toMatchObject({ limit: '0.00', covered: '0.00', balance: '6096.95', available: '6096.95' });
    expect(line(book, deduct(frozen, '1')).reason?.code).toBe('ORIGINAL_FREEZE_NOT_FOUND');
  });

  it('does not touch what an earlier authority holds', () => {
    const held = [{ authority: '江岸区法院', document: '88号', amount: money('60'), until: '2027-09-01' }];
    const book = bookWith([entry('1', '100', { held })]);
    const frozen = freeze('1', '50');
    line(book, frozen);
    expect(line(book, deduct(frozen, '40.01')).reason?.code).toBe('AMOUNT_OVER_FROZEN');
    expect(line(book, deduct(frozen, '40'))).toMatchObject({ limit: '10.00', covered: '0.00', balance: '60.00' });
  });

  it('is rolled back before any money moves when the court account is incomplete', () => {
    const book = bookWith([entry('1', '100')]);
    const frozen = freeze('1', '50');
    line(book, frozen);
    expect(receiveOrder(book, deduct(frozen, '50', { ...OWN_BANK, name: ' ' }), NOON, never)).toMatchObject({
      kind: 'rollback',
      code: '0404',
    });
    expect(accountView(book, book.account('1')).balance.amount).toBe('100.00');
  });

  it('to another bank is sent, and credited when it is due', () => {
    const book = bookWith([entry('1', '100')]);
    const frozen = freeze('1', '50');
    line(book, frozen);
    const paid = deduct(frozen, '50', OTHER_BANK);
    expect(line(book, paid)).toMatchObject({ moved: { channel: 'interbank', state: 'sent', valueDate: '2026-03-11' } });
    expect(fallDue(book, NOON + IDENTITY.interbankDelayMs - 1, never)).toBe(0);
    fallDue(book, NOON + IDENTITY.interbankDelayMs, never);
    expect(book.changes.notices).toEqual([
      expect.objectContaining({
        kind: 'credited',
        payment: expect.objectContaining({ orderNumber: paid.orderNumber, line: 1, amount: '50.00' }) as unknown,
      }),
    ]);
  });

  it('that comes back lies under its freeze again at the old rank', () => {
    const book = bookWith([entry('1', '50')]);
    const frozen = freeze('1', '50');
    line(book, frozen);
    line(book, freeze('1', '30'));
    line(book, deduct(frozen, '50', OTHER_BANK));
    fallDue(book, NOON + IDENTITY.interbankDelayMs, () => true);
    expect(book.changes.notices.at(-1)).toMatchObject({
      kind: 'returned',
      covered: '50.00',
      limit: '50.00',
      rank: 1,
      payment: { controlRestored: true },
    });
    expect(accountView(book, book.account('1')).freezes.map((view) => view.covered.amount)).toEqual(['50.00', '0.00']);
  });

  it('needs cash: a wealth product is redeemed first, under the freeze', () => {
    const book = bookWith([entry('1', '80984', { kind: 'wealth-product', shares: '80000', unitPrice: '1.0123' })]);
    const frozen = freeze('1', '80984');
    expect(line(book, frozen)).toMatchObject({ covered: '80984.00' });
    expect(line(book, deduct(frozen, '80984')).reason?.code).toBe('INSUFFICIENT_FUNDS');
    redeem(book, '1', 86_400_000, NOON);
    expect(line(book, deduct(frozen, '80984')).reason?.code).toBe('INSUFFICIENT_FUNDS');
    fallDue(book, NOON + 86_400_000, never);
    expect(told(book)).toEqual(['redeemed 80984.00/80984.00']);
    expect(line(book, deduct(frozen, '80984'))).toMatchObject({ status: 'executed', balance: '0.00' });
  });

  it.each([
    ['freeze', 'partly-executed', '50.00'],
    ['deduct', 'partly-executed', '50.00'],
    ['release', 'refused', undefined],
  ] as const)('a bank that does things by halves: %s', (action, status, limit) => {
    const book = bookWith([entry('1', '100')]);
    const frozen = freeze('1', '100');
    const one =
      action === 'freeze'
        ? frozen
        : action === 'deduct'
          ? deduct(frozen, '100')
          : order('release', [{ account: '1', original: { orderNumber: frozen.orderNumber } }]);
    if (action !== 'freeze') line(book, frozen);
    expect(line(book, one, NOON, () => true)).toMatchObject(limit === undefined ? { status } : { status, limit });
  });
});

describe('replacing customers', () => {
  it('keeps freezes, ranks and coverage of accounts that stay, and takes what it showed', () => {
    const held = [{ authority: '江岸区法院', document: '88号', amount: money('60'), until: '2027-09-01' }];
    const book = bookWith([entry('1', '100', { held }), entry('2', '5')]);
    line(book, freeze('1', '50'));
    line(book, freeze('2', '5'));
    const before = customerViews(book);
    replaceCustomers(book, [{ ...DEBTOR, accounts: [entry('1', '100', { held })] }], NOON);
    expect(customerViews(book)[0]?.accounts).toEqual([before[0]?.accounts[0]]);
    expect(book.accounts.has('2')).toBe(false);
    expect(() => replaceCustomers(book, [{ ...DEBTOR, accounts: [entry('9', '1'), entry('9', '1')] }], NOON)).toThrow('twice');
    expect(book.accounts.has('1')).toBe(true);
  });

  it('tells the court when a new balance changes what its freeze covers', () => {
    const book = bookWith([entry('1', '10')]);
    line(book, freeze('1', '50'));
    replaceCustomers(book, [{ ...DEBTOR, accounts: [entry('1', '30')] }], NOON);
    expect(told(book)).toEqual(['coverage 30.00/50.00']);
  });

  it('shows the court its own freezes, also ended ones, with present figures', () => {
    const book = bookWith([entry('1', '10')]);
    const first = freeze('1', '4');
    line(book, first);
    line(book, freeze('1', '8'));
    line(book, order('release', [{ account: '1', original: { orderNumber: first.orderNumber } }]));
    const answer = receiveOrder(book, order('inquire', [], { authority: COURT }), NOON, never);
    expect(answer).toMatchObject({
      accounts: [
        {
          measures: [
            { orderNumber: first.orderNumber, ended: 'released' },
            { covered: '8.00', rank: 1 },
          ],
        },
      ],
    });
  });
});
