import { describe, it } from '@jest/globals';
import { aCase, aDeductLine, aFreezeLine, aReleaseLine, deductFacts, freezeFacts, releaseFacts } from '../fixtures/facts.js';
import { type Row, judge } from '../fixtures/rows.js';
import type {} from '../index.js';

const money = (over: Partial<ReturnType<typeof aCase>['money']>) => ({ ceiling: 1_000n, collected: 0n, satisfied: 0n, ...over });
const MONEY: readonly Row[] = [
  ['a freeze up to the ceiling (I7)', freezeFacts({ case: aCase({ committed: 600n }) }), '-'],
  [
    'a freeze one fen above',
    freezeFacts({ case: aCase({ committed: 601n }) }),
    'over-ceiling',
    '/lines/0',
    '冻结金额合计超过案件标的额上限的余额3.99',
    { room: '3.99' },
  ],
  [
    'a freeze above what is left after satisfactions',
    freezeFacts({ case: aCase({ money: money({ satisfied: 601n }) }) }),
    'over-ceiling',
    '/lines/0',
    '冻结金额合计超过案件标的额上限的余额3.99',
    { room: '3.99' },
  ],
  [
    'two freezes together above',
    freezeFacts({ case: aCase({ money: money({ ceiling: 799n }) }), lines: [aFreezeLine(), aFreezeLine({ pointer: '/lines/1' })] }),
    'over-ceiling',
    '/lines/0',
    '冻结金额合计超过案件标的额上限的余额7.99',
    { room: '7.99' },
  ],
  ['a deduct of what is covered (I8)', deductFacts({ lines: [aDeductLine({ amount: 300n })] }), '-'],
  [
    'a deduct one fen above',
    deductFacts({ lines: [aDeductLine({ amount: 301n })] }),
    'deduct-over-covered',
    '/lines/0/amount',
    '扣划金额超过该项冻结实际控制且未在途的金额3.00',
    { measureId: 'measure-1', available: '3.00' },
  ],
  [
    'a deduct beside open ones',
    deductFacts({ lines: [aDeductLine({}, { openDeducts: 101n })] }),
    'deduct-over-covered',
    '/lines/0/amount',
    '扣划金额超过该项冻结实际控制且未在途的金额1.99',
    { measureId: 'measure-1', available: '1.99' },
  ],
  [
    'open deducts above what is covered',
    deductFacts({ lines: [aDeductLine({}, { openDeducts: 400n })] }),
    'deduct-over-covered',
    '/lines/0/amount',
    '扣划金额超过该项冻结实际控制且未在途的金额0.00',
    { measureId: 'measure-1', available: '0.00' },
  ],
  [
    'two lines on one measure',
    deductFacts({ lines: [aDeductLine(), aDeductLine({ pointer: '/lines/1', amount: 101n })] }),
    'deduct-over-covered',
    '/lines/0/amount',
    '扣划金额超过该项冻结实际控制且未在途的金额3.00',
    { measureId: 'measure-1', available: '3.00' },
  ],
  ['two lines on two measures', deductFacts({ lines: [aDeductLine(), aDeductLine({ pointer: '/lines/1' }, { id: 'measure-2' })] }), '-'],
  ...(['waiting', 'released', 'expired', 'exhausted'] as const).map((status): Row => [
    `a deduct from a measure that is ${status}`,
    deductFacts({ lines: [aDeductLine({}, { status })] }),
    'deduct-over-covered',
    '/lines/0/amount',
    '扣划金额超过该项冻结实际控制且未在途的金额0.00',
    { measureId: 'measure-1', available: '0.00' },
  ]),
  [
    'a deduct of all that is owed',
    deductFacts({ case: aCase({ money: money({ collected: 500n, satisfied: 100n }), openDeducts: 200n }) }),
    '-',
  ],
  [
    'a deduct of more than is owed',
    deductFacts({ case: aCase({ money: money({ collected: 500n, satisfied: 101n }), openDeducts: 200n }) }),
    'over-ceiling',
    '/lines/0',
    '扣划金额合计超过案件未履行额1.99',
    { room: '1.99' },
  ],
  [
    'a deduct when nothing is owed',
    deductFacts({ case: aCase({ money: money({ ceiling: 0n, collected: 5n }) }) }),
    'over-ceiling',
    '/lines/0',
    '扣划金额合计超过案件未履行额0.00',
    { room: '0.00' },
  ],
  [
    'a deduct in preservation (R7)',
    deductFacts({ case: aCase({ kind: 'preservation' }) }),
    'deduct-in-preservation',
    '/caseId',
    '财产保全案件不得扣划，应在执行案件中扣划',
  ],
  ['a deduct in a resumed case', deductFacts({ case: aCase({ kind: 'resumed' }) }), '-'],
  ['no court account (R20)', deductFacts({ courtAccount: undefined }), 'court-account-missing', '/caseId', '案件没有执行款专户'],
  [
    'a court account outside the register',
    deductFacts({ courtAccount: { registered: false } }),
    'court-account-missing',
    '/caseId',
    '案件的执行款账户不在本院账户登记表内',
  ],
  [
    'a deduct beside a partial release (I8)',
    deductFacts({ lines: [aDeductLine({}, { openReleases: 1n })] }),
    'open-orders',
    '/lines/0',
    '该项冻结有尚未办结的解除，不得扣划',
  ],
  [
    'a deduct beside a release of the whole, told so and not about a sum',
    deductFacts({ lines: [aDeductLine({ amount: 300n }, { openReleases: 300n, wholeReleaseOpen: true })] }),
    'open-orders',
    '/lines/0',
    '该项冻结有尚未办结的解除，不得扣划',
  ],
  [
    'a deduct beside the release of a measure that binds nothing',
    deductFacts({ lines: [aDeductLine({}, { wholeReleaseOpen: true })] }),
    'open-orders',
    '/lines/0',
    '该项冻结有尚未办结的解除，不得扣划',
  ],
];

