/** Answers as the description of the interface shows them. */
const cny = (amount: string) => ({ amount, currency: 'CNY' });

export const FIGURES_EXAMPLE = {
  ceiling: cny('189197.50'),
  collected: cny('0.00'),
  satisfied: cny('0.00'),
  outstanding: cny('189197.50'),
  committed: cny('0.00'),
  underControl: cny('0.00'),
  exposure: cny('0.00'),
  excess: cny('0.00'),
};

export const CASE_EXAMPLE = {
  id: '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b01',
  version: 1,
  caseNumber: '(2026)鄂0106执1234号',
  courtCode: '420106',
  kind: 'execution',
  status: 'open',
  filedOn: '2026-03-10',
  cause: '买卖合同纠纷',
  tags: ['涉民生'],
  predecessors: [{ caseNumber: '(2025)鄂0106执保88号' }],
  currency: 'CNY',
  debt: { principal: cny('186500.00'), interest: cny('0.00'), fee: cny('2697.50') },
  createdAt: '2026-03-10T01:02:03.000Z',
  ...FIGURES_EXAMPLE,
  courtAccount: { name: '武昌区法院执行款专户', number: '4201**********3400', bankName: '汉口银行', bankNumber: '313521000000' },
  handlers: [{ id: '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b02', name: '李晓' }],
  parties: [
    {
      id: '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b03',
      role: 'debtor',
      kind: 'person',
      idType: '01',
      name: '陈志远',
      idNumber: '4201**********0019',
    },
  ],
};

export const CHANGE_EXAMPLE = {
  id: '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b04',
  caseId: CASE_EXAMPLE.id,
  kind: 'debt',
  status: 'awaiting-approval',
  approvals: {
    required: ['judge'],
    given: [{ by: '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b05', role: 'judge', at: '2026-03-10T01:02:03.000Z' }],
  },
  proposed: { principal: '186500.00', interest: '1200.00', interestTo: '2026-03-10', fee: '2697.50', reason: '利息计至今日' },
  by: '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b02',
  at: '2026-03-10T01:02:03.000Z',
  lapsesAt: '2026-03-13T01:02:03.000Z',
};
