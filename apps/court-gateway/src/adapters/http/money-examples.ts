const money = (amount: string) => ({ amount, currency: 'CNY' });

export const HOLDING_EXAMPLE = {
  id: '01995a43-44dd-7e55-9099-916fa05f6f72',
  debtorId: '01995a43-44dd-7e55-9099-916fa05f6f11',
  bank: 'hubeibank',
  legalPerson: 'hubeibank',
  account: '4201********0011',
  kind: 'current',
  currency: 'CNY',
  state: '正常',
  balance: money('62310.45'),
  available: money('62310.45'),
  priorMeasures: [{ authority: '江岸区法院', document: '(2025)鄂0102执保88号', amount: money('60000.00'), until: '2026-09-01' }],
  priorityRights: [],
  restriction: { code: 'wages', freeze: 'above-reserve', deduct: 'above-reserve', reserve: money('3120.33'), basis: '民事诉讼法第254条' },
  orderNumber: '202603104201060000000101',
  asOf: '2026-03-10T01:06:00.000Z',
};

export const TRANSACTION_EXAMPLE = {
  serial: '2026030900017',
  at: '2026-03-09T02:00:00.000Z',
  direction: 'credit',
  amount: money('10000.00'),
  counterpartName: '王**',
  counterpartAccount: '6222***********0123',
  orderNumber: '202603104201060000000101',
  asOf: '2026-03-10T01:06:00.000Z',
};

export const MEASURE_EXAMPLE = {
  id: '01995a43-44dd-7e55-9099-916fa05f6f90',
  caseId: '01995a41-22bb-7c33-9e77-7f4f8f3e4d50',
  holdingId: HOLDING_EXAMPLE.id,
  debtorId: HOLDING_EXAMPLE.debtorId,
  bank: 'hubeibank',
  legalPerson: 'hubeibank',
  account: '4201********0011',
  kind: 'current',
  scope: 'funds',
  limit: money('66213.50'),
  covered: money('62310.45'),
  uncovered: money('3903.05'),
  rank: 1,
  status: 'in-force',
  from: '2026-03-10',
  to: '2027-03-09',
  orderNumber: '202603104201060000000201',
  seq: 1,
  asOf: '2026-03-10T03:52:04.000Z',
};

export const MEASURES_EXAMPLE = {
  ceiling: money('189197.50'),
  committed: money('66213.50'),
  underControl: money('62310.45'),
  collected: money('0.00'),
  outstanding: money('189197.50'),
  exposure: money('0.00'),
  excess: money('0.00'),
  items: [MEASURE_EXAMPLE],
};

export const PAYMENT_EXAMPLE = {
  id: '01995a43-44dd-7e55-9099-916fa05f6fa1',
  orderNumber: '202604024201060000000301',
  seq: 1,
  measureId: MEASURE_EXAMPLE.id,
  amount: money('66213.50'),
  principal: money('66213.50'),
  interest: money('0.00'),
  fee: money('0.00'),
  channel: 'internal',
  bankSerial: 'HB20260402000017',
  valueDate: '2026-04-02',
  state: 'credited',
  creditedAt: '2026-04-02T03:10:00.000Z',
  claimDueAt: '2026-04-05T16:00:00.000Z',
};

export const TASK_EXAMPLE = {
  id: '01995a43-44dd-7e55-9099-916fa05f6fb2',
  kind: 'undetermined',
  subject: '202603104201060000000201',
  state: 'open',
  caseId: MEASURE_EXAMPLE.caseId,
  requestId: '01995a41-22bb-7c33-9e77-7f4f8f3e4d77',
  orderNumber: '202603104201060000000201',
  text: '结果不能确定，须查明后登记处理结论',
  at: '2026-03-10T03:52:04.000Z',
  dueAt: '2026-03-11T03:52:04.000Z',
};

export const RESOLUTION_EXAMPLE = {
  orderNumber: '202603104201060000000201',
  items: [
    {
      seq: 1,
      outcome: 'executed',
      amount: money('62310.45'),
      evidence: '湖北银行运营部2026年3月11日书面答复',
      reason: '系统中断期间银行已执行',
      status: 'awaiting',
      by: '01995a3d-0000-7000-8000-000000000001',
      at: '2026-03-11T03:52:04.000Z',
    },
  ],
};

export const RECEIPT_EXAMPLE = {
  id: '01995a43-44dd-7e55-9099-916fa05f6fc3',
  name: '协助冻结存款通知书（回执）.pdf',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  size: 24310,
  at: '2026-03-10T03:52:04.000Z',
};
