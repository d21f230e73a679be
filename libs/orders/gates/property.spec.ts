import { describe, it } from '@jest/globals';
import {
  aBank,
  aDeductLine,
  aFreezeLine,
  aHolding,
  aReleaseLine,
  aRenewLine,
  deductFacts,
  freezeFacts,
  inquireFacts,
  releaseFacts,
  renewFacts,
} from '../fixtures/facts.js';
import { type AnyFacts, type Row, judge } from '../fixtures/rows.js';
import type { RestrictionFacts } from '../index.js';

const restriction = (over: Partial<RestrictionFacts>): RestrictionFacts => ({
  code: 'wages',
  freeze: 'above-reserve',
  deduct: 'above-reserve',
  reserve: 250n,
  basis: '应保留生活费',
  ...over,
});
const other = aFreezeLine({ holding: aHolding({ property: 'other' }) });
const exempt = (facts: AnyFacts): Row => [
  `exempt money: ${facts.action} (R24)`,
  facts,
  'exempt-account',
  facts.lines[0]?.pointer,
  '该账户资金依法不得查控：应保留生活费',
  { restriction: 'wages' },
];
const none = restriction({ freeze: 'no', deduct: 'no' });
const restrictedDetail = (act: string, most: string): string => `该账户资金受限，${act}不得超过${most}：应保留生活费`;
const told = (available: string) => ({ restriction: 'wages', available });
const onHolding = (over: Partial<RestrictionFacts>, holding = {}) =>
  aFreezeLine({ holding: aHolding({ restriction: restriction(over), ...holding }) });
