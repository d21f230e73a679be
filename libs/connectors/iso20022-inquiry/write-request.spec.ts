import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OrderDispatched } from '#contracts';
import { AppError, instantText, legalDateOf } from '#kernel';
import { everyElement, textOf } from './elements.js';
import { INQUIRY, ORGANISATION } from './fixtures/orders.js';
import { testSigner, type TestSigner } from './fixtures/signing.js';
import { FileXmlSigner, readMessage, signRequest, writeRequest, type InquiryMessage } from './index.js';

const DAY = new Date('2026-11-24T02:00:00Z');
const BANK = 'F001H101420101001';

const write = (over: Partial<OrderDispatched> = {}): Buffer => writeRequest({ ...INQUIRY, ...over }, BANK);
const check = (bytes: Buffer, ...trusted: TestSigner[]): InquiryMessage =>
  readMessage(bytes, { certificates: trusted.length === 0 ? undefined : trusted.map(({ certificate }) => certificate), at: DAY });
const textsIn = ({ document }: InquiryMessage, name: string): readonly string[] =>
  [...everyElement(document)].filter(({ localName }) => localName === name).map(textOf);
const refusalOf = (over: Partial<OrderDispatched>): string => {
  try {
    write(over);
    return 'written';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

/** What XML can say in one line, with everything that has a meaning in markup. */
const characters = fc.oneof(
  fc.constantFrom('&', '<', '>', '"', "'", ' ', ']]>', '㐀', '𠮷', '\u{10ffff}', '-->', '</AppHdr>', '\u200d'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
);
const text = (most: number) =>
  fc
    .array(characters, { minLength: 1, maxLength: most })
    .map((parts) => [...parts.join('').replace(/[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/gu, '')].slice(0, most).join(''))
    .filter((value) => value !== '');
const debtors: fc.Arbitrary<OrderDispatched['debtor']> = fc.record({
  id: fc.constant('x'),
  kind: fc.constantFrom('person', 'organisation'),
  name: text(140),
  idType: fc.constantFrom('01', '02', '03', '09', '19', '20'),
  idNumber: text(35),
});
const orders: fc.Arbitrary<OrderDispatched> = fc
  .record({
    orderNumber: fc.stringMatching(/^[0-9A-Za-z-]{1,30}$/),
    dispatchedAt: fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
    debtor: fc.oneof(debtors, fc.constant(ORGANISATION)),
    number: text(35),
    name: text(60),
    phone: fc.option(text(40), { nil: undefined }),
    credential: text(50),
    title: text(80),
  })
  .map(({ number, name, phone, credential, title, dispatchedAt, ...over }) => ({
    ...INQUIRY,
    ...over,
    dispatchedAt: dispatchedAt.toISOString(),
    case: { ...INQUIRY.case, number },
    officer: { ...INQUIRY.officer, name, ...(phone === undefined ? {} : { phone }), credentials: [{ kind: 'work', number: credential }] },
    documents: INQUIRY.documents.map((document) => ({ ...document, title })),
  }));

describe('a request', () => {
  let court: TestSigner;
  let stranger: TestSigner;
  beforeAll(async () => {
    [court, stranger] = await Promise.all([testSigner('court', DAY), testSigner('stranger', DAY)]);
  }, 60_000);
  const signerOf = ({ certificate, keyPem }: TestSigner) => new FileXmlSigner({ certificate: certificate.toString(), key: keyPem });

  it('of every order that can be said is taken by the checker, and says what the order says', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const message = check(writeRequest(order, BANK));
        expect([message.name, message.signature]).toEqual(['auth.001.001.01', 'absent']);
        expect(textsIn(message, 'InvstgtnId')).toEqual([order.orderNumber]);
        expect(textsIn(message, 'Prgrph')).toEqual([order.case.number]);
        expect(textsIn(message, 'Nm')).toEqual([order.debtor.name]);
        expect(textsIn(message, 'Id').at(-1)).toBe(order.debtor.idNumber);
        const day = legalDateOf(Date.parse(order.dispatchedAt));
        expect([...textsIn(message, 'FrDt'), ...textsIn(message, 'ToDt')]).toEqual([day, day]);
        expect(textsIn(message, 'MsgNmId')).toEqual(['supl.027.001.01']);
      }),
      { numRuns: 300 },
    );
  });

  it('of every order has a signature that holds, of the court and of nobody else', async () => {
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const signed = await signRequest(writeRequest(order, BANK), signerOf(court));
        const { signature } = check(signed, court);
        expect(typeof signature === 'object' && signature.certificate.fingerprint512).toBe(court.certificate.fingerprint512);
        expect(() => check(signed, stranger)).toThrow('nobody vouches');
        expect(() => check(Buffer.from(signed.toString().replace('<Prgrph>', '<Prgrph>x')), court)).toThrow();
      }),
      { numRuns: 40 },
    );
  });

  it('is the same bytes for the same order, signed or not', async () => {
    expect(write()).toEqual(write());
    expect(await signRequest(write(), signerOf(court))).toEqual(await signRequest(write(), signerOf(court)));
  });

  it('says who asks, by which paper, and whose accounts', () => {
    const message = check(write());
    expect(textsIn(message, 'Dsclmr')[0]).toBe(
      `武汉市武昌区人民法院 协助查询存款通知书 (2026)鄂0106执1234号之七 SHA-256 ${INQUIRY.documents[0]?.sha256 ?? ''}`,
    );
    expect(textsIn(message, 'OfficialId')).toEqual(['工作证 鄂0106-0231 公务证 鄂执-10231']);
    expect(textsIn(message, 'OfficialSuperiorId')).toEqual(['420106 武汉市武昌区人民法院']);
    expect(textsIn(message, 'AddtlInf')).toEqual(['承办人 李晓 电话 027-00000000']);
    expect(textsIn(message, 'Cd')).toEqual(['PIC', 'ALLP']);
    expect(textsIn(check(write({ debtor: ORGANISATION })), 'Cd')).toEqual(['COID', 'ALLP']);
    expect(textsIn(check(write({ debtor: { ...INQUIRY.debtor, idType: '03' } })), 'Prtry')).toEqual(['ZJLX-03']);
    expect(write().toString()).toContain(`<CreDt>${instantText(Date.parse(INQUIRY.dispatchedAt))}</CreDt>`);
  });

  const { debtor } = INQUIRY;
  it.each<[string, Partial<OrderDispatched>]>([
    ['a freeze', { action: 'freeze' }],
    ['a renewal', { action: 'renew' }],
    ['a release', { action: 'release' }],
    ['a deduct', { action: 'deduct' }],
    ['bookings', { transactions: { from: '2026-01-01', to: '2026-03-01' } }],
    ['a kind of paper without a number', { debtor: { ...debtor, idType: 'USCC' } }],
    ['a name that is too long', { debtor: { ...debtor, name: '长'.repeat(141) } }],
    ['an empty number', { debtor: { ...debtor, idNumber: '' } }],
    ['half a character', { debtor: { ...debtor, name: '陈\ud842' } }],
    ['a control character', { debtor: { ...debtor, name: '陈\u0085远' } }],
    ['a line of its own', { debtor: { ...debtor, name: '陈\n远' } }],
    ['a case number that is too long', { case: { ...INQUIRY.case, number: '9'.repeat(36) } }],
    ['no paper', { documents: [] }],
  ])('does not exist for %s', (_what, over) => expect(refusalOf(over)).toBe('unsupported-by-dialect'));

  it.each([
    ['a key of somebody else', () => ({ certificate: court.certificate.toString(), key: stranger.keyPem })],
    ['no PEM', () => ({ certificate: 'x', key: court.keyPem })],
  ])('is not signed with %s', (_what, pem) => expect(() => new FileXmlSigner(pem())).toThrow(AppError));

  it('is not signed with a short key', async () => {
    const { certificate, keyPem } = await testSigner('short', DAY, 1024);
    expect(() => new FileXmlSigner({ certificate: certificate.toString(), key: keyPem })).toThrow('2048 bits');
  });
});
