import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AnswerReading } from '#connector-sdk';
import { encodeBody, type HoldingLine, type OrderDispatched } from '#contracts';
import {
  account,
  accounts,
  ACCOUNTS,
  answer,
  box,
  boxes,
  CRITERIA,
  customers,
  DEBTOR,
  indicator,
  number,
  organisation,
  other,
  OWNER,
  ownType,
  person,
  published,
  role,
  status,
  type AnswerParts,
} from './fixtures/answers.js';
import { INQUIRY, ORGANISATION } from './fixtures/orders.js';
import { signed, testSigner, type TestSigner } from './fixtures/signing.js';
import { readAnswer } from './index.js';
import { exactAmount } from './values.js';

const DAY = new Date('2026-11-24T02:00:00Z');
let bank: TestSigner;
let stranger: TestSigner;
beforeAll(async () => {
  [bank, stranger] = await Promise.all([testSigner('bank', DAY), testSigner('stranger', DAY)]);
}, 60_000);

const read = (parts: AnswerParts, order: OrderDispatched = INQUIRY): AnswerReading =>
  readAnswer(Buffer.from(signed(answer(parts), 'applicationResponse', bank)), order, { certificates: [bank.certificate], at: DAY });
const withAccount = (over: Parameters<typeof account>[0]): AnswerReading => read({ indicators: published(accounts(account(over))) });
const holdingsIn = (reading: AnswerReading): readonly HoldingLine[] => {
  if (reading.kind !== 'answer' || !('inquiry' in reading.content)) throw new Error(JSON.stringify(reading));
  return reading.content.inquiry.holdings;
};
const reasonOf = (reading: AnswerReading): string => (reading.kind === 'unreadable' ? reading.reason : JSON.stringify(reading));
const cny = (amount: string) => ({ amount, currency: 'CNY' });

describe('an answer in the shape of the published profile', () => {
  it('names the accounts that the debtor owns, and says that no sums were told', () => {
    const ownersTwo = account({ id: other('OTHER8320134556002'), ccy: 'EUR', roles: OWNER + role(person('某乙', '110101190001010011')) });
    const used = account({ id: other('3'), roles: role(DEBTOR, ownType('ACCE')) + role(organisation('某公司', '2372050-2')) });
    const reading = read({ indicators: published(accounts(account() + ownersTwo + used)) });
    expect(reading).toMatchObject({ kind: 'answer', orderNumber: INQUIRY.orderNumber, answeredAt: '2026-11-24T01:02:04.500Z' });
    expect(holdingsIn(reading)).toEqual([
      {
        account: 'FI2447066587000379',
        kind: 'unknown',
        currency: 'CNY',
        state: 'other',
        balance: cny('0.00'),
        available: cny('0.00'),
        priorMeasures: [],
        priorityRights: [],
        restriction: {
          code: 'availability-not-stated',
          freeze: 'no',
          deduct: 'no',
          basis: '银行按 ISO 20022 只反馈账户，未反馈余额、可用余额和在先措施，0.00 不是余额',
        },
      },
      expect.objectContaining({ account: 'OTHER8320134556002', currency: 'EUR', coOwners: ['某乙'] }),
    ]);
  });

  it('is read for an organisation, whose number stands among others', () => {
    const criteria = CRITERIA.replace(/<Pty>.*<\/Pty>/, `<Pty><Id><OrgId>${number(ORGANISATION.idNumber, 'COID')}</OrgId></Id></Pty>`);
    const indicators = published(accounts(account({ roles: role(organisation(ORGANISATION.name, ORGANISATION.idNumber)) })));
    const holdings = holdingsIn(read({ criteria, indicators }, { ...INQUIRY, debtor: ORGANISATION }));
    expect(holdings.map((one) => one.account)).toEqual(['FI2447066587000379']);
  });

  it('adds up what several registers tell, and passes customers by', () => {
    const indicators =
      indicator(ACCOUNTS, accounts(account())) +
      indicator('fin.013.001.04', customers()) +
      indicator(ACCOUNTS, accounts(account({ id: other('2') }))) +
      indicator(ACCOUNTS, status('NFOU'));
    expect(holdingsIn(read({ indicators })).map((one) => one.account)).toEqual(['FI2447066587000379', '2']);
  });

  it('fits the message that tells the court of it', () => {
    const reading = read({ indicators: published(accounts(account({ after: '<AvrgBal>1.5</AvrgBal>' }))) });
    if (reading.kind !== 'answer') throw new Error(reading.reason);
    const original = { digest: 'd', size: 1, contentType: 'text/xml', signature: 'valid' } as const;
    const { orderNumber, answeredAt, content } = reading;
    const body = { ...content, orderNumber, answeredAt, bank: 'b', original, receipts: [], factLeafHash: '0'.repeat(64) };
    expect(encodeBody('order.answered.v1', body).length).toBeGreaterThan(0);
  });
});

