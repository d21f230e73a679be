import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#kernel';
import { contracts, decodeBody, encodeBody, type MessageType } from './index.js';

const folder = join(import.meta.dirname, 'examples');
const types = Object.keys(contracts) as MessageType[];
const example = (type: string): Buffer => readFileSync(join(folder, `${type}.json`));

describe('contracts', () => {
  it('has exactly one example file for every message', () => {
    expect(readdirSync(folder).sort()).toEqual(types.map((type) => `${type}.json`).sort());
  });

  it.each(types)('%s: the example fits, and its canonical bytes read back the same', (type) => {
    const body = decodeBody(type, example(type));
    expect(decodeBody(type, encodeBody(type, body))).toEqual(body);
  });

  it.each(types)('%s: an unknown member is refused', (type) => {
    const body = { ...(JSON.parse(example(type).toString('utf8')) as object), surprise: 1 };
    expect(() => decodeBody(type, Buffer.from(JSON.stringify(body)))).toThrow(AppError);
  });

  it.each([
    ['no outcome at all', (body: Record<string, unknown>) => delete body['control']],
    ['two outcomes', (body: Record<string, unknown>) => (body['rollback'] = { code: '09', note: 'x' })],
    [
      'a float as money',
      (body: Record<string, unknown>) =>
        (body['control'] = { lines: [{ seq: 1, status: 'executed', covered: { amount: 1.5, currency: 'CNY' } }] }),
    ],
    ['an unknown status word', (body: Record<string, unknown>) => (body['control'] = { lines: [{ seq: 1, status: 'fine' }] })],
  ])('an answer with %s is refused', (_, change) => {
    const body = JSON.parse(example('order.answered.v1').toString('utf8')) as Record<string, unknown>;
    change(body);
    expect(() => decodeBody('order.answered.v1', Buffer.from(JSON.stringify(body)))).toThrow(AppError);
  });

  it('refuses a member that stands twice', () => {
    expect(() => decodeBody('order.withdrawal-asked.v1', Buffer.from('{"orderNumber":"1","orderNumber":"2","reason":"x"}'))).toThrow(
      AppError,
    );
  });
});
