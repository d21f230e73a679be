/** Whole bodies and answers of requests for the interface's description. */
const CASE_ID = '01995a3e-7b1c-7d30-8a44-0f2f6f1c2b3d';
const DEBTOR_ID = '01995a3e-7b1d-7a11-9c55-5d2f6f1c2b3e';
const MEASURE_ID = '01995a40-11aa-7b22-8d66-6e3f7f2d3c4f';
const TERM = { from: '2026-03-10', to: '2027-03-09' };

export const REQUEST_EXAMPLES = {
  inquire: { action: 'inquire', caseId: CASE_ID, debtorIds: [DEBTOR_ID], banks: ['hubeibank', 'hankoubank'] },
  freezeByPlan: { action: 'freeze', caseId: CASE_ID, planId: '01995a41-22bb-7c33-9e77-7f4f8f3e4d50', term: TERM },
  freeze: {
    action: 'freeze',
    caseId: CASE_ID,
    lines: [{ bank: 'hubeibank', account: '4201000000000011', debtorId: DEBTOR_ID, amount: '66213.50' }],
    term: TERM,
  },
  renew: { action: 'renew', caseId: CASE_ID, measureIds: [MEASURE_ID], until: '2028-03-09' },
  release: { action: 'release', caseId: CASE_ID, lines: [{ measureId: MEASURE_ID, amount: '10000.00' }], ground: '部分履行' },
  deduct: { action: 'deduct', caseId: CASE_ID, lines: [{ measureId: MEASURE_ID, amount: '66213.50' }] },
} as const;

const ORDER = {
  orderNumber: '202603104201061000000101',
  bank: 'hubeibank',
  legalPerson: 'hubeibank',
  debtorId: DEBTOR_ID,
  status: 'queued',
} as const;

export const ACCEPTED_EXAMPLE = {
  id: '01995a42-33cc-7d44-8f88-805f9f4f5e61',
  action: 'freeze',
  caseId: CASE_ID,
  status: 'awaiting-approval',
  approvals: { required: 1, given: [] },
  orders: [ORDER],
};

const MONEY = { amount: '66213.50', currency: 'CNY' };

export const REQUEST_EXAMPLE = {
  ...ACCEPTED_EXAMPLE,
  status: 'dispatched',
  at: '2026-03-10T03:50:00.000Z',
  by: '01995a3d-0000-7000-8000-000000000001',
  byName: '李晓',
  approvals: {
    required: 1,
    roles: ['judge'],
    given: [{ by: '01995a3d-0000-7000-8000-000000000002', byName: '周法官', role: 'judge', at: '2026-03-10T03:52:00.000Z' }],
  },
  dispatchedAt: '2026-03-10T03:52:00.000Z',
  term: TERM,
  progress: { total: 1, answered: 1, undetermined: 0, overdue: 0 },
  orders: [
    {
      ...ORDER,
      status: 'answered',
      overdue: false,
      sentAt: '2026-03-10T03:52:01.000Z',
      receivedAt: '2026-03-10T03:52:01.200Z',
      dueAt: '2026-03-11T03:52:01.200Z',
      answeredAt: '2026-03-10T03:52:04.000Z',
      lines: [
        {
          seq: 1,
          account: '4201********0011',
          status: 'executed',
          scope: 'funds',
          amount: MONEY,
          limit: MONEY,
          covered: { amount: '62310.45', currency: 'CNY' },
          uncovered: { amount: '3903.05', currency: 'CNY' },
        },
      ],
    },
  ],
};

export const BATCH_EXAMPLE = { items: [{ key: 'a-1', ...REQUEST_EXAMPLES.inquire }] };

export const BATCH_ANSWER_EXAMPLE = {
  items: [
    { key: 'a-1', status: 202, id: ACCEPTED_EXAMPLE.id },
    {
      key: 'a-2',
      status: 422,
      problem: { type: 'about:blank', title: 'case-closed', status: 422, code: 'case-closed', detail: '案件已结案' },
    },
  ],
};

export const PLAN_EXAMPLE = {
  planId: '01995a41-22bb-7c33-9e77-7f4f8f3e4d50',
  ceiling: { amount: '189197.50', currency: 'CNY' },
  committed: { amount: '0.00', currency: 'CNY' },
  lines: [{ holdingId: '01995a43-44dd-7e55-9099-916fa05f6f72', bank: 'hubeibank', account: '4201********0011', amount: MONEY }],
  total: MONEY,
  uncovered: { amount: '122984.00', currency: 'CNY' },
  validTo: '2026-03-10T04:50:00.000Z',
};