/** RspnSts × InvstgtnSts of the accounts, every pair. `-` is a result. */
describe('every status', () => {
  it.each<[string, string, string]>([
    ['COMP', '-', 'found'],
    ['COMP', 'NFOU', 'no-account'],
    ['COMP', 'FOUN', 'accounts were found and not told'],
    ['COMP', 'NOAP', '09 银行不答复此项查询 (NOAP) 说明'],
    ['PART', '-', 'a part of the answer is missing'],
    ['PART', 'NFOU', 'a part of the answer is missing'],
    ['PART', 'FOUN', 'a part of the answer is missing'],
    ['PART', 'NOAP', 'a part of the answer is missing'],
    ['NRES', '-', 'nothing is answered yet'],
    ['NRES', 'NFOU', 'nothing is answered yet'],
    ['NRES', 'FOUN', 'nothing is answered yet'],
    ['NRES', 'NOAP', 'nothing is answered yet'],
    ['DONE', 'NFOU', 'is none of NRES, PART, COMP'],
    ['COMP', 'NONE', 'is none of FOUN, NFOU, NOAP'],
  ])('%s with %s is %s', (responseStatus, investigation, expected) => {
    const result = investigation === '-' ? accounts(account()) : status(investigation);
    const reading = read({ responseStatus, indicators: indicator(ACCOUNTS, result, '说明') });
    if (reading.kind === 'unreadable') expect(reading.reason).toContain(expected);
    else if ('inquiry' in reading.content) expect(reading.content.inquiry.result).toBe(expected);
    else if ('rollback' in reading.content) expect(`${reading.content.rollback.code} ${reading.content.rollback.note}`).toBe(expected);
  });

  it('of an account in which the debtor has no property makes no account', () => {
    const reading = withAccount({ roles: role(DEBTOR, ownType('ACCE')) });
    expect(reading).toMatchObject({ content: { inquiry: { result: 'no-account', holdings: [] } } });
  });
});

