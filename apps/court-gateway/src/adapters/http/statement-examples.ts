/** One statement in a list. */
export const STATEMENT_SUMMARY_EXAMPLE = {
  bank: 'hubeibank',
  date: '2026-03-10',
  from: '2026-03-10',
  version: 1,
  bankSide: 'stated',
  differences: 1,
  sha256: '4f2c0d6b8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae494',
  madeAt: '2026-03-10T16:15:02.031Z',
};

const FREEZES = [{ action: 'freeze', state: 'executed', count: 2, sums: [{ amount: '66213.50', currency: 'CNY' }] }];

export const STATEMENT_EXAMPLE = {
  ...STATEMENT_SUMMARY_EXAMPLE,
  statement: {
    format: 'chakong-statement/v1',
    bank: 'hubeibank',
    bankName: '湖北银行',
    date: '2026-03-10',
    period: { from: '2026-03-10', to: '2026-03-10' },
    version: 1,
    cutOffAt: '2026-03-10T16:15:02.017Z',
    ours: { totals: FREEZES },
    bankSide: 'stated',
    bankStatement: {
      version: 1,
      statementNo: 'DZ20260310-1',
      statedAt: '2026-03-10T16:05:00.000Z',
      references: true,
      totals: FREEZES,
      digests: ['b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c'],
      keyId: 'hubeibank-1',
      fact: '9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944cb5bb',
    },
    differences: {
      total: 1,
      items: [
        {
          kind: 'order',
          side: 'ours',
          orderNumber: '202603104201061000000003',
          ours: [{ seq: 1, action: 'freeze', state: 'executed', amount: { amount: '100.00', currency: 'CNY' } }],
          bank: [],
        },
      ],
    },
  },
  signature: { keyId: 'court-1', value: 'ed25519:4Xv…', over: '{"bank":"hubeibank",…}' },
  text: '湖北银行 2026-03-10 日终对账单（第1版）\n…',
  versions: [STATEMENT_SUMMARY_EXAMPLE],
};
