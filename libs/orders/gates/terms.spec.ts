import { describe, it } from '@jest/globals';
import { endOfLegalDate } from '#kernel';
import { aFreezeLine, aHolding, aRenewLine, freezeFacts, renewFacts } from '../fixtures/facts.js';
import { type Row, judge, newFreeze } from '../fixtures/rows.js';

const late = (to: string): string => `原冻结已于${to}届满或已终结，不能续行，应重新冻结`;
const other = aFreezeLine({ holding: aHolding({ property: 'other' }) });
const TERMS: readonly Row[] = [
  [
    'a term that ends before it begins',
    freezeFacts({ term: { from: '2026-03-10', to: '2026-03-09' } }),
    'invalid',
    '/term/to',
    '冻结期限的止日早于起日',
  ],
  ['a term that is over', freezeFacts({ term: { from: '2026-03-01', to: '2026-03-09' } }), 'invalid', '/term/to', '冻结期限已经届满'],
  ['a term of today', freezeFacts({ term: { from: '2026-03-10', to: '2026-03-10' } }), '-'],
  [
    'a deposit for a year and a day (I9)',
    freezeFacts({ term: { from: '2026-03-10', to: '2027-03-10' } }),
    'term-too-long',
    '/term/to',
    '冻结期限最长到2027-03-09',
    { latest: '2027-03-09' },
  ],
  [
    'an account whose holding is not known, as a deposit',
    freezeFacts({ lines: [aFreezeLine({ holding: undefined })], term: { from: '2026-03-10', to: '2027-03-10' } }),
    'term-too-long',
    '/term/to',
    '冻结期限最长到2027-03-09',
    { latest: '2027-03-09' },
  ],
  ['a wealth product for three years (R14)', freezeFacts({ lines: [other], term: { from: '2026-03-10', to: '2029-03-09' } }), '-'],
  [
    'a wealth product for longer',
    freezeFacts({ lines: [other], term: { from: '2026-03-10', to: '2029-03-10' } }),
    'term-too-long',
    '/term/to',
    '冻结期限最长到2029-03-09',
    { latest: '2029-03-09' },
  ],
  [
    'a deposit beside a product',
    freezeFacts({ lines: [other, aFreezeLine({ pointer: '/lines/1' })], term: { from: '2026-03-10', to: '2029-03-09' } }),
    'term-too-long',
    '/term/to',
    '冻结期限最长到2027-03-09',
    { latest: '2027-03-09' },
  ],
  ['a renewal for a year from the old end', renewFacts({ until: '2027-05-31' }), '-'],
  [
    'a renewal for a day longer',
    renewFacts({ until: '2027-06-01' }),
    'term-too-long',
    '/until',
    '续行冻结最长到2027-05-31',
    { latest: '2027-05-31' },
  ],
  ['a renewal by a day', renewFacts({ until: '2026-06-01' }), '-'],
  ['a renewal by nothing', renewFacts({ until: '2026-05-31' }), 'invalid', '/until', '新的止日没有晚于原止日2026-05-31'],
  [
    'a measure named twice',
    renewFacts({ lines: [aRenewLine(), aRenewLine({}, { pointer: '/measureIds/1' })] }),
    'invalid',
    '/measureIds/1',
    '同一项冻结重复列出',
  ],
  ['a waiting measure renewed', renewFacts({ lines: [aRenewLine({ status: 'waiting' })] }), '-'],
  ['on the last day', renewFacts({ at: endOfLegalDate('2026-05-31') - 1 }), '-'],
  [
    'at 24:00 of the last day (step 24)',
    renewFacts({ at: endOfLegalDate('2026-05-31') }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-05-31'),
    newFreeze({}, '2027-05-31', '2026-06-01'),
  ],
  ...(['released', 'expired', 'exhausted'] as const).map((status): Row => [
    `a measure that is ${status}`,
    renewFacts({ lines: [aRenewLine({ status })] }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-05-31'),
    newFreeze(),
  ]),
  [
    'too late and too long: too late',
    renewFacts({ lines: [aRenewLine({ to: '2026-03-09' })], until: '2030-01-01' }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-03-09'),
    newFreeze(),
  ],
  [
    'too late without a holding',
    renewFacts({ lines: [aRenewLine({ status: 'expired', holdingId: undefined, scope: 'account' })] }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-05-31'),
    {
      newFreeze: {
        ...newFreeze().newFreeze,
        lines: [{ bank: 'bank-a', account: '4201000000000011', debtorId: 'debtor-1', amount: '5.00', scope: 'account' }],
      },
    },
  ],
  [
    'one in time, two too late: the shortest term of the late ones',
    renewFacts({
      lines: [
        aRenewLine({ id: 'm0' }),
        aRenewLine({ id: 'm1', status: 'expired', property: 'other' }, { pointer: '/measureIds/1' }),
        aRenewLine({ id: 'm2', status: 'expired' }, { pointer: '/measureIds/2' }),
      ],
    }),
    'renewal-too-late',
    '/measureIds/1',
    late('2026-05-31'),
    { newFreeze: { ...newFreeze().newFreeze, lines: [newFreeze().newFreeze.lines[0], newFreeze().newFreeze.lines[0]] } },
  ],
  [
    'a late product alone',
    renewFacts({ lines: [aRenewLine({ status: 'expired', property: 'other' })] }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-05-31'),
    newFreeze({}, '2029-03-09'),
  ],
];

describe('terms', () => {
  it.each(TERMS)('%s', (...row) => judge(row));
});
