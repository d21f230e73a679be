import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { flattenedVerify } from 'jose';
import { parseStrictJson, SystemClock, systemEntropy, type Entropy } from '#kernel';
import { Ed25519Signer, openPayload, PayloadKey, PayloadRecipient, sealPayload } from '#trust';
import { SAMPLE_ORDERS, SAMPLE_PDF } from './fixtures/orders.js';
import { makeSides } from './fixtures/bank-side.js';
import { dayQuery } from './ask-day.js';
import { RealtimeJson, signJws } from './index.js';
import { readDay } from './read-day.js';

const DOCS = new URL('../../../docs/dialects/', import.meta.url);
const samples = new URL('samples/realtime-json/', DOCS);
const names = readdirSync(samples)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5));
const sample = (name: string): Buffer => readFileSync(new URL(`${name}.json`, samples));

const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });
(addFormats as unknown as (target: Ajv2020) => void)(ajv);
const schema = (name: string): ValidateFunction =>
  ajv.compile(JSON.parse(readFileSync(new URL(`schemas/realtime-json/${name}.schema.json`, DOCS), 'utf8')) as object);
const schemas: Readonly<Record<string, ValidateFunction>> = Object.fromEntries(
  ['order', 'answer', 'notice', 'state', 'day-query', 'day-statement', 'jws-header', 'envelope'].map((name) => [name, schema(name)]),
);
const faultsOf = (kind: string, value: unknown): unknown => (schemas[kind]?.(value) === true ? [] : schemas[kind]?.errors);
/** A sample is named like the schema of its message, and after that as its author likes. */
const kindOf = (name: string): string => Object.keys(schemas).find((kind) => name === kind || name.startsWith(`${kind}-`)) ?? '';

const connector = new RealtimeJson({ endpoint: () => '', concurrency: 1, connectMs: 1 }, makeSides().signatures, new SystemClock());
const contents = new Map([['sample', SAMPLE_PDF]]);
const orderOf = (name: string) => {
  const { reqNo } = JSON.parse(sample(name).toString('utf8')) as { reqNo: string };
  const found = Object.values(SAMPLE_ORDERS).find(({ orderNumber }) => orderNumber === reqNo);
  if (!found) throw new Error(`${name} answers no sample order`);
  return found;
};

describe('the published samples of realtime-json', () => {
  it.each(names)('%s is valid by its schema, and the same bytes come out of what is read', (name) => {
    const bytes = sample(name);
    const parsed = parseStrictJson(bytes);
    expect(faultsOf(kindOf(name), parsed)).toEqual([]);
    expect(Buffer.from(JSON.stringify(parsed), 'utf8')).toEqual(bytes);
  });

  // A bank has digested and kept such bytes: a change here is another message under an old number.
  it.each(Object.keys(SAMPLE_ORDERS))('%s is, byte for byte, what we write', (name) => {
    const order = SAMPLE_ORDERS[name];
    expect(order && connector.writeOrder(order, contents).toString('utf8')).toBe(sample(name).toString('utf8'));
  });

  it.each(names.filter((name) => name.startsWith('answer-')))('%s is read whole', (name) => {
    const reading = connector.readAnswer(sample(name), orderOf(name));
    expect(reading).toMatchObject({ kind: 'answer', receivedAt: '2026-03-10T03:52:03.120Z' });
    if (reading.kind === 'answer' && 'control' in reading.content) {
      expect(reading.content.control.lines.filter(({ status }) => status === 'undetermined')).toEqual([]);
    }
  });

  it.each(names.filter((name) => name.startsWith('notice-')))('%s is read whole', (name) => {
    const reading = connector.readNotice(sample(name));
    expect(reading).toMatchObject({ kind: 'notice', notice: { at: '2026-03-20T01:00:00.000Z' } });
  });

  it.each(names.filter((name) => name.startsWith('day-statement')))('%s is read whole', (name) => {
    const { page, beginDate, endDate } = JSON.parse(sample(name).toString('utf8')) as { page: number; beginDate: string; endDate: string };
    const reading = readDay(sample(name), { from: beginDate, to: endDate, page });
    expect(reading).toMatchObject({ kind: 'day', page: { from: beginDate, to: endDate, page, references: !name.endsWith('totals-only') } });
  });

  it('day-query is, byte for byte, what we ask', () => {
    expect(dayQuery({ from: '2026-03-10', to: '2026-03-10', page: 1 })).toEqual(sample('day-query'));
  });

  it('mean what the contracts say: a freeze, a deduction, an account with all that can be said of it, a payment that came back', () => {
    const contentOf = (name: string) => connector.readAnswer(sample(name), orderOf(name));
    const cny = (amount: string) => ({ amount, currency: 'CNY' });
    expect(contentOf('answer-freeze')).toEqual({
      kind: 'answer',
      orderNumber: orderOf('answer-freeze').orderNumber,
      receivedAt: '2026-03-10T03:52:03.120Z',
      answeredAt: '2026-03-10T03:52:04.000Z',
      content: {
        control: {
          lines: [
            {
              seq: 1,
              status: 'executed',
              limit: cny('66213.50'),
              covered: cny('62310.45'),
              uncovered: cny('3903.05'),
              rank: 1,
              balance: cny('62310.45'),
              available: cny('0.00'),
              from: '2026-03-10',
              to: '2027-03-09',
              priorMeasures: [],
              priorityRights: [],
            },
          ],
        },
      },
    });
    expect(contentOf('answer-deduct')).toMatchObject({
      content: {
        control: { lines: [{ moved: { principal: cny('62310.45'), interest: cny('12.30'), channel: 'own-bank', state: 'credited' } }] },
      },
    });
    expect(contentOf('answer-inquire')).toMatchObject({
      content: {
        inquiry: {
          result: 'found',
          holdings: [
            { account: '4201000000000011', kind: 'current', state: 'normal', measures: [{ seq: 1, covered: cny('62310.45'), rank: 1 }] },
            { kind: 'closed', state: 'closed' },
            { kind: 'wages', restriction: { code: 'wages', freeze: 'above-reserve', reserve: cny('3120.33') }, coOwners: ['王小芳'] },
            { kind: 'wealth-product', asset: { productNumber: 'WP-2026-01', shares: '80000', unitPrice: '1.0123' } },
          ],
        },
      },
    });
    expect(contentOf('answer-refused')).toMatchObject({
      content: { control: { lines: [{ status: 'refused', reason: { code: 'ACCOUNT_NOT_OF_DEBTOR' } }] } },
    });
    expect(connector.readNotice(sample('notice-returned'))).toMatchObject({
      notice: { kind: 'returned', amount: cny('62310.45'), serial: 'HB20260310-000018', controlRestored: true },
    });
  });

  it('cover every action, every kind of notice and every part of an answer', () => {
    const all = names.map((name) => sample(name).toString('utf8')).join('');
    for (const code of ['SF01', 'SF02', 'SF03', 'SF04', 'SF05', 'N1', 'N2', 'N3', 'N4', 'N5', 'N6', 'qryRslt', 'ctlRslt', 'rollback']) {
      expect(all).toContain(`"${code}"`);
    }
    for (const stat of ['S', 'P', 'F', 'W', 'R']) expect(all).toContain(`"stat":"${stat}"`);
  });
});

