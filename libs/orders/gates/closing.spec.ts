import { describe, expect, it } from '@jest/globals';
import { NOW, policy } from '../fixtures/facts.js';
import { type CloseFacts, checkClose } from '../index.js';

const facts = (over: Partial<CloseFacts>): CloseFacts => ({
  policy,
  at: NOW,
  actor: { permitted: true, handler: true },
  case: { id: 'case-1', status: 'open' },
  manner: 'paid',
  measures: [{ id: 'm-1', status: 'released' }],
  openLines: 0,
  payments: [{ id: 'p-1', state: 'claimed' }],
  lastInquiries: [],
  ...over,
});
const live = [
  { id: 'm-1', status: 'in-force' as const },
  { id: 'm-2', status: 'expired' as const },
  { id: 'm-3', status: 'waiting' as const },
];
const asked = (answeredOn?: string) => ({ bank: 'bank-a', debtorId: 'debtor-1', answeredOn });
const open = (lines: number, payments: number) => ({
  code: 'open-orders',
  detail: `尚有${lines}个未办结的请求事项、${payments}笔未到账的执行款`,
  pointer: '/manner',
  extra: { openLines: lines, paymentsOnTheWay: payments },
});
const lacking = (...banks: string[]) => ({
  code: 'open-orders',
  detail: `终结本次执行前3个月内须完成全部银行的财产查询，尚缺：${banks.join('、') || '全部'}`,
  pointer: '/manner',
  extra: { banks, since: '2025-12-10' },
});

describe('closing a case (R8, R22)', () => {
  it.each<[string, Partial<CloseFacts>, object | undefined]>([
    ['nothing left', {}, undefined],
    ['a suspended case', { case: { id: 'case-1', status: 'suspended' } }, undefined],
    ['who may not', { actor: { permitted: false, handler: false } }, { code: 'forbidden', detail: '您没有办理此项业务的权限' }],
    ['who does not handle it', { actor: { permitted: true, handler: false } }, { code: 'not-handler', detail: '您不是本案承办人' }],
    ['closed already', { case: { id: 'case-1', status: 'closed' } }, { code: 'case-closed', detail: '案件已结案' }],
    [
      'live measures, waiting ones too',
      { measures: live },
      { code: 'live-measures', detail: '尚有2项冻结未解除', pointer: '/manner', extra: { measureIds: ['m-1', 'm-3'] } },
    ],
    ['open lines', { openLines: 2 }, open(2, 0)],
    [
      'money on its way',
      {
        payments: [
          { id: 'p-1', state: 'sent' },
          { id: 'p-2', state: 'credited' },
          { id: 'p-3', state: 'returned' },
        ],
      },
      open(0, 1),
    ],
    [
      'measures before open lines',
      { measures: live, openLines: 1 },
      { code: 'live-measures', detail: '尚有2项冻结未解除', pointer: '/manner', extra: { measureIds: ['m-1', 'm-3'] } },
    ],
    ['no assets keeps measures alive', { manner: 'no-assets', measures: live, lastInquiries: [asked('2026-03-01')] }, undefined],
    ['no assets with open lines', { manner: 'no-assets', openLines: 1, lastInquiries: [asked('2026-03-01')] }, open(1, 0)],
    ['no assets, asked three months ago', { manner: 'no-assets', lastInquiries: [asked('2025-12-10')] }, undefined],
    ['no assets, asked a day longer ago', { manner: 'no-assets', lastInquiries: [asked('2025-12-09')] }, lacking('bank-a')],
    [
      'no assets, never answered',
      {
        manner: 'no-assets',
        lastInquiries: [asked('2026-03-01'), { ...asked(), bank: 'bank-b' }, { ...asked(), bank: 'bank-b', debtorId: 'debtor-2' }],
      },
      lacking('bank-b'),
    ],
    [
      'no assets, two banks',
      { manner: 'no-assets', lastInquiries: [asked(), { ...asked(), bank: 'bank-b' }] },
      lacking('bank-a', 'bank-b'),
    ],
    ['no assets without any inquiry', { manner: 'no-assets' }, lacking()],
    ['other manners need no inquiry', { manner: 'settled', lastInquiries: [asked()] }, undefined],
  ])('%s', (_name, over, expected) => expect(checkClose(facts(over))).toEqual(expected));
});