const RELEASES: readonly Row[] = [
  ['an amount', releaseFacts({ lines: [aReleaseLine({ amount: 100n })] }), '-'],
  ['the amount of the whole limit', releaseFacts({ lines: [aReleaseLine({ amount: 500n })] }), '-'],
  [
    'more than the limit',
    releaseFacts({ lines: [aReleaseLine({ amount: 501n })] }),
    'invalid',
    '/lines/0/amount',
    '解除金额超过该项冻结的限额',
  ],
  ['a new limit', releaseFacts({ lines: [aReleaseLine({ newLimit: 499n })] }), '-'],
  ['a new limit of nothing', releaseFacts({ lines: [aReleaseLine({ newLimit: 0n })] }), '-'],
  [
    'a new limit that lowers nothing',
    releaseFacts({ lines: [aReleaseLine({ newLimit: 500n })] }),
    'invalid',
    '/lines/0/newLimit',
    '新的限额没有降低该项冻结',
  ],
  [
    'a new limit at the old one lowers what the bank holds above it',
    releaseFacts({ lines: [aReleaseLine({ newLimit: 500n }, { covered: 600n })] }),
    '-',
  ],
  ['the whole of a measure that binds nothing', releaseFacts({ lines: [aReleaseLine({}, { limit: 0n, covered: 0n })] }), '-'],
  [
    'amount and new limit',
    releaseFacts({ lines: [aReleaseLine({ amount: 1n, newLimit: 1n })] }),
    'invalid',
    '/lines/0',
    '解除金额与新的限额只能填一项',
  ],
  [
    'one measure twice',
    releaseFacts({ lines: [aReleaseLine({ amount: 1n }), aReleaseLine({ amount: 1n, pointer: '/lines/1' })] }),
    'invalid',
    '/lines/1/measureId',
    '同一项冻结在一次请求中只能解除一次',
  ],
  ['two measures', releaseFacts({ lines: [aReleaseLine(), aReleaseLine({ pointer: '/lines/1' }, { id: 'measure-2' })] }), '-'],
  ['a waiting measure', releaseFacts({ lines: [aReleaseLine({}, { status: 'waiting', covered: 0n })] }), '-'],
  ...(['released', 'expired', 'exhausted'] as const).map((status): Row => [
    `a measure that is ${status}`,
    releaseFacts({ lines: [aReleaseLine({}, { status })] }),
    'invalid',
    '/lines/0/measureId',
    '该项冻结已经终结',
  ]),
  [
    'beside an open deduct (I8)',
    releaseFacts({ lines: [aReleaseLine({ amount: 1n }, { openDeducts: 1n })] }),
    'open-orders',
    '/lines/0',
    '该项冻结有尚未办结的扣划，不得解除',
  ],
  [
    'beside a release of the whole',
    releaseFacts({ lines: [aReleaseLine({ amount: 1n }, { wholeReleaseOpen: true })] }),
    'open-orders',
    '/lines/0',
    '该项冻结已有尚未办结的全部解除',
  ],
  ['the whole beside a partial one', releaseFacts({ lines: [aReleaseLine({}, { openReleases: 100n })] }), '-'],
  ['partial ones up to the whole', releaseFacts({ lines: [aReleaseLine({ amount: 400n }, { openReleases: 100n })] }), '-'],
  [
    'partial ones beyond the whole',
    releaseFacts({ lines: [aReleaseLine({ amount: 400n }, { openReleases: 101n })] }),
    'open-orders',
    '/lines/0',
    '连同尚未办结的解除，超过该项冻结的金额',
  ],
];

describe('money', () => {
  it.each(MONEY)('%s', (...row) => judge(row));
});

describe('releases', () => {
  it.each(RELEASES)('%s', (...row) => judge(row));
});
