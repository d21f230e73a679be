import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { courtXml, signForWire, type ServiceHours } from '#connector-sdk';
import { addDays, legalDateOf, SystemClock } from '#kernel';
import { Ed25519Verifier, verifyDetached } from '#trust';
import { eventually, tempDir, type TempDir } from '#testing';
import { testProfile } from '../testing/rig.js';
import { PollCaller } from '../testing/poll-caller.js';
import { runConnector, type RunningConnector } from '../testing/running-connector.js';
import { CASE_ID, sampleFreeze, sampleInquiry } from '../testing/sample-orders.js';

const BANK = 'hankoubank';
const PASSWORD = 'a-password-of-some-length';
const CODING = 'base64-gbk';
const UNKNOWN_USER = new Set(['argument-cdata.xml', 'bom.xml', 'content-not-gbk.xml']);

describe('a bank that polls', () => {
  let folder: TempDir;
  let connector: RunningConnector;
  const clock = new SystemClock();

  const open = async (service?: ServiceHours): Promise<void> => {
    const profile = testProfile(BANK, 'poll-xml', { user: BANK, ...(service ? { service } : {}) });
    connector = await runConnector(folder.path, clock, [{ profile, password: 'a-password-of-some-length' }]);
  };

  beforeEach(async () => {
    folder = await tempDir('pull');
    await open();
  });

  afterEach(async () => {
    await connector.close();
    await folder.remove();
  });

  const bank = (password = PASSWORD, user = BANK): PollCaller =>
    new PollCaller(`${connector.address}/connector/${BANK}/ws`, user, password);
  const page = async () => [...(await bank().orders('getQueryList')), ...(await bank().orders('getControlList'))];
  const at = '2026-03-10 11:52:04.000';
  const nothing = (orderNumber: string): courtXml.XmlElement =>
    courtXml.xmlElement('zhxx', { BDHM: orderNumber, CCXH: '1', FKSJ: '2026-03-10 11:52:04', BEIZ: '查无开户信息', EX1_RECEIVEDAT: at });
  const sign = (bytes: Buffer): Promise<string> => signForWire(connector.rig.bankSigner(BANK), bytes);
  /** Uploads the answers, each once and signed, and gives back the number and result of each. */
  const upload = async (answers: readonly courtXml.XmlElement[], damage?: (bytes: Buffer) => Buffer) => {
    const signatures = new Map<string, string>();
    const records: Buffer[] = [];
    for (const answer of answers) {
      const bytes = Buffer.from(courtXml.writeElement(answer, CODING));
      signatures.set(answer.attributes['BDHM'] ?? '', await sign(bytes));
      records.push(damage?.(bytes) ?? bytes);
    }
    return bank().upload('uploadQueryFeedback', courtXml.wrapRecords('zhxxList', records), signatures);
  };
  const answersTo = (orderNumber: string) => connector.rig.heard.answers.filter((answer) => answer.orderNumber === orderNumber);

  it('is refused by its password before what it brings is parsed', async () => {
    const content = 'no XML, and no Base64 either '.repeat(20_000);
    expect(await bank('another-password').call('uploadQueryFeedback', { content })).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(await bank().call('uploadQueryFeedback', { content })).toMatchObject({ status: 400, code: 'invalid' });
    const nobodys = Buffer.alloc(1_000_000, '<a>');
    expect(await bank().send(nobodys)).toMatchObject({ status: 400, code: 'invalid', fault: expect.stringContaining('64KiB') });
  });

  it('gets nothing outside its service hours, and what has waited when it opens', async () => {
    await connector.close();
    const [today, wholeDay] = [legalDateOf(clock.now()), [{ fromMinute: 0, toMinute: 1_440 }]];
    const week = Array.from({ length: 7 }, () => wholeDay);
    await open({ week, days: new Map([today, addDays(today, 1)].map((day) => [day, []])) });
    const order = sampleFreeze(connector.rig, connector.digest);
    await connector.rig.dispatch([order]);
    expect(await page()).toEqual([]);
    expect(connector.rig.heard.events.map(({ event }) => event)).not.toContain('available');
    clock.advance(2 * 86_400_000);
    await eventually(() => connector.rig.heard.events.some(({ event }) => event === 'available'));
    expect((await page()).map(({ orderNumber }) => orderNumber)).toEqual([order.orderNumber]);
  });

  it('serves the same signed bytes until they are acknowledged, over a restart as well, oldest first', async () => {
    const orders = [sampleInquiry(connector.rig, connector.digest), sampleFreeze(connector.rig, connector.digest)];
    await connector.rig.dispatch(orders);
    const first = await page();
    expect(first.map(({ orderNumber }) => orderNumber)).toEqual(orders.map(({ orderNumber }) => orderNumber));
    const court = new Ed25519Verifier(connector.rig.courtKeyPem, 'court-1');
    for (const { bytes, signature } of first) {
      const [keyId, algorithm, value] = signature.split(';');
      expect([keyId, algorithm]).toEqual(['court-1', 'ed25519']);
      expect((await verifyDetached(court, bytes, `ed25519:${value}`)).valid).toBe(true);
    }
    await connector.close();
    await open();
    expect(await page()).toEqual(first);
    const orderNumbers = orders.map(({ orderNumber }) => orderNumber);
    const receivedAt = '2026-03-10T03:52:03.120Z';
    expect(await bank().confirm([...orderNumbers, 'never'], '2026-03-10 11:52:03.120')).toEqual([
      [orderNumbers[0], 'success'],
      [orderNumbers[1], 'success'],
      ['never', 'fail'],
    ]);
    expect(await page()).toEqual([]);
    await eventually(() => connector.rig.heard.events.filter(({ event, at }) => event === 'received' && at === receivedAt).length === 2);
  });

  it('tells available when an order can be fetched and sent when it was', async () => {
    const order = sampleInquiry(connector.rig, connector.digest);
    await connector.rig.dispatch([order]);
    await eventually(() => connector.rig.heard.events.some(({ event }) => event === 'available'));
    await page();
    await page();
    await eventually(() => connector.rig.heard.events.length === 3);
    expect(connector.rig.heard.events.map(({ event }) => event)).toEqual(['taken', 'available', 'sent']);
  });

  it('gives the documents and credentials of an order that was served, and of no other', async () => {
    const [freeze, inquiry] = [sampleFreeze(connector.rig, connector.digest), sampleInquiry(connector.rig, connector.digest)];
    await connector.rig.dispatch([freeze, inquiry]);
    const [byNumber, byKey] = [{ BDHM: freeze.orderNumber }, { WSBH: `WS${inquiry.orderNumber}` }];
    expect((await bank().call('getDocuments', byNumber)).status).toBe(404);
    await page();
    const documents = async (key: Record<string, string>) =>
      courtXml.decodeElement(courtXml.readXml((await bank().call('getDocuments', key)).document), CODING).children;
    const [ruling, notice, ...more] = await documents(byNumber);
    expect([ruling?.attributes['WSLB'], notice?.attributes['WSLB'], more.length]).toEqual(['冻结裁定书', '协助冻结存款通知书', 0]);
    expect(Buffer.from(ruling?.attributes['WSNR'] ?? '', 'base64').toString()).toContain('%PDF');
    expect((await documents(byKey)).map(({ attributes }) => [attributes['WSBH'], attributes['BDHM'], attributes['WSLB']])).toEqual([
      [byKey.WSBH, undefined, '协助查询存款通知书'],
    ]);
    const credentials = await bank().call('getCredentials', byNumber);
    expect(courtXml.decodeElement(courtXml.readXml(credentials.document), CODING).children[0]?.attributes).toMatchObject({
      GZZBM: '鄂0106-0231',
      GWZBM: '鄂执-10231',
    });
  });

  it('takes each answer once; the same answer twice is ok twice', async () => {
    const order = sampleInquiry(connector.rig, connector.digest);
    await connector.rig.dispatch([order]);
    await page();
    const answer = nothing(order.orderNumber);
    const twice = await Promise.all([upload([answer]), upload([answer])]);
    expect(twice).toEqual([[[order.orderNumber, 'success']], [[order.orderNumber, 'success']]]);
    expect(await upload([answer])).toEqual([[order.orderNumber, 'success']]);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(connector.rig.heard.facts.filter(({ type }) => type === 'order.answered').length).toBe(1);
  });

  it('takes a damaged answer for none, asks for it again, and applies the good one', async () => {
    const order = sampleInquiry(connector.rig, connector.digest);
    await connector.rig.dispatch([order]);
    await page();
    const answer = nothing(order.orderNumber);
    const damaged = await upload([answer], (bytes) => Buffer.from(bytes.toString().replace('/>', '>')));
    expect(damaged).toEqual([[order.orderNumber, 'fail']]);
    await eventually(() => connector.rig.heard.events.some(({ event, code }) => event === 'undetermined' && code === 'signature-invalid'));
    expect(answersTo(order.orderNumber)).toEqual([]);
    expect(await upload([answer])).toEqual([[order.orderNumber, 'success']]);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ standing: 'answered' });
  });

  it('reads bookings that came in a call of their own together with the feedback, and refuses them afterwards', async () => {
    const order = sampleInquiry(connector.rig, connector.digest, { transactions: { from: '2026-03-01', to: '2026-03-10' } });
    await connector.rig.dispatch([order]);
    const { orderNumber } = order;
    const booking = (serial: string) =>
      courtXml.xmlElement('wlxx', {
        BDHM: orderNumber,
        CCXH: '1',
        WLXH: '1',
        ZJLX: '贷',
        BZ: '156',
        JE: '9.00',
        JYSJ: '2026-03-01 10:00:00',
        JYLSH: serial,
      });
    const bring = async (serial: string, of?: string) => {
      const bytes = Buffer.from(courtXml.writeElement(booking(serial), CODING));
      return bank().upload(
        'uploadTransactions',
        courtXml.wrapRecords('wlxxList', [bytes]),
        new Map([[orderNumber, of ?? (await sign(bytes))]]),
      );
    };
    expect(await bring('S1')).toEqual([[orderNumber, 'fail']]);
    await page();
    expect(await bring('S0', 'hankoubank-1;ed25519;AAAA')).toEqual([[orderNumber, 'fail']]);
    expect([await bring('S1'), await bring('S1'), await bring('S2')]).toEqual(Array(3).fill([[orderNumber, 'success']]));
    expect(answersTo(orderNumber)).toEqual([]);
    const account = { KHZH: '4201', CCLB: '活期', ZHZT: '正常', BZ: '156', YE: '9.00', KYYE: '9.00', FKSJ: '2026-03-10 11:52:04' };
    expect(await upload([courtXml.xmlElement('zhxx', { BDHM: orderNumber, CCXH: '1', ...account })])).toEqual([[orderNumber, 'success']]);
    await eventually(() => answersTo(orderNumber).length === 1);
    expect(
      answersTo(orderNumber)[0]
        ?.inquiry?.holdings[0]?.transactions?.map(({ serial }) => serial)
        .sort(),
    ).toEqual(['S1', 'S2']);
    expect(await bring('S3')).toEqual([[orderNumber, 'fail']]);
  });

  it('refuses an answer to an order that it never gave out, and leaves the others of the upload whole', async () => {
    const served = sampleInquiry(connector.rig, connector.digest);
    await connector.rig.dispatch([served]);
    await page();
    expect(await upload([nothing('20990101000000'), nothing(served.orderNumber)])).toEqual([
      ['20990101000000', 'fail'],
      [served.orderNumber, 'success'],
    ]);
  });

  it('withdraws an order that was offered and not fetched; what was fetched stays', async () => {
    const [kept, gone] = [sampleInquiry(connector.rig, connector.digest), sampleInquiry(connector.rig, connector.digest)];
    await connector.rig.dispatch([kept]);
    await page();
    await connector.rig.dispatch([gone]);
    for (const { orderNumber } of [kept, gone]) await connector.rig.withdraw(BANK, orderNumber, '撤回');
    expect((await page()).map(({ orderNumber }) => orderNumber)).toEqual([kept.orderNumber]);
    expect(await connector.row(BANK, gone.orderNumber)).toMatchObject({ standing: 'withdrawn' });
  });

  it('asks the gates when an order is fetched, not when it was offered', async () => {
    const order = sampleFreeze(connector.rig, connector.digest, { dispatchedAt: '2026-01-01T00:00:00.000Z' });
    await connector.rig.dispatch([order]);
    await eventually(() => connector.rig.heard.events.some(({ event }) => event === 'available'));
    await connector.rig.changeGates(BANK, { case: { id: CASE_ID, status: 'suspended' } });
    expect(await page()).toEqual([]);
    await eventually(() => connector.rig.heard.events.some(({ event, code }) => event === 'withdrawn' && code === 'on-hold'));
  });

  it.each([
    ['getQueryList', 'wrong-password-of-some-length', BANK],
    ['uploadQueryFeedback', PASSWORD, 'other'],
    ['confirmReceipt', '', ''],
  ])('lets nobody in without the bank’s own password (%s)', async (operation, password, user) => {
    expect(await bank(password, user).call(operation, { content: 'AAAA' })).toMatchObject({ status: 401, fault: '用户名或口令不对' });
  });

  it('describes itself', async () => {
    const response = await fetch(`${connector.address}/connector/${BANK}/ws?wsdl`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(await response.text()).toContain(`location="${connector.address}/connector/${BANK}/ws"`);
  });

  it('answers everything that ever broke a parser with a clear refusal, and goes on', async () => {
    const corpus = new URL('../../../../libs/connectors/poll-xml/corpus/', import.meta.url);
    const statuses = new Map<string, number>();
    for (const name of readdirSync(corpus)) statuses.set(name, (await bank().send(readFileSync(new URL(name, corpus)))).status);
    // A user that does not exist is all that is wrong with these.
    const expected = [...statuses.keys()].map((name) => [name, UNKNOWN_USER.has(name) ? 401 : 400]);
    expect([...statuses]).toEqual(expected);
    expect((await bank().send(Buffer.alloc(12 * 1024 * 1024 + 1, 0x20))).status).toBe(413);
    expect((await bank().send(Buffer.from('{}'), 'text/plain')).status).toBe(415);
    expect((await bank().send(Buffer.from('{}'), 'application/json')).status).toBe(400);
    expect(await page()).toEqual([]);
  });

  it.each([
    ['getQueryList', { limit: '501' }],
    ['getQueryList', { limit: 'all' }],
    ['getDocuments', {}],
    ['getDocuments', { WSBH: '1' }],
    ['getCredentials', { BDHM: '../1' }],
    ['uploadQueryFeedback', { content: '***' }],
    ['uploadQueryFeedback', { content: Buffer.from('<zhxxList/>').toString('base64') }],
    ['uploadControlFeedback', { content: Buffer.from('<zhxxList><zhxx BDHM="MQ=="/></zhxxList>').toString('base64') }],
    ['confirmReceipt', { content: Buffer.from('<qsList><qs/></qsList>').toString('base64') }],
    ['dropTables', {}],
  ])('answers a wrong %s %j with a fault', async (operation, argument) =>
    expect(await bank().call(operation, argument)).toMatchObject({ status: 400, code: 'invalid' }),
  );
});
