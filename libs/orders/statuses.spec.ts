import { describe, expect, it } from '@jest/globals';
import { type LineStatus, type OrderProgress, type OrderStatus, creditOf, orderStatusOf, progressOf, requestStatusOf } from './index.js';

const order = (status: OrderStatus, lines: LineStatus[], overdue = false): OrderProgress => ({ status, lines, overdue });

describe('what lines make of their order', () => {
  it.each<[LineStatus[], OrderStatus]>([
    [['executed', 'refused', 'partly-executed'], 'answered'],
    [['executed', 'in-progress'], 'received'],
    [['executed', 'open'], 'received'],
    [['in-progress', 'undetermined'], 'undetermined'],
    [['executed'], 'answered'],
  ])('%j: %s', (lines, status) => expect(orderStatusOf(lines)).toBe(status));
});

describe('what orders make of their request', () => {
  it.each<[string, OrderProgress[], string]>([
    ['all executed', [order('answered', ['executed']), order('answered', ['executed', 'executed'])], 'completed'],
    ['one line partly', [order('answered', ['executed', 'partly-executed'])], 'partly-completed'],
    ['one line refused', [order('answered', ['executed', 'refused'])], 'partly-completed'],
    ['partly alone', [order('answered', ['partly-executed'])], 'partly-completed'],
    ['nothing but refusals', [order('answered', ['refused']), order('answered', ['refused'])], 'not-executed'],
    ['rolled back', [order('rolled-back', ['refused'])], 'not-executed'],
    ['one rolled back, one executed', [order('rolled-back', ['refused']), order('answered', ['executed'])], 'partly-completed'],
    ['rolled back counts as not executed whatever its lines say', [order('rolled-back', ['executed'])], 'not-executed'],
    ['one withdrawn, one executed', [order('withdrawn', ['withdrawn']), order('answered', ['executed'])], 'partly-completed'],
    ['one withdrawn, one rolled back', [order('withdrawn', ['withdrawn']), order('rolled-back', [])], 'not-executed'],
    ['all withdrawn', [order('withdrawn', ['withdrawn']), order('withdrawn', [])], 'withdrawn'],
    ['one still queued', [order('queued', ['open']), order('answered', ['executed'])], 'dispatched'],
    ['one received', [order('received', ['open'])], 'dispatched'],
    ['one undetermined (I6)', [order('undetermined', ['undetermined']), order('answered', ['executed'])], 'dispatched'],
    ['answered with one line of two that is not settled', [order('answered', ['executed', 'undetermined'])], 'dispatched'],
    ['rolled back over lines that were never settled', [order('rolled-back', ['open'])], 'not-executed'],
    ['answered with a line that is not settled', [order('answered', ['undetermined'])], 'dispatched'],
  ])('%s', (_name, orders, status) => expect(requestStatusOf(orders)).toBe(status));

  it('counts the banks’ last words, a rollback included', () => {
    const orders = [
      order('answered', ['executed']),
      order('rolled-back', []),
      order('undetermined', ['undetermined'], true),
      order('sent', ['open'], true),
      order('withdrawn', []),
    ];
    expect(progressOf(orders)).toEqual({ total: 5, answered: 2, undetermined: 1, overdue: 2 });
  });

  it('says of a payment whether its money arrived', () => {
    expect((['sent', 'credited', 'claimed', 'returned'] as const).map(creditOf)).toEqual(['pending', 'credited', 'credited', 'returned']);
  });
});