describe('the published signature', () => {
  const read = (name: string): Buffer => readFileSync(new URL(`jws/${name}`, samples));
  const lines = (name: string): string => read(name).toString('utf8').trim();

  it('is what we make of the published key, name and time over order-freeze.json, and others accept it', async () => {
    const signer = new Ed25519Signer(read('court-sample.pem'), 'court-sample');
    const entropy: Entropy = { bytes: (count) => Buffer.alloc(count, 7) };
    const claims = { aud: 'hubeibank', msg: 'order', sub: SAMPLE_ORDERS['order-freeze']?.orderNumber ?? '' } as const;
    const { value } = await signJws(signer, sample('order-freeze'), claims, { at: 1_773_114_723_000, entropy });
    expect(value).toBe(lines('order-freeze.jws'));
    const [head = '', , signature = ''] = value.split('.');
    expect(faultsOf('jws-header', JSON.parse(Buffer.from(head, 'base64url').toString('utf8')))).toEqual([]);
    const understood = { iat: true, jti: true, aud: true, msg: true, sub: true };
    const jws = { protected: head, payload: sample('order-freeze'), signature };
    await expect(flattenedVerify(jws, signer.publicKey, { algorithms: ['EdDSA'], crit: understood })).resolves.toBeDefined();
  });

  it('has a header that the schema refuses when anything of it is left out', async () => {
    const [head = ''] = lines('order-freeze.jws').split('.');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as Record<string, unknown>;
    for (const name of Object.keys(header)) expect(faultsOf('jws-header', { ...header, [name]: undefined })).not.toEqual([]);
    expect(faultsOf('jws-header', { ...header, irt: header['jti'] })).not.toEqual([]);
  });
});

describe('the published envelope', () => {
  const read = (name: string): Buffer => readFileSync(new URL(`sm4/${name}`, samples));
  const key = new PayloadKey(read('bank-sample-enc.pem').toString('utf8'), 'bank-sample-enc');

  it('is valid, and holds order-freeze.json for the published key', async () => {
    expect(faultsOf('envelope', parseStrictJson(read('order-freeze.sealed.json')))).toEqual([]);
    expect(await openPayload(read('order-freeze.sealed.json'), [key])).toEqual({ bytes: sample('order-freeze') });
  });

  it('has the form that we write, for long bodies and for short ones', async () => {
    const recipient = new PayloadRecipient(read('bank-sample-enc.pub.pem').toString('utf8'), key.keyId);
    for (const bytes of [Buffer.from('{}'), sample('order-freeze'), Buffer.alloc(3_000, 'x')]) {
      expect(faultsOf('envelope', parseStrictJson(await sealPayload(bytes, recipient, systemEntropy)))).toEqual([]);
    }
  });
});
