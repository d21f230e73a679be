import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ControlLine, OrderDispatched } from '#contracts';
import { SystemClock } from '#kernel';
import { RealtimeJson } from './index.js';

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const example = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../../contracts/examples/${name}`, import.meta.url), 'utf8')) as T;

const connector = new RealtimeJson({ endpoint: () => '', concurrency: 1, connectMs: 1 }, new SystemClock());
const order = example<OrderDispatched>('order.dispatched.v1.json');

describe('the sample messages', () => {
  // A bank has digested and kept such bytes: a change here is another message under an old number.
  it('order-freeze.json is, byte for byte, what we write', () => {
    const contents = new Map([[order.documents[0]?.digest ?? '', Buffer.from('%PDF-1.7 sample')]]);
    expect(connector.writeOrder(order, contents)).toEqual(fixture('order-freeze.json'));
  });

  it('answer-freeze.json is read as the contract’s own example says', () => {
    const { control, answeredAt, receivedAt } = example<{ control: { lines: ControlLine[] }; answeredAt: string; receivedAt: string }>(
      'order.answered.v1.json',
    );
    const reading = connector.readAnswer(fixture('answer-freeze.json'), order);
    expect(reading).toEqual({ kind: 'answer', orderNumber: order.orderNumber, answeredAt, receivedAt, content: { control } });
  });

  it('notice-coverage.json is read as the contract’s own example says', () => {
    const { bank: _, original: __, factLeafHash: ___, ...notice } = example<Record<string, unknown>>('bank.notified.v1.json');
    const reading = connector.readNotice(fixture('notice-coverage.json'));
    expect(reading).toEqual({ kind: 'notice', notice: { ...notice, noticeId: 'hubeibank-17' } });
  });
});