describe('an account', () => {
  it.each<[string, Parameters<typeof account>[0], object]>([
    ['with its average on the day asked about', { after: '<AvrgBal>66213.50000</AvrgBal>' }, { balance: cny('66213.50') }],
    ['in yen', { ccy: 'JPY', after: '<AvrgBal>+007.</AvrgBal>' }, { balance: { amount: '7', currency: 'JPY' } }],
    ['in use', { before: '<Sts>ENAB</Sts>' }, { state: 'normal' }],
    ['out of use', { before: '<Sts>DISA</Sts>' }, { state: 'other' }],
    ['not yet in full use', { before: '<Sts>FORM</Sts>' }, { state: 'other' }],
    ['deleted', { before: '<Sts>DELE</Sts>' }, { state: 'closed' }],
    ['closed on the day', { after: '<ClsgDt>2026-11-24</ClsgDt>' }, { state: 'closed' }],
    ['that will be closed', { before: '<Sts>ENAB</Sts>', after: '<ClsgDt>2026-11-25</ClsgDt>' }, { state: 'normal' }],
    ['of payments', { before: '<Tp><Cd>CACC</Cd></Tp>' }, { kind: 'current' }],
    ['of cash', { before: '<Tp><Cd>CASH</Cd></Tp>' }, { kind: 'current' }],
    ['of savings', { before: '<Tp><Cd>SVGS</Cd></Tp>' }, { kind: 'savings' }],
    ['over night', { before: '<Tp><Cd>ONDP</Cd></Tp>' }, { kind: 'term' }],
    ['of wages', { before: '<Tp><Cd>SLRY</Cd></Tp>' }, { kind: 'wages' }],
    [
      'with a number that is too long for its place',
      { id: `<Othr><Id>1</Id><SchmeNm><Cd>GLID</Cd></SchmeNm></Othr>`, before: `<Nm>${'9'.repeat(40)}</Nm>` },
      { account: '9'.repeat(40) },
    ],
    [
      'with the money of clients',
      { after: '<AcctPurp>customer_asset_account</AcctPurp>' },
      { restriction: expect.objectContaining({ code: 'trust-property', basis: expect.stringContaining('客户资金') }) },
    ],
    [
      'with a purpose in free words',
      { after: '<AcctPurp>rent</AcctPurp>' },
      { restriction: expect.objectContaining({ code: 'availability-not-stated', basis: expect.stringContaining('rent') }) },
    ],
    [
      'that is restricted',
      {
        after:
          '<Rstrctn><RstrctnTp><Prtry><Id>R03</Id><Issr>CHAKONG</Issr></Prtry></RstrctnTp><VldFr>2026-01-01T00:00:00</VldFr></Rstrctn>',
      },
      { restriction: expect.objectContaining({ code: 'migrant-workers-wages', freeze: 'no', deduct: 'no' }) },
    ],
    [
      'that was restricted',
      {
        after:
          '<Rstrctn><RstrctnTp><Prtry><Id>R03</Id><Issr>CHAKONG</Issr></Prtry></RstrctnTp><VldFr>2026-01-01T00:00:00</VldFr>' +
          '<VldUntil>2026-11-23T00:00:00</VldUntil></Rstrctn>',
      },
      { restriction: expect.objectContaining({ code: 'availability-not-stated' }) },
    ],
    ['of a first owner', { roles: role(DEBTOR, '<OwnrTp><Tp>POWN</Tp></OwnrTp>') }, {}],
    ['of a second owner', { roles: role(DEBTOR, '<OwnrTp><Tp>SECO</Tp></OwnrTp>') }, {}],
    ['whose other owner has left', { roles: OWNER + role(person('某乙', '2'), ownType('OWNE'), '<EndDt>2026-11-23</EndDt>') }, {}],
  ])('%s is told as it is', (_what, over, expected) => {
    const [holding, ...more] = holdingsIn(withAccount(over));
    expect(more).toEqual([]);
    expect(holding).toMatchObject(expected);
    expect(holding?.coOwners).toBeUndefined();
  });

  it.each(['CHAR', 'COMM', 'TAXE', 'CISH', 'TRAS', 'SACC', 'MGLX', 'NREX', 'MOMA', 'ODFT'])(
    'of the kind %s leaves the order undetermined',
    (code) => expect(reasonOf(withAccount({ before: `<Tp><Cd>${code}</Cd></Tp>` }))).toMatch(/has no meaning here|is none of/),
  );

  it.each(['LOAN', 'MGLD'])('of the kind %s is a debt and no property', (code) =>
    expect(holdingsIn(withAccount({ before: `<Tp><Cd>${code}</Cd></Tp>` }))).toEqual([]),
  );

  it.each<[string, Parameters<typeof account>[0], string]>([
    ['a kind of the register alone', { before: '<Tp><Prtry>CACC2</Prtry></Tp>' }, 'has no meaning here'],
    ['an amount that is not exact', { after: '<AvrgBal>1.001</AvrgBal>' }, 'exactly in CNY'],
    ['an amount beyond all', { after: '<AvrgBal>100000000000</AvrgBal>' }, 'exactly in CNY'],
    ['a closed account in use', { before: '<Sts>ENAB</Sts>', after: '<ClsgDt>2026-11-23</ClsgDt>' }, 'closed and in use'],
    [
      'a restriction by a code',
      { after: '<Rstrctn><RstrctnTp><Cd>WXYZ</Cd></RstrctnTp><VldFr>2026-01-01T00:00:00</VldFr></Rstrctn>' },
      'restricted by a code',
    ],
    [
      'a restriction of another issuer',
      { after: '<Rstrctn><RstrctnTp><Prtry><Id>R03</Id><Issr>X</Issr></Prtry></RstrctnTp><VldFr>2026-01-01T00:00:00</VldFr></Rstrctn>' },
      'restricted by a code',
    ],
    [
      'a restriction without a meaning',
      {
        after:
          '<Rstrctn><RstrctnTp><Prtry><Id>R99</Id><Issr>CHAKONG</Issr></Prtry></RstrctnTp><VldFr>2026-01-01T00:00:00</VldFr></Rstrctn>',
      },
      'R99 has no meaning',
    ],
    ['a role of another scheme', { roles: role(DEBTOR, ownType('OWNE').replace('RLTP', 'XXXX')) }, 'a scheme that is not known'],
    ['an unknown role', { roles: role(DEBTOR, ownType('BENE')) }, 'BENE has no meaning'],
    ['somebody who holds for another', { roles: role(DEBTOR, '<OwnrTp><Tp>NOMI</Tp></OwnrTp>') }, 'NOMI has no meaning'],
    ['others alone', { roles: role(person('某乙', '2')) }, 'others than the debtor'],
    ['a party without a number', { roles: OWNER + role('<Pty><Nm>某乙</Nm></Pty>') }, 'without a number'],
    ['a party with a nationality alone', { roles: OWNER + role(person('某乙', 'SE').replace('PIC', 'NATI')) }, 'without a number'],
  ])('with %s leaves the order undetermined', (_what, over, reason) => expect(reasonOf(withAccount(over))).toContain(reason));

  it('keeps every figure that its currency can say', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_999_999_999_999n }), fc.nat({ max: 3 }), fc.nat({ max: 4 }), (minor, before, after) => {
        const exact = `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
        expect(exactAmount(`${'0'.repeat(before)}${exact}${'0'.repeat(after)}`, 'CNY', 'x')).toEqual(cny(exact));
        expect(() => exactAmount(`${exact}1`, 'CNY', 'x')).toThrow('exactly');
      }),
    );
  });
});

describe('a box', () => {
  const found = (over?: Parameters<typeof box>[0]) =>
    read({ indicators: indicator(ACCOUNTS, status('NFOU')) + indicator('fin.002.001.03', boxes(box(over))) });

  it('is told as property without a sum', () => {
    expect(found()).toMatchObject({ content: { inquiry: { result: 'found' } } });
    expect(holdingsIn(found())).toMatchObject([
      { account: 'SDBOX-1', kind: 'safe-deposit-box', state: 'normal', balance: { amount: '0.00', currency: 'XXX' } },
    ]);
  });

  it('that is closed says so', () =>
    expect(holdingsIn(found({ dates: '<ClsgDt>2022-09-20</ClsgDt>' }))).toMatchObject([{ state: 'closed' }]));

  it('without a role of the scheme leaves the order undetermined', () =>
    expect(reasonOf(found({ type: '<OwnrTp></OwnrTp>' }))).toContain('has no meaning'));
});

describe('an answer as a whole', () => {
  it.each<[string, AnswerParts, string]>([
    ['to another order', { named: 'X' }, 'names another order'],
    ['whose result names another order', { indicators: published(accounts(account(), 'X')) }, 'a result names another order'],
    ['in reply to another message', { related: 'X' }, 'replies to another message'],
    ['about another number', { criteria: CRITERIA.replace(INQUIRY.debtor.idNumber, '1') }, 'another question'],
    ['about another name', { criteria: CRITERIA.replace(INQUIRY.debtor.name, '陈志') }, 'another question'],
    ['about an organisation', { criteria: CRITERIA.replace(/PrvtId/g, 'OrgId') }, 'another question'],
    ['to the question for an account', { criteria: '<OrgnlTxNb><Nb>1</Nb><Tp>DTTX</Tp></OrgnlTxNb>' }, 'another question'],
    ['without a word on accounts', { indicators: indicator('fin.002.001.03', status('NFOU')) }, 'not a word on accounts'],
    ['with an account twice', { indicators: published(accounts(account() + account())) }, 'told twice'],
    [
      'that is told and not told',
      { indicators: published(accounts(account())) + indicator(ACCOUNTS, status('NOAP')) },
      'told and not told',
    ],
    ['with a result under another name', { indicators: indicator(ACCOUNTS, boxes(box())) }, 'another kind than is said'],
    ['with a supplement that nobody knows', { supplements: '<SplmtryData><Envlp><x xmlns="y"/></Envlp></SplmtryData>' }, 'no supplement'],
    ['dated by a day of no calendar', { dated: '2026-02-30T01:02:04Z' }, 'is no date'],
    ['without an offset', { dated: '2026-11-24T01:02:04' }, 'another form'],
  ])('%s leaves the order undetermined', (_what, parts, reason) => expect(reasonOf(read(parts))).toContain(reason));

  it('says what is in dispute', () => {
    const entity = (id: string) => `<DisputedEntityId><Id>${id}</Id><Code>IBAN</Code></DisputedEntityId>`;
    const list = (id: string) =>
      `<SplmtryData><Envlp><Document xmlns="urn:fin.disputed"><Disputed>${entity(id)}` +
      '<FinancialInstitutionId><Id>8488829-6</Id><Code>Y</Code></FinancialInstitutionId></Disputed></Document></Envlp></SplmtryData>';
    const basisOf = (id: string) => holdingsIn(read({ supplements: list(id) }))[0]?.restriction?.basis;
    expect(basisOf('FI2447066587000379')).toContain('存在争议');
    expect(basisOf(INQUIRY.debtor.idNumber)).toContain('存在争议');
    expect(basisOf('FI00')).not.toContain('存在争议');
  });

  it('counts with the signature of a named certificate alone', () => {
    const good = signed(answer(), 'applicationResponse', bank);
    const verdict = (xml: string) => reasonOf(readAnswer(Buffer.from(xml), INQUIRY, { certificates: [bank.certificate], at: DAY }));
    expect(verdict(good)).toContain('"kind":"answer"');
    const later = new Date('2026-11-26T02:00:00Z');
    expect(reasonOf(readAnswer(Buffer.from(good), INQUIRY, { certificates: [bank.certificate], at: later }))).toContain('is valid from');
    expect(verdict(signed(answer(), 'applicationResponse', stranger))).toContain('nobody vouches');
    expect(verdict(answer().replace(/<Sgntr>\s*<\/Sgntr>/, ''))).toContain('has no signature');
    expect(verdict(good.replace('FI2447066587000379', 'FI2447066587000370'))).toContain('not what was signed');
    expect(reasonOf(readAnswer(Buffer.from(good), INQUIRY, { certificates: [], at: DAY }))).toContain('nobody vouches');
  });

  it('is read whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readAnswer(Buffer.from(bytes), INQUIRY, { certificates: [], at: DAY }).kind).toBe('unreadable');
      }),
    );
  });
});
