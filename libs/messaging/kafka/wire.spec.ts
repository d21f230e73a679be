import { describe, expect, it } from '@jest/globals';
import { messageOfRecord, recordOf, UNREADABLE_TYPE } from './wire.js';

const read = (headers: Record<string, string | Buffer>) =>
  messageOfRecord('orders.v1', 3, {
    key: Buffer.from('lane'),
    value: Buffer.from('{}'),
    headers,
    offset: '7',
    timestamp: '5',
    attributes: 0,
  });
const HEADERS = { id: 'm1', type: 'order.dispatched.v1', at: '1772000000000' };

describe('a record of the broker', () => {
  it('is the message that was written', () => {
    const message = {
      ...HEADERS,
      at: 1_772_000_000_000,
      topic: 'orders.v1',
      key: 'lane',
      headers: { traceparent: '00' },
      body: Buffer.from('{}'),
    };
    expect(read(recordOf(message).headers as Record<string, string>)).toEqual(message);
  });

  it.each<[string, Record<string, string | Buffer>]>([
    ['without an id', { type: HEADERS.type, at: HEADERS.at }],
    ['whose id is no UTF-8', { ...HEADERS, id: Buffer.from([0xff]) }],
    ['whose type is no UTF-8', { ...HEADERS, type: Buffer.from([0xc3]) }],
    ['without a time', { id: 'm1', type: HEADERS.type }],
    ['with an empty time', { ...HEADERS, at: '' }],
    ['with a time of another spelling', { ...HEADERS, at: '1e3' }],
    ['with a time beyond whole numbers', { ...HEADERS, at: '9007199254740993' }],
  ])('%s is unreadable and goes by its place', (_what, headers) => {
    expect(read(headers)).toMatchObject({ id: 'orders.v1/3/7', type: UNREADABLE_TYPE, key: 'lane', at: 5 });
  });

  it('keeps a header named like a member of every object', () => {
    expect(Object.entries(read({ ...HEADERS, ['__proto__']: 'x' }).headers)).toEqual([['__proto__', 'x']]);
  });
});
