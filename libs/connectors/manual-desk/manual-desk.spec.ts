import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeBody, type OrderDispatched } from '#contracts';
import { AppError } from '#kernel';
import type { TypedAnswer } from '#connector-sdk';
import { ManualDesk, manifest, ROLLBACK_CODES, STATUS_TABLE } from './index.js';

const desk = new ManualDesk();
const line = { account: '9101', currency: 'CNY', kind: 'current' };
const order = { action: 'deduct', lines: [1, 2].map((seq) => ({ ...line, seq })) } as unknown as OrderDispatched;
const inquiry = { action: 'inquire', lines: [] } as unknown as OrderDispatched;
const both = new Set([1, 2]);

function pointers(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') return error.errors.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
}

function fits(content: TypedAnswer): boolean {
  const original = { digest: 'd', size: 1, contentType: 'application/json', signature: 'absent' } as const;
  encodeBody('order.answered.v1', { orderNumber: '1', bank: 'b', answeredAt: 'x', original, receipts: [], factLeafHash: 'f', ...content });
  return true;
}

describe('manual-desk', () => {
  it('says what it can do, and knows the words of the public interface', () => {
    expect(manifest).toMatchObject({ delivery: 'desk', statusQuery: false, notices: false });
    expect(STATUS_TABLE).toEqual({
      executed: 'executed',
      'partly-executed': 'partly-executed',
      refused: 'refused',
      'in-progress': 'in-progress',
    });
  });

  it('reads a deduct with every part, in amounts as text or as money', () => {
    const moved = {
      principal: '2000.00',
      interest: { amount: '1.5', currency: 'CNY' },
      fee: '0',
      serial: 'S',
      valueDate: '2026-04-03',
      channel: 'interbank',
      state: 'sent',
    };
    const typed = {
      lines: [
        { seq: 1, status: 'executed', moved, balance: '0.00', rank: 1 },
        { seq: 2, status: 'refused', reason: '账户余额不足' },
      ],
    };
    const content = desk.readAnswer(typed, order, both);
    expect(content).toEqual({
      control: {
        lines: [
          {
            seq: 1,
            status: 'executed',
            balance: { amount: '0.00', currency: 'CNY' },
            rank: 1,
            moved: {
              ...moved,
              principal: { amount: '2000.00', currency: 'CNY' },
              interest: { amount: '1.50', currency: 'CNY' },
              fee: { amount: '0.00', currency: 'CNY' },
            },
          },
          { seq: 2, status: 'refused', reason: { code: 'OFFLINE_HANDLING', text: '账户余额不足' } },
        ],
      },
    });
    expect(fits(content)).toBe(true);
  });

  it('asks only for the lines that are still open', () => {
    const typed = { lines: [{ seq: 2, status: 'executed' }] };
    expect(desk.readAnswer(typed, order, new Set([2]))).toMatchObject({ control: { lines: [{ seq: 2 }] } });
    expect(pointers(() => desk.readAnswer(typed, order, both))).toEqual(['/lines']);
    expect(pointers(() => desk.readAnswer({ lines: [{ seq: 1, status: 'executed' }] }, order, new Set([2])))).toContain('/lines/0/seq');
  });

  it.each([
    [
      'moved without a serial',
      { moved: { principal: '1', valueDate: '2026-04-03', channel: 'x', state: 'sent' } },
      '/lines/0/moved/serial',
    ],
    [
      'a state that is unknown',
      { moved: { principal: '1', serial: 's', valueDate: '2026-04-03', channel: 'x', state: 'gone' } },
      '/lines/0/moved/state',
    ],
    ['three decimals', { limit: '1.005' }, '/lines/0/limit'],
    ['more than banks can carry', { limit: '100000000000.00' }, '/lines/0/limit'],
    ['a rank of nought', { rank: 0 }, '/lines/0/rank'],
    ['an empty reason', { reason: ' ' }, '/lines/0/reason'],
    ['half a surrogate', { reason: '\ud800' }, '/lines/0/reason'],
    ['a prior measure without an authority', { priorMeasures: [{ document: 'd', amount: '1' }] }, '/lines/0/priorMeasures/0/authority'],
  ])('refuses %s', (_, over, pointer) => {
    const typed = { lines: [{ seq: 1, status: 'executed', ...over }] };
    expect(pointers(() => desk.readAnswer(typed, order, new Set([1])))).toContain(pointer);
  });

  it('has nothing found said, and nothing listed beside it (R27)', () => {
    const holding = { account: '1', kind: 'current', currency: 'CNY', state: 'normal', balance: '1', available: '1' };
    const read = (typed: unknown) => desk.readAnswer(typed, inquiry, new Set());
    expect(read({ result: 'no-account' })).toEqual({ inquiry: { result: 'no-account', holdings: [] } });
    expect(read({ lines: [holding] })).toMatchObject({ inquiry: { result: 'found' } });
    expect(pointers(() => read({}))).toContain('/result');
    expect(pointers(() => read({ lines: [] }))).toContain('/result');
    expect(pointers(() => read({ result: 'found', lines: [] }))).toEqual(['/lines']);
    expect(pointers(() => read({ result: 'no-account', lines: [holding] }))).toEqual(['/lines']);
    expect(pointers(() => read({ result: 'found', lines: [holding, holding] }))).toEqual(['/lines']);
    expect(pointers(() => read({ result: 'found', lines: [{ ...holding, restriction: { code: 'wages', deduct: 'maybe' } }] }))).toEqual([
      '/lines/0/restriction/deduct',
    ]);
  });

  it.each(ROLLBACK_CODES)('knows the rollback code %s', (code) =>
    expect(desk.readRollback({ code, note: '说明' })).toEqual({ rollback: { code, note: '说明' } }),
  );

  it.each([
    [{ code: '77', note: 'x' }, '/code'],
    [{ code: '09' }, '/note'],
    [{ code: '09', note: 'x', mood: 1 }, '/mood'],
    ['x', ''],
  ])('refuses the rollback %j', (typed, pointer) => expect(pointers(() => desk.readRollback(typed))).toContain(pointer));

  it('refuses or fits the contract, whatever is typed', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constantFrom('1.00', 'executed', '2026-03-10', 'found'));
    const member = fc.dictionary(
      fc.constantFrom('seq', 'status', 'limit', 'covered', 'to', 'rank', 'reason', 'account', 'kind', 'balance', 'available'),
      value,
    );
    const reads = (content: unknown, of: OrderDispatched): boolean => {
      try {
        return fits(desk.readAnswer(content, of, new Set([1])));
      } catch (error) {
        return error instanceof AppError && error.code === 'invalid' && error.errors.length > 0;
      }
    };
    fc.assert(fc.property(member, (one) => reads({ lines: [{ status: 'executed', ...one, seq: 1 }] }, order)));
    fc.assert(fc.property(member, (one) => reads({ result: 'found', lines: [{ account: '1', kind: 'k', ...one }] }, inquiry)));
    fc.assert(fc.property(fc.anything(), (anything) => reads(anything, order) && reads(anything, inquiry)));
  });
});
