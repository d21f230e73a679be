import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError, parseAmount } from '#kernel';
import { paperProblem } from '../papers.js';
import { readOrder } from './order-reader.js';

const samples = new URL('../../../../../docs/dialects/samples/realtime-json/', import.meta.url);
const sample = (name: string): Buffer => readFileSync(new URL(name, samples));
const names = readdirSync(samples).filter((name) => name.startsWith('order-'));

describe('readOrder', () => {
  it.each(names)('reads the published %s with all its papers', (name) => {
    const read = readOrder(sample(name));
    expect(paperProblem(read)).toBeUndefined();
    expect(read.officer).toEqual({ workId: '鄂0106-0231', dutyId: '鄂执-10231' });
  });

  it('takes from an order what the core needs', () => {
    expect(readOrder(sample('order-deduct.json')).order).toMatchObject({
      action: 'deduct',
      lines: [
        {
          seq: 1,
          account: '4201000000000011',
          amount: parseAmount('62310.45'),
          original: { orderNumber: '202603104201060000000201', line: 1 },
          courtAccount: { number: '4201010020261234', bankNumber: '313521000000' },
        },
      ],
    });
    expect(readOrder(sample('order-release.json')).order.lines[0]).toMatchObject({ newLimit: 0n });
    expect(readOrder(sample('order-freeze-account.json')).order).toMatchObject({
      subject: { idType: 'USCC' },
      lines: [{ scope: 'account' }, {}],
    });
    expect(readOrder(sample('order-inquire-transactions.json')).order.transactions).toEqual({ from: '2026-01-01', to: '2026-03-09' });
  });

  it('reads or refuses whatever comes, and never fails otherwise', () => {
    const bytes = sample('order-freeze.json');
    const damaged = fc
      .tuple(fc.nat(bytes.length), fc.nat(20), fc.uint8Array({ maxLength: 20 }))
      .map(([at, gone, put]) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)]));
    const replaced = fc
      .tuple(fc.constantFrom(...Object.keys(JSON.parse(bytes.toString('utf8')) as object)), fc.jsonValue())
      .map(([name, value]) => {
        return Buffer.from(JSON.stringify({ ...(JSON.parse(bytes.toString('utf8')) as object), [name]: value }));
      });
    fc.assert(
      fc.property(fc.oneof(damaged, replaced), (input) => {
        try {
          readOrder(input);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
