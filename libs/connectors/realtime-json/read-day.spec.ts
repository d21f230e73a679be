import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDay } from './read-day.js';

const SAMPLE = readFileSync(new URL('../../../docs/dialects/samples/realtime-json/day-statement.json', import.meta.url), 'utf8');
const ASKED = { from: '2026-03-10', to: '2026-03-10', page: 1 };
const read = (text: string) => readDay(Buffer.from(text, 'utf8'), ASKED);
const changed = (from: string, to: string): string => {
  if (!SAMPLE.includes(from)) throw new Error(`the sample has no ${from}`);
  return SAMPLE.replace(from, to);
};

describe("a page of a bank's day", () => {
  it('means what the contract says', () => {
    const reading = read(SAMPLE);
    expect(reading).toMatchObject({
      kind: 'day',
      page: { statementNo: 'DZ20260310-01', statedAt: '2026-03-10T16:05:00.000Z', page: 1, pages: 1, references: true },
    });
    if (reading.kind !== 'day') return;
    expect(reading.page.totals.map(({ action, state, count, sums }) => [action, state, count, sums[0]?.amount])).toEqual([
      ['inquire', 'executed', 1, undefined],
      ['inquire', 'refused', 1, undefined],
      ['freeze', 'executed', 1, '66213.50'],
      ['freeze', 'partly-executed', 1, '66213.50'],
      ['freeze', 'refused', 1, undefined],
      ['renew', 'rolled-back', 1, undefined],
      ['release', 'executed', 1, '66213.50'],
      ['deduct', 'executed', 1, '62310.45'],
    ]);
    expect(reading.page.items.map(({ seq, action, state }) => `${seq} ${action} ${state}`)).toEqual([
      '1 freeze executed',
      '1 freeze partly-executed',
      '2 freeze refused',
      '0 renew rolled-back',
      '1 release executed',
      '1 deduct executed',
      '0 inquire executed',
      '0 inquire refused',
    ]);
  });

  it.each([
    ['another version', '"v":1', '"v":2'],
    ['another day', '"endDate":"2026-03-10"', '"endDate":"2026-03-11"'],
    ['another page', '"page":1', '"page":2'],
    ['fewer pages than this one', '"pages":1', '"pages":0'],
    ['more pages than there may be', '"pages":1', '"pages":1001'],
    ['no number', '"stmtNo":"DZ20260310-01",', ''],
    ['no totals', '"totals":', '"sums":'],
    ['an unknown action', '"tranCode":"SF02"', '"tranCode":"SF09"'],
    ['an unknown state', '"stat":"R"', '"stat":"W"'],
    ['a count below nothing', '"cnt":1', '"cnt":-1'],
    ['a count in halves', '"cnt":1', '"cnt":1.5'],
    ['a sum as a number', '"amt":"66213.50"', '"amt":66213.5'],
    ['a sum with a third decimal', '"amt":"66213.50"', '"amt":"66213.501"'],
    ['a sum below nothing', '"amt":"66213.50"', '"amt":"-1.00"'],
    ['a line 0', '"seq":1', '"seq":0'],
    ['an amount without its currency', '"stat":"S","ccy":"CNY","amt":"66213.50"}', '"stat":"S","amt":"66213.50"}'],
    ['a currency without its amount', '"stat":"S","ccy":"CNY","amt":"66213.50"}', '"stat":"S","ccy":"CNY"}'],
    ['a member twice', '"pages":1', '"pages":1,"pages":1'],
  ])('with %s is not read', (_what, from, to) => {
    expect(read(changed(from, to))).toMatchObject({ kind: 'unreadable' });
  });

  it('takes a sum above what one line can carry', () => {
    expect(read(changed('"amt":"66213.50"', '"amt":"123456789012345678901234.5"'))).toMatchObject({
      kind: 'day',
      page: { totals: [{}, {}, { sums: [{ amount: '123456789012345678901234.50' }] }, {}, {}, {}, {}, {}] },
    });
  });

  it('is answered for whatever the bytes', () => {
    const bytes = Buffer.from(SAMPLE, 'utf8');
    const damage = fc.tuple(fc.nat(bytes.length), fc.nat(20), fc.uint8Array({ maxLength: 20 }));
    fc.assert(
      fc.property(damage, ([at, gone, put]) => {
        const input = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)]);
        expect(['day', 'unreadable']).toContain(readDay(input, ASKED).kind);
      }),
    );
  });
});
