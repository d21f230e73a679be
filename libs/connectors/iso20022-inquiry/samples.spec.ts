import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { INQUIRY } from './fixtures/orders.js';
import { signed, testSigner, type TestSigner } from './fixtures/signing.js';
import { readAnswer, readMessage, writeRequest } from './index.js';

const FOLDER = new URL('../../../docs/dialects/samples/iso20022-inquiry/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.xml'));
const sample = (name: string): string => readFileSync(new URL(`${name}.xml`, FOLDER), 'utf8');
const DAY = new Date('2026-11-24T02:00:00Z');

describe('the published samples of iso20022-inquiry', () => {
  let bank: TestSigner;
  beforeAll(async () => {
    bank = await testSigner('bank', DAY);
  }, 60_000);

  it.each(names)('%s holds', (name) => {
    expect(readMessage(readFileSync(new URL(name, FOLDER)), { certificates: undefined, at: DAY }).signature).toBe('absent');
  });

  // A bank has digested and kept such bytes: a change here is another message under an old number.
  it('request-order.xml is, byte for byte, what we write', () =>
    expect(writeRequest(INQUIRY, 'F001H101420101001').toString('utf8')).toBe(sample('request-order')));

  it.each([
    [
      'answer-found',
      { content: { inquiry: { result: 'found', holdings: [{ kind: 'current' }, { kind: 'unknown', coOwners: ['某乙'] }] } } },
    ],
    ['answer-nothing', { content: { inquiry: { result: 'no-account', holdings: [] } } }],
    ['answer-not-applicable', { content: { rollback: { code: '09', note: '银行不答复此项查询 (NOAP) 0402 缺少执行人员证件' } } }],
    ['answer-later', { kind: 'unreadable', reason: 'nothing is answered yet' }],
  ])('%s is read as it is meant, once it is signed', (name, expected) => {
    const withPlace = sample(name).replace('<Rltd>', '<Sgntr>\n</Sgntr><Rltd>');
    const bytes = Buffer.from(signed(withPlace, 'applicationResponse', bank));
    expect(readAnswer(bytes, INQUIRY, { certificates: [bank.certificate], at: DAY })).toMatchObject(expected);
  });
});
