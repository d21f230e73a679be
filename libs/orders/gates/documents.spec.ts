import { describe, it } from '@jest/globals';
import {
  aCase,
  aFreezeLine,
  aHolding,
  aReleaseLine,
  allInstruments,
  anInstrument,
  deductFacts,
  freezeFacts,
  inquireFacts,
  releaseFacts,
  renewFacts,
} from '../fixtures/facts.js';
import { type Row, judge, without, withRuling } from '../fixtures/rows.js';

const missing = (name: string): string => `缺少《${name}》`;
const DOCUMENTS: readonly Row[] = [
  ...(
    [
      [inquireFacts, 'inquiry-notice', '协助查询存款通知书'],
      [freezeFacts, 'freeze-ruling', '冻结裁定书'],
      [freezeFacts, 'freeze-notice', '协助冻结存款通知书'],
      [renewFacts, 'freeze-ruling', '冻结裁定书'],
      [renewFacts, 'freeze-notice', '协助冻结存款通知书'],
      [releaseFacts, 'release-ruling', '解除冻结裁定书'],
      [releaseFacts, 'release-notice', '协助解除冻结存款通知书'],
      [deductFacts, 'deduct-ruling', '扣划裁定书'],
      [deductFacts, 'deduct-notice', '协助扣划存款通知书'],
    ] as const
  ).map(([facts, type, title]): Row => [
    `${facts().action} without ${type} (R4)`,
    facts({ instruments: without(type) }),
    'instrument-missing',
    '/instrumentIds',
    missing(title),
    { missing: type },
  ]),
  [
    'a preservation freeze without application (R7)',
    freezeFacts({ case: aCase({ kind: 'preservation' }), instruments: without('preservation-application') }),
    'instrument-missing',
    '/instrumentIds',
    missing('财产保全申请书'),
    { missing: 'preservation-application' },
  ],
  ['an execution freeze without application', freezeFacts({ instruments: without('preservation-application') }), '-'],
  ['a draft at posting', freezeFacts({ instruments: withRuling({ state: 'draft' }) }), '-'],
  [
    'a void ruling',
    freezeFacts({ instruments: withRuling({ state: 'void' }) }),
    'instrument-missing',
    '/instrumentIds',
    missing('冻结裁定书'),
    { missing: 'freeze-ruling' },
  ],
  [
    'a ruling for another bank, not named',
    freezeFacts({ instruments: withRuling({ bank: 'bank-b' }) }),
    'instrument-missing',
    '/instrumentIds',
    missing('冻结裁定书'),
    { missing: 'freeze-ruling' },
  ],
  [
    'a ruling for another bank, named',
    freezeFacts({ instruments: withRuling({ bank: 'bank-b' }), instrumentIds: ['freeze-ruling-1', 'freeze-notice-1'] }),
    'instrument-mismatch',
    '/lines/0',
    '《冻结裁定书》不是向bank-a出具的',
  ],
  [
    'a notice for another bank, named, in an inquiry',
    inquireFacts({ instruments: [anInstrument({ type: 'inquiry-notice', bank: 'bank-b' })], instrumentIds: ['inquiry-notice-1'] }),
    'instrument-mismatch',
    '/banks/0',
    '《协助查询存款通知书》不是向bank-a出具的',
  ],
  ['named ones that do', freezeFacts({ instrumentIds: ['freeze-ruling-1', 'freeze-notice-1'] }), '-'],
  [
    'named ones that lack a type',
    freezeFacts({ instrumentIds: ['freeze-ruling-1'] }),
    'instrument-missing',
    '/instrumentIds',
    missing('协助冻结存款通知书'),
    { missing: 'freeze-notice' },
  ],
  [
    'a first named one that is not the case’s',
    freezeFacts({ instrumentIds: ['x', 'freeze-ruling-1', 'freeze-notice-1'] }),
    'instrument-missing',
    '/instrumentIds/0',
    '所列文书不属于本案',
  ],
  [
    'a ruling for one of two banks',
    freezeFacts({
      instruments: withRuling({ bank: 'bank-a' }),
      lines: [aFreezeLine(), aFreezeLine({ pointer: '/lines/1', bank: 'bank-b', holding: aHolding({ id: 'h2' }) })],
    }),
    'instrument-missing',
    '/instrumentIds',
    missing('冻结裁定书'),
    { missing: 'freeze-ruling' },
  ],
  [
    'the sum of a draft that is the newest',
    freezeFacts({
      instruments: [...allInstruments(), anInstrument({ type: 'freeze-ruling', id: 'd', state: 'draft', madeAt: 9, amount: 1n })],
    }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《冻结裁定书》所载的0.01',
  ],
  [
    'a named one that is not the case’s',
    freezeFacts({ instrumentIds: ['freeze-ruling-1', 'freeze-notice-1', 'x'] }),
    'instrument-missing',
    '/instrumentIds/2',
    '所列文书不属于本案',
  ],
  [
    'only an older ruling is void',
    freezeFacts({ instruments: [...allInstruments(), anInstrument({ type: 'freeze-ruling', id: 'v', state: 'void', madeAt: 9 })] }),
    '-',
  ],
  ['a ruling’s sum used up exactly', freezeFacts({ instruments: withRuling({ amount: 1_000n, amountUnder: 600n }) }), '-'],
  [
    'a ruling’s sum exceeded by a fen',
    freezeFacts({ instruments: withRuling({ amount: 1_000n, amountUnder: 601n }) }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《冻结裁定书》所载的10.00',
  ],
  [
    'two lines under one ruling',
    freezeFacts({
      instruments: withRuling({ amount: 799n }),
      lines: [aFreezeLine(), aFreezeLine({ pointer: '/lines/1', holding: aHolding({ id: 'h2' }) })],
    }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《冻结裁定书》所载的7.99',
  ],
  [
    'two lines under two rulings',
    freezeFacts({
      instruments: [
        ...without('freeze-ruling'),
        anInstrument({ type: 'freeze-ruling', id: 'a', bank: 'bank-a', amount: 400n }),
        anInstrument({ type: 'freeze-ruling', id: 'b', bank: 'bank-b', amount: 399n }),
      ],
      lines: [aFreezeLine(), aFreezeLine({ pointer: '/lines/1', bank: 'bank-b', holding: aHolding({ id: 'h2' }) })],
    }),
    'instrument-mismatch',
    '/lines/1',
    '金额合计超过《冻结裁定书》所载的3.99',
  ],
  ['a notice’s sum limits nothing', freezeFacts({ instruments: withRuling({ amount: 1n }, 'freeze-notice') }), '-'],
  ['a renewal adds nothing to its ruling', renewFacts({ instruments: withRuling({ amount: 1n, amountUnder: 1n }) }), '-'],
  [
    'a release ruling’s sum',
    releaseFacts({ lines: [aReleaseLine({ newLimit: 100n })], instruments: withRuling({ amount: 399n }, 'release-ruling') }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《解除冻结裁定书》所载的3.99',
  ],
  [
    'a release ruling’s sum used up',
    releaseFacts({ lines: [aReleaseLine({ newLimit: 100n })], instruments: withRuling({ amount: 400n }, 'release-ruling') }),
    '-',
  ],
  [
    'two releases under two rulings, each within its own',
    releaseFacts({
      lines: [aReleaseLine({ newLimit: 100n }), { ...aReleaseLine({ newLimit: 100n }, { id: 'm2' }), pointer: '/lines/1', bank: 'bank-b' }],
      instruments: [
        ...without('release-ruling'),
        anInstrument({ type: 'release-ruling', id: 'a', bank: 'bank-a', amount: 400n }),
        anInstrument({ type: 'release-ruling', id: 'b', bank: 'bank-b', amount: 400n }),
      ],
    }),
    '-',
  ],
  [
    'a deduct ruling’s sum',
    deductFacts({ instruments: withRuling({ amount: 199n }, 'deduct-ruling') }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《扣划裁定书》所载的1.99',
  ],
  [
    'a named ruling’s sum, not the newest’s',
    freezeFacts({
      instruments: [
        ...without('freeze-ruling'),
        anInstrument({ type: 'freeze-ruling', id: 'old', amount: 1n }),
        anInstrument({ type: 'freeze-ruling', id: 'new', madeAt: 9 }),
      ],
      instrumentIds: ['old', 'freeze-notice-1'],
    }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《冻结裁定书》所载的0.01',
  ],
];

describe('documents', () => {
  it.each(DOCUMENTS)('%s', (...row) => judge(row));
});
