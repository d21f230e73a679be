const ORDER_NUMBER = '202603104201060000000204';

export const NUMBER_PARAM = { name: 'orderNumber', description: '请求单号', example: ORDER_NUMBER };

const ITEM = {
  orderNumber: ORDER_NUMBER,
  action: 'freeze',
  status: 'received',
  legalPerson: 'wrcb',
  caseNumber: '(2026)鄂0106执1234号',
  court: { code: '420106', name: '武汉市武昌区人民法院' },
  officer: { name: '李晓', phone: '027-00000000' },
  debtor: { name: '陈**', idType: '01', idNumber: '4201**********0019' },
  lines: 1,
  receivedAt: '2026-03-10T03:52:00.000Z',
  dueAt: '2026-03-11T03:52:00.000Z',
  overdue: false,
};

export const LIST_EXAMPLE = { items: [ITEM], nextCursor: null };

export const DETAIL_EXAMPLE = {
  ...ITEM,
  version: 1,
  debtor: { kind: 'person', name: '陈志远', idType: '01', idNumber: '420106190001010019' },
  documents: [{ type: 'freeze-ruling', number: '(2026)鄂0106执1234号之一', title: '冻结裁定书', sha256: '…', size: 31207, seal: '…' }],
  lines: [
    { seq: 1, account: '9101000000003310', currency: 'CNY', kind: 'wealth-product', amount: { amount: '80984.00', currency: 'CNY' } },
  ],
  receipts: [],
};

export const DOCUMENTS_EXAMPLE = {
  items: [
    {
      type: 'freeze-ruling',
      number: '(2026)鄂0106执1234号之一',
      title: '冻结裁定书',
      sha256: '…',
      size: 31207,
      seal: '…',
      content: '<Base64>',
    },
  ],
  credentials: [{ kind: 'work', number: '鄂0106-0231' }],
};

export const ANSWER_EXAMPLES = {
  inquiry: {
    summary: '查询：查有财产',
    value: {
      result: 'found',
      lines: [
        {
          account: '9101000000003310',
          kind: 'wealth-product',
          currency: 'CNY',
          state: 'normal',
          balance: '80984.00',
          available: '80984.00',
        },
      ],
    },
  },
  nothing: { summary: '查询：查无开户信息', value: { result: 'no-account', lines: [] } },
  control: {
    summary: '冻结：已控制',
    value: { lines: [{ seq: 1, status: 'executed', limit: '80984.00', covered: '80984.00', uncovered: '0.00', balance: '80984.00' }] },
  },
  refused: {
    summary: '冻结：未能控制',
    value: { lines: [{ seq: 1, status: 'refused', reason: { code: 'NO_ACCOUNT', text: '无申请控制账号' } }] },
  },
};

export const ROLLBACK_EXAMPLE = { code: '0403', note: '缺少法律文书', contact: '王芳', phone: '027-88880000' };
export const IN_REVIEW_EXAMPLE = { orderNumber: ORDER_NUMBER, status: 'in-review' };
export const REVIEWED_EXAMPLE = { orderNumber: ORDER_NUMBER, status: 'answered' };
export const RECEIPT_EXAMPLE = { id: '0195a0c0-0000-7000-8000-000000000009', name: '回执.pdf', sha256: '…', size: 20480 };
