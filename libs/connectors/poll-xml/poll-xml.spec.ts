import { describe, expect, it } from '@jest/globals';
import { AppError } from '#kernel';
import { courtXml, type PullCall } from '#connector-sdk';
import { ANSWERS_MAX, manifest, PollXml, readConfig, RECEIPTS_MAX, STATUS_TABLE } from './index.js';

const connector = new PollXml();
const anybody = (): void => undefined;
const CODING = 'base64-gbk';

const record = (name: string, BDHM: string, more: Record<string, string> = {}): Buffer =>
  Buffer.from(courtXml.writeElement(courtXml.xmlElement(name, { BDHM, CCXH: '1', ...more }), CODING));
const call = (operation: PullCall['operation'], list: string, records: readonly Buffer[], signed: readonly string[] = []): PullCall => ({
  operation,
  user: 'u',
  password: 'p',
  content: courtXml.wrapRecords(list, records),
  signatures: new Map(signed.map((number) => [number, `signature of ${number}`])),
});

function answersOf(one: PullCall): readonly (readonly [string, string, string | undefined])[] | string {
  try {
    const content = connector.readContent(one);
    if (content.kind !== 'answers') return content.kind;
    return content.answers.map(({ orderNumber, heard }) => [orderNumber, heard.bytes.toString(), heard.signature] as const);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('poll-xml', () => {
  it('says what it can do', () =>
    expect(manifest).toMatchObject({ delivery: 'pull', statusQuery: false, dedupByReference: true, notices: false, documents: 'fetched' }));

  it('has a table with exactly the codes of the dialect', () => expect(STATUS_TABLE).toEqual(courtXml.COURT_STATUS_TABLE));

  it('needs a user in the profile', () =>
    expect(() => readConfig({ bank: 'b' } as Parameters<typeof readConfig>[0])).toThrow('needs a user'));

  it('cuts an upload into the exact bytes of each answer, with its signature', () => {
    const [a, b] = [record('zhxx', 'A'), record('zhxx', 'B')];
    expect(answersOf(call('query-feedback', 'zhxxList', [a, b], ['A', 'B']))).toEqual([
      ['A', a.toString(), 'signature of A'],
      ['B', b.toString(), 'signature of B'],
    ]);
  });

  it('has answers without a signature where the bank sent none', () => {
    const a = record('kzxx', 'A');
    expect(answersOf(call('control-feedback', 'kzxxList', [a]))).toEqual([['A', a.toString(), undefined]]);
  });

  it.each([
    ['names another order than its signature', record('zhxx', 'B')],
    ['cannot be parsed', Buffer.from('<zhxx')],
    ['holds another answer as well', Buffer.concat([record('zhxx', 'A'), record('zhxx', 'B')])],
  ])('takes an upload that %s for the damaged answer of the order that was signed', (_, bytes) => {
    const upload = call('query-feedback', 'zhxxList', [bytes], ['A']);
    expect(answersOf(upload)).toEqual([['A', upload.content.toString(), 'signature of A']]);
  });

  it.each<[string, PullCall]>([
    ['other orders than the signatures', call('query-feedback', 'zhxxList', [record('zhxx', 'A'), record('zhxx', 'C')], ['A', 'B'])],
    ['records of another operation', call('query-feedback', 'kzxxList', [record('kzxx', 'A')], ['A'])],
    ['a rollback among feedback', call('control-feedback', 'htxxList', [record('htxx', 'A')], ['A'])],
    ['nothing', call('rollback', 'htxxList', [])],
    [
      'too many orders',
      call(
        'query-feedback',
        'zhxxList',
        Array.from({ length: ANSWERS_MAX + 1 }, (__, i) => record('zhxx', `A${i}`)),
      ),
    ],
    [
      'too many receipts',
      call(
        'receipts',
        'qsList',
        Array.from({ length: RECEIPTS_MAX + 1 }, (__, i) => record('qs', `A${i}`)),
      ),
    ],
    ['a receipt at no time', call('receipts', 'qsList', [record('qs', 'A', { EX1_RECEIVEDAT: '2026-03-10T11:52:03Z' })])],
  ])('refuses an upload with %s', (_, upload) => expect(answersOf(upload)).toBe('invalid'));

  it('reads the bank’s time of receipt in its own form', () =>
    expect(
      connector.readContent(
        call('receipts', 'qsList', [record('qs', 'A', { EX1_RECEIVEDAT: '2026-03-10 11:52:03.120' }), record('qs', 'B')]),
      ),
    ).toEqual({
      kind: 'receipts',
      receipts: [{ orderNumber: 'A', receivedAt: '2026-03-10T03:52:03.120Z' }, { orderNumber: 'B' }],
    }));

  it.each([
    ['invalid', 'Client'],
    ['unauthenticated', 'Client'],
    ['write-conflict', 'Server'],
  ])('says whose fault %s is', (code, side) =>
    expect(connector.writeFault(code, '"<&\u0000>"').toString()).toContain(
      `<faultcode>soap:${side}</faultcode><faultstring>&quot;&lt;&amp;\ufffd&gt;&quot;</faultstring>`,
    ),
  );

  /** As clients of SOAP that are in use write it. */
  it.each([
    '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="urn:chakong:poll-xml:1">\r\n <SOAP-ENV:Header/>\r\n <SOAP-ENV:Body>\r\n  <ns1:getQueryList><arg0>&lt;request user="u" password="p" limit="5"/&gt;</arg0></ns1:getQueryList></SOAP-ENV:Body></SOAP-ENV:Envelope>',
    '<?xml version="1.0" encoding="utf-8"?><Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><getQueryList xmlns="urn:chakong:poll-xml:1"><argument><![CDATA[<?xml version="1.0"?><params limit="5" password="p" user="u" other=""></params>]]></argument></getQueryList></Body></Envelope>',
  ])('reads the envelope of another client (%#)', (envelope) =>
    expect(connector.readCall(Buffer.from(envelope), anybody)).toMatchObject({
      operation: 'query-list',
      user: 'u',
      password: 'p',
      limit: 5,
    }),
  );

  it.each([
    [
      'SOAP 1.2',
      '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><getQueryList><a/></getQueryList></s:Body></s:Envelope>',
    ],
    ['no name space', '<Envelope><Body><getQueryList><a/></getQueryList></Body></Envelope>'],
    ['no argument', '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><getQueryList/></s:Body></s:Envelope>'],
  ])('refuses an envelope of %s', (_, envelope) => expect(() => connector.readCall(Buffer.from(envelope), anybody)).toThrow(AppError));

  it('describes an address that needs escaping', () =>
    expect(courtXml.readXml(connector.describe('https://bank.example/a?b&c')).source).toContain(
      'location="https://bank.example/a?b&amp;c"',
    ));
});
