import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Ajv } from 'ajv';
import { encodeBody, orderAnsweredSchema, type OrderDispatched } from '#contracts';
import { freeze, freezeOf, inquiry } from '../fixtures/orders.js';
import type { AnswerReading } from '../readings.js';
import { readPlainAnswer } from './answer-reader.js';
import { readPlainNotice } from './notice-reader.js';
import { orderNumberHint } from './order-number-hint.js';
import { writePlainOrder } from './order-writer.js';

const TABLE = { done: 'executed', partial: 'partly-executed', refused: 'refused', processing: 'in-progress' } as const;
const at = '2026-03-10T03:52:04.000Z';
const money = (amount: string) => ({ amount, currency: 'CNY' });

function answer(order: OrderDispatched, part: object, over: object = {}): Buffer {
  return Buffer.from(JSON.stringify({ format: 'chakong-answer/v1', orderNumber: order.orderNumber, answeredAt: at, ...part, ...over }));
}
const read = (bytes: Buffer, order: OrderDispatched = freeze): AnswerReading => readPlainAnswer(bytes, order, TABLE);
const control = (...lines: object[]): object => ({ control: { lines } });

/** Whatever a reader calls an answer must fit the contract. */
function fits(reading: AnswerReading): boolean {
  if (reading.kind === 'unreadable') return true;
  const original = { digest: 'd', size: 1, contentType: 'application/json', signature: 'valid' } as const;
  const { content, answeredAt, receivedAt } = reading;
  const head = { orderNumber: reading.orderNumber, bank: 'b', answeredAt, original, receipts: [], factLeafHash: 'f' };
  encodeBody('order.answered.v1', { ...head, ...(receivedAt === undefined ? {} : { receivedAt }), ...content });
  return true;
}

describe('writing an order', () => {
  it('says everything the dialect asks for, in the same bytes every time, and nothing of our inside', () => {
    const bytes = writePlainOrder(freeze, new Map());
    expect(writePlainOrder(structuredClone(freeze), new Map())).toEqual(bytes);
    const body = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
    expect(body).toMatchObject({
      format: 'chakong-order/v1',
      action: 'freeze',
      court: { code: '420106', name: '武汉市武昌区人民法院' },
      officer: { name: '李晓', workId: '鄂0106-0231', dutyId: '鄂执-10231' },
      debtor: { kind: 'person', name: '陈志远', idType: '01', idNumber: '420106190001010019' },
      lines: [{ seq: 1, amount: money('66213.50'), scope: 'funds', from: '2026-03-10', to: '2027-03-09' }],
    });
    expect(Object.keys(body)).not.toContain('requestId');
    expect(bytes.toString('utf8')).not.toContain(freeze.case.id);
    expect(bytes.toString('utf8')).not.toContain(freeze.officer.id);
  });

  it('carries the documents it is given and leaves the lines out of an inquiry', () => {
    const [document] = freeze.documents;
    const bytes = writePlainOrder(inquiry, new Map([[document?.digest ?? '', Buffer.from('%PDF-')]]));
    const body = JSON.parse(bytes.toString('utf8')) as { documents: { content: string }[]; lines?: unknown };
    expect(body.documents[0]?.content).toBe(Buffer.from('%PDF-').toString('base64'));
    expect(body.lines).toBeUndefined();
  });
});

