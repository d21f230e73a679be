import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { noticeLinesOf } from '../decide-approval/notice-lines.js';
import { splitIntoOrders, type ResolvedLine } from './lines.js';

const lineOf = (change: Partial<ResolvedLine> = {}): ResolvedLine => ({
  pointer: '/lines/0',
  bank: 'hubeibank',
  legalPerson: 'hubeibank',
  debtorId: 'd1',
  account: { number: '4201', index: 'i' },
  currency: 'CNY',
  kind: 'current',
  ...change,
});

describe('splitting a request into orders', () => {
  it('loses no line, doubles none, keeps their order, and mixes neither debtors nor legal persons', () => {
    const place = fc.record({
      bank: fc.constantFrom('a', 'b'),
      legalPerson: fc.constantFrom('x', 'y', 'a|b'),
      debtorId: fc.constantFrom('d1', 'd2'),
    });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 40 }), (places) => {
        const lines = places.map((at, index) => lineOf({ ...at, pointer: `/lines/${index}` }));
        const orders = splitIntoOrders(lines);
        expect(orders.flatMap((order) => order.lines).length).toBe(lines.length);
        for (const { bank, legalPerson, debtorId, lines: own } of orders) {
          expect(own).toEqual(lines.filter((line) => line.bank === bank && line.legalPerson === legalPerson && line.debtorId === debtorId));
        }
        const places2 = orders.map(({ bank, legalPerson, debtorId }) => JSON.stringify([bank, legalPerson, debtorId]));
        expect(new Set(places2).size).toBe(orders.length);
      }),
    );
  });
});

describe('what a notice says of a line', () => {
  const term = { from: '2026-03-10', to: '2027-03-09' };
  it.each([
    ['冻结人民币66213.50元，期限自2026-03-10起至2027-03-09止', { action: 'freeze', term }, { amount: 6_621_350n, scope: 'funds' }],
    ['冻结整个账户，限额人民币1.00元，期限自2026-03-10起至2027-03-09止', { action: 'freeze', term }, { amount: 100n, scope: 'account' }],
    ['续行冻结至2028-03-09止', { action: 'renew', until: '2028-03-09' }, {}],
    ['解除全部冻结', { action: 'release' }, { newLimit: 0n }],
    ['解除部分冻结，冻结限额降为人民币0.50元', { action: 'release' }, { newLimit: 50n }],
    ['扣划USD2.00至法院执行款专户', { action: 'deduct' }, { amount: 200n, currency: 'USD' }],
    ['查询存款及金融资产', { action: 'inquire' }, {}],
  ] as const)('%s', (detail, request, line) => {
    expect(noticeLinesOf({ ...request, lines: [] }, [lineOf(line)])).toEqual([{ account: '4201', detail }]);
  });
});