const onMeasure = (over: Partial<RestrictionFacts>, measure = {}) => aDeductLine({}, { restriction: restriction(over), ...measure });
const PROPERTY: readonly Row[] = [
  exempt(freezeFacts({ lines: [aFreezeLine({ holding: aHolding({ restriction: none }) })] })),
  exempt(renewFacts({ lines: [aRenewLine({ restriction: none })] })),
  exempt(deductFacts({ lines: [aDeductLine({}, { restriction: none })] })),
  ['exempt money may be released', releaseFacts({ lines: [aReleaseLine({}, { restriction: none })] }), '-'],
  ['a freeze above the reserve', freezeFacts({ lines: [onHolding({ reserve: 200n })] }), '-'],
  [
    'a freeze that touches the reserve',
    freezeFacts({ lines: [onHolding({ reserve: 201n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '3.99'),
    told('3.99'),
  ],
  [
    'a freeze beside an open one',
    freezeFacts({ lines: [onHolding({ reserve: 200n }, { openFreezes: 1n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '3.99'),
    told('3.99'),
  ],
  [
    'open freezes beyond what may be frozen',
    freezeFacts({ lines: [onHolding({ reserve: 200n }, { openFreezes: 900n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '0.00'),
    told('0.00'),
  ],
  [
    'two lines on one restricted holding',
    freezeFacts({ lines: [onHolding({ reserve: 0n }), { ...onHolding({ reserve: 0n }), pointer: '/lines/1', amount: 201n }] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '6.00'),
    told('6.00'),
  ],
  [
    'two lines on two restricted holdings',
    freezeFacts({ lines: [onHolding({ reserve: 0n }), { ...onHolding({ reserve: 0n }, { id: 'h2' }), pointer: '/lines/1' }] }),
    '-',
  ],
  [
    'a whole restricted account',
    freezeFacts({ lines: [{ ...onHolding({ reserve: 0n }), scope: 'account' }], reason: 'x' }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '6.00'),
    told('6.00'),
  ],
  [
    'a freeze of money that may only be deducted',
    freezeFacts({ lines: [onHolding({ freeze: 'no' })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '0.00'),
    told('0.00'),
  ],
  ['a freeze of money that may not be deducted', freezeFacts({ lines: [onHolding({ freeze: 'yes', deduct: 'no' })] }), '-'],
  [
    'money that may be frozen freely, beyond what is there',
    freezeFacts({ lines: [onHolding({ freeze: 'yes', deduct: 'no' }, { available: 100n })] }),
    '-',
  ],
  [
    'a restricted holding beside an account that is not known',
    freezeFacts({ lines: [onHolding({ reserve: 0n }), aFreezeLine({ pointer: '/lines/1', holding: undefined })] }),
    '-',
  ],
  [
    'money that may be deducted freely, beyond the balance stated last',
    deductFacts({ lines: [onMeasure({ freeze: 'above-reserve', deduct: 'yes' }, { balance: 100n })] }),
    '-',
  ],
  [
    'two restricted measures, each within its own',
    deductFacts({ lines: [onMeasure({}, { balance: 450n }), { ...onMeasure({}, { id: 'm2', balance: 450n }), pointer: '/lines/1' }] }),
    '-',
  ],
  [
    'a free account may be frozen beyond what is there',
    freezeFacts({ lines: [aFreezeLine({ holding: aHolding({ available: 0n }) })] }),
    '-',
  ],
  ['a renewal of restricted money', renewFacts({ lines: [aRenewLine({ restriction: restriction({}) })] }), '-'],
  [
    'a deduct of money that may only be frozen',
    deductFacts({ lines: [onMeasure({ freeze: 'yes', deduct: 'no' })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '0.00'),
    told('0.00'),
  ],
  [
    'the same with a known balance',
    deductFacts({ lines: [onMeasure({ freeze: 'yes', deduct: 'no' }, { balance: 900n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '0.00'),
    told('0.00'),
  ],
  ['a deduct that leaves the reserve', deductFacts({ lines: [onMeasure({}, { balance: 450n })] }), '-'],
  [
    'a deduct that touches the reserve',
    deductFacts({ lines: [onMeasure({}, { balance: 449n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '1.99'),
    told('1.99'),
  ],
  [
    'a deduct beside an open one',
    deductFacts({ lines: [onMeasure({}, { balance: 500n, openDeducts: 51n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '1.99'),
    told('1.99'),
  ],
  [
    'open deducts beyond the reserve',
    deductFacts({ lines: [{ ...onMeasure({}, { balance: 260n, openDeducts: 100n }), amount: 1n }] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '0.00'),
    told('0.00'),
  ],
  ['a deduct from an unknown balance takes what was frozen above the reserve', deductFacts({ lines: [onMeasure({})] }), '-'],
  [
    'two lines on one restricted measure',
    deductFacts({ lines: [onMeasure({}, { balance: 450n }), { ...onMeasure({}, { balance: 450n }), amount: 1n }] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '2.00'),
    told('2.00'),
  ],
  [
    'money that may be deducted freely',
    deductFacts({ lines: [onMeasure({ deduct: 'yes', freeze: 'above-reserve' }, { balance: 200n })] }),
    '-',
  ],
];

const BANKS: readonly Row[] = [
  ['an unknown bank', freezeFacts({ banks: [] }), 'unsupported-by-bank', '/lines/0', 'bank-a不支持此项业务'],
  [
    'a bank that is not active',
    inquireFacts({ banks: [aBank({ active: false })] }),
    'unsupported-by-bank',
    '/banks/0',
    'bank-a不支持此项业务',
  ],
  ...[inquireFacts, freezeFacts, renewFacts, releaseFacts, deductFacts].map((facts): Row => [
    `a bank without ${facts().action}`,
    facts({ banks: [aBank({ actions: [] })] }),
    'unsupported-by-bank',
    facts().action === 'inquire' ? '/banks/0' : facts().lines[0]?.pointer,
    'bank-a不支持此项业务',
  ]),
  [
    'transactions',
    inquireFacts({ transactions: { from: '2026-01-01', to: '2026-02-01' }, banks: [aBank({ transactions: false })] }),
    'unsupported-by-bank',
    '/transactions',
    'bank-a不支持查询交易流水',
  ],
  [
    'transactions at one of two banks',
    inquireFacts({
      transactions: { from: '2026-01-01', to: '2026-02-01' },
      banks: [aBank(), aBank({ name: 'bank-b', transactions: false })],
      lines: ['bank-a', 'bank-b'].map((bank) => ({ pointer: '', debtorId: 'debtor-1', bank })),
    }),
    'unsupported-by-bank',
    '/transactions',
    'bank-b不支持查询交易流水',
  ],
  [
    'transactions at a bank that is not asked',
    inquireFacts({
      transactions: { from: '2026-01-01', to: '2026-02-01' },
      banks: [aBank(), aBank({ name: 'bank-b', transactions: false })],
    }),
    '-',
  ],
  ['transactions not asked for', inquireFacts({ banks: [aBank({ transactions: false })] }), '-'],
  [
    'a whole account',
    freezeFacts({ lines: [aFreezeLine({ scope: 'account' })], reason: 'x', banks: [aBank({ scopes: ['funds'] })] }),
    'unsupported-by-bank',
    '/lines/0/scope',
    'bank-a不支持冻结整个账户',
  ],
  [
    'a wealth product',
    freezeFacts({ lines: [other], banks: [aBank({ propertyKinds: ['deposit'] })] }),
    'unsupported-by-bank',
    '/lines/0',
    'bank-a不支持冻结此类财产',
  ],
  [
    'an unknown holding, as a deposit',
    freezeFacts({ lines: [aFreezeLine({ holding: undefined })], banks: [aBank({ propertyKinds: ['other'] })] }),
    'unsupported-by-bank',
    '/lines/0',
    'bank-a不支持冻结此类财产',
  ],
  [
    'another currency',
    freezeFacts({ lines: [aFreezeLine({ currency: 'USD' })] }),
    'unsupported-by-bank',
    '/lines/0',
    '账户币种与案件币种不同，暂不支持网络冻结',
  ],
  [
    'a partial deduct',
    deductFacts({ banks: [aBank({ partialDeduct: false })] }),
    'unsupported-by-bank',
    '/lines/0/amount',
    'bank-a不支持部分扣划',
  ],
  ['a whole deduct', deductFacts({ lines: [aDeductLine({ amount: 300n })], banks: [aBank({ partialDeduct: false })] }), '-'],
];

describe('restricted property', () => {
  it.each(PROPERTY)('%s', (...row) => judge(row));
});

describe('what banks can do', () => {
  it.each(BANKS)('%s', (...row) => judge(row));
});