describe('reading an answer', () => {
  it.each(Object.entries(TABLE))('takes the word %s for %s', (word, status) => {
    const reading = read(answer(freeze, control({ seq: 1, status: word })));
    expect(reading).toMatchObject({ kind: 'answer', answeredAt: at, content: { control: { lines: [{ seq: 1, status }] } } });
  });

  it.each(['executed', 'DONE', 'done ', 'frozen', '', 'toString', '__proto__', 'constructor'])(
    'takes the word %j for undetermined',
    (word) => {
      const reading = read(answer(freeze, control({ seq: 1, status: word })));
      expect(reading).toMatchObject({ kind: 'answer', content: { control: { lines: [{ seq: 1, status: 'undetermined' }] } } });
    },
  );

  it('passes unknown members by, brings amounts into one form, and keeps the bank’s time of receipt', () => {
    const line = { seq: 1, status: 'done', limit: { amount: '66213.5', currency: 'CNY', note: 'x' }, covered: money('1'), mood: 'good' };
    const reading = read(answer(freeze, control(line), { receivedAt: '2026-03-10T11:52:03.12+08:00', weather: 'fine' }));
    expect(reading).toMatchObject({
      receivedAt: '2026-03-10T03:52:03.120Z',
      content: { control: { lines: [{ limit: money('66213.50'), covered: money('1.00') }] } },
    });
    expect(fits(reading)).toBe(true);
  });

  it('takes a broken line for undetermined and leaves the others whole', () => {
    const order = freezeOf(1, 2);
    const lines = [
      { seq: 1, status: 'done', limit: money('12,00') },
      { seq: 2, status: 'done', limit: money('12.00') },
    ];
    const reading = read(answer(order, control(...lines)), order);
    expect(reading).toMatchObject({ content: { control: { lines: [{ status: 'undetermined' }, { status: 'executed' }] } } });
  });

  it.each([
    ['not JSON', Buffer.from('{')],
    ['a member twice', Buffer.from('{"format":"chakong-answer/v1","format":"chakong-answer/v1"}')],
    ['another format', answer(freeze, control({ seq: 1, status: 'done' }), { format: 'chakong-answer/v2' })],
    ['another order', answer(freeze, control({ seq: 1, status: 'done' }), { orderNumber: '999' })],
    ['no time', answer(freeze, control({ seq: 1, status: 'done' }), { answeredAt: 'today' })],
    ['nothing', answer(freeze, {})],
    ['two things', answer(freeze, { ...control({ seq: 1, status: 'done' }), rollback: { code: '01' } })],
    ['an inquiry to a freeze', answer(freeze, { inquiry: { result: 'no-account', holdings: [] } })],
    ['a line without a number', answer(freeze, control({ status: 'done' }))],
    ['a line that was not asked', answer(freeze, control({ seq: 2, status: 'done' }))],
    ['a line twice', answer(freeze, control({ seq: 1, status: 'done' }, { seq: 1, status: 'refused' }))],
    ['no line', answer(freeze, control())],
  ])('cannot read %s', (_, bytes) => expect(read(bytes).kind).toBe('unreadable'));

  it.each(['found', 'no-account', 'identity-mismatch'])('reads the result %s of an inquiry', (result) => {
    const reading = read(answer(inquiry, { inquiry: { result, holdings: [] } }), inquiry);
    expect(reading).toMatchObject({ content: { inquiry: { result, holdings: [] } } });
  });

  it('reads a holding with everything a bank may say of it', () => {
    const holding = {
      account: '6223000000007755',
      kind: 'current',
      currency: 'CNY',
      state: 'normal',
      balance: money('100000.00'),
      available: money('40000.00'),
      priorMeasures: [{ authority: '江岸区法院', document: '(2025)鄂0102执保88号', amount: money('60000.00'), until: '2026-09-01' }],
      priorityRights: [{ type: 'pledge', holder: '某银行' }],
      restriction: { code: 'wages', deduct: 'above-reserve', reserve: money('3120.33'), basis: '工资卡' },
      coOwners: ['王某'],
      asset: { productNumber: 'P1', shares: '80000', unitPrice: '1.0123' },
      measures: [{ orderNumber: '1', seq: 1, limit: money('1'), covered: money('1'), uncovered: money('0'), rank: 2, ended: 'released' }],
      transactions: [{ serial: 's', at, direction: 'in', amount: money('1'), remark: 'unknown member' }],
    };
    const reading = read(answer(inquiry, { inquiry: { result: 'found', holdings: [holding] } }), inquiry);
    expect(reading).toMatchObject({
      content: { inquiry: { holdings: [{ account: '6223000000007755', transactions: [{ direction: 'credit' }] }] } },
    });
    expect(fits(reading)).toBe(true);
  });

  it('reads a rollback of any order', () => {
    const rollback = { code: '0404', note: '执行款账户信息有误', contact: '王芳', phone: '1' };
    expect(read(answer(freeze, { rollback }))).toMatchObject({ content: { rollback } });
    expect(read(answer(inquiry, { rollback }), inquiry)).toMatchObject({ content: { rollback } });
  });

  it('answers for every input, and whatever it calls an answer fits the contract', () => {
    const ajv = new Ajv({ strict: false });
    expect(ajv.validateSchema(orderAnsweredSchema)).toBe(true);
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant(money('1.00')), fc.constant('done'), fc.constant(at));
    const line = fc.dictionary(fc.constantFrom('seq', 'status', 'limit', 'covered', 'rank', 'from', 'reason', 'moved', 'x'), value);
    const lineWithSeq = line.map((members) => ({ status: 'done', ...members, seq: 1 }));
    fc.assert(fc.property(lineWithSeq, (one) => fits(read(answer(freeze, control(one))))));
    const holding = fc.dictionary(
      fc.constantFrom('account', 'kind', 'currency', 'state', 'balance', 'available', 'asset', 'restriction'),
      value,
    );
    fc.assert(fc.property(holding, (one) => fits(read(answer(inquiry, { inquiry: { result: 'found', holdings: [one] } }), inquiry))));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => read(Buffer.from(bytes)).kind === 'unreadable'));
    fc.assert(fc.property(fc.json(), (json) => fits(read(Buffer.from(json)))));
  });

  it('survives any changed byte of a good answer', () => {
    const bytes = answer(freeze, control({ seq: 1, status: 'done', limit: money('66213.50'), moved: null }));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (place, byte) => {
        const changed = Buffer.from(bytes);
        changed[place] = byte;
        return fits(read(changed));
      }),
    );
  });
});

describe('reading a notice', () => {
  const notice = { format: 'chakong-notice/v1', noticeId: 'b-1', kind: 'coverage', orderNumber: '1', seq: 1, at, covered: money('1') };
  const bytes = (over: object): Buffer => Buffer.from(JSON.stringify({ ...notice, ...over }));

  it.each(['coverage', 'promoted', 'lapsed', 'redeemed', 'credited', 'returned'])('knows the kind %s', (kind) =>
    expect(readPlainNotice(bytes({ kind, extra: 1, rank: null }))).toMatchObject({
      kind: 'notice',
      notice: { kind, covered: money('1.00') },
    }),
  );

  it.each([
    { kind: 'merged' },
    { noticeId: '' },
    { noticeId: '通知' },
    { seq: 0 },
    { at: '' },
    { covered: '1.00' },
    { controlRestored: 'yes' },
  ])('cannot read %j', (over) => expect(readPlainNotice(bytes(over)).kind).toBe('unreadable'));

  it('answers for every input', () => {
    fc.assert(fc.property(fc.uint8Array(), (anything) => readPlainNotice(Buffer.from(anything)).kind === 'unreadable'));
  });
});

describe('the number that a body seems to be about', () => {
  it('is found in a damaged body too', () => {
    expect(orderNumberHint(Buffer.from('{"format":"x","orderNumber" : "2026-1","holdings":['))).toBe('2026-1');
    expect(orderNumberHint(Buffer.from('{"ordernumber":"1"}'))).toBeUndefined();
  });
});
