import { describe, expect, it } from '@jest/globals';
import { freeze, inquiry } from '../fixtures/orders.js';
import { orderForCore } from './order-writer.js';

describe('an order for the core of a simulated bank', () => {
  it('says everything that the core asks for, and nothing of our inside', () => {
    const body = orderForCore(freeze, new Map());
    expect(body).toMatchObject({
      format: 'chakong-order/v1',
      action: 'freeze',
      court: { code: '420106', name: '武汉市武昌区人民法院' },
      officer: { name: '李晓', workId: '鄂0106-0231', dutyId: '鄂执-10231' },
      debtor: { kind: 'person', name: '陈志远', idType: '01', idNumber: '420106190001010019' },
      lines: [{ seq: 1, amount: { amount: '66213.50', currency: 'CNY' }, scope: 'funds', from: '2026-03-10', to: '2027-03-09' }],
    });
    for (const inside of [freeze.requestId, freeze.case.id, freeze.officer.id]) expect(JSON.stringify(body)).not.toContain(inside);
  });

  it('carries the documents it is given and leaves the lines out of an inquiry', () => {
    const [document] = freeze.documents;
    const body = orderForCore(inquiry, new Map([[document?.digest ?? '', Buffer.from('%PDF-')]]));
    expect(body).toMatchObject({ documents: [{ content: Buffer.from('%PDF-').toString('base64') }], lines: undefined });
  });
});
