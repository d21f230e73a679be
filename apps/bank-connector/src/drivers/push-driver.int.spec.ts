import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JWS_HEADER } from '#connectors/realtime-json';
import { createHttpServer } from '#http';
import { instantText, silentLog, SystemClock } from '#kernel';
import { eventually, tempDir, type TempDir } from '#testing';
import { BankConnectorModule } from '../bank-connector.module.js';
import { WITH_PAPERS, type OrderRow } from '../adapters/store/order-rows.js';
import { SeenSignatureRows } from '../adapters/store/seen-signatures.js';
import { makeRig, testProfile, type Rig } from '../testing/rig.js';
import { CASE_ID, OFFICER_ID, prepareCase, sampleFreeze, sampleInquiry } from '../testing/sample-orders.js';
import { ScriptedBank } from '../testing/scripted-bank.js';

const BANK = 'hubeibank';

interface CallBackBody {
  readonly reqNo: string;
  readonly noticeNo?: string;
  readonly [member: string]: unknown;
}
const bytesOf = (body: object): Buffer => Buffer.from(JSON.stringify(body));

describe('a bank that is called', () => {
  let folder: TempDir;
  let rig: Rig;
  let bank: ScriptedBank;
  let endpoint = '';
  let app: Awaited<ReturnType<typeof createHttpServer>>;
  let address = '';
  let digest = '';
  const clock = new SystemClock();

  beforeEach(async () => {
    folder = await tempDir('push');
    const profile = testProfile(BANK, 'realtime-json');
    rig = await makeRig({ folder: folder.path, clock, log: silentLog, banks: [{ profile, endpoint: () => endpoint }] });
    bank = new ScriptedBank(rig.bankSigner(BANK));
    endpoint = await bank.listen();
    digest = await prepareCase(rig);
    app = await createHttpServer(BankConnectorModule.forRoot(rig.parts), silentLog);
    await app.listen(0, '127.0.0.1');
    address = await app.getUrl();
  });

  afterEach(async () => {
    await app.close();
    await bank.close();
    await rig.close();
    await folder.remove();
  });

  const row = async (orderNumber: string): Promise<OrderRow> => {
    const found = await rig.database(BANK).reader.one<OrderRow>(`SELECT * FROM ${WITH_PAPERS} WHERE order_number = ?`, [orderNumber]);
    if (!found) throw new Error('no such order');
    return found;
  };
  const answersTo = (orderNumber: string) => rig.heard.answers.filter((answer) => answer.orderNumber === orderNumber);
  const eventsOf = (orderNumber: string) => rig.heard.events.filter((one) => one.orderNumber === orderNumber).map(({ event }) => event);
  const factsOf = (orderNumber: string) => rig.heard.facts.filter((fact) => fact.orderNumber === orderNumber).map(({ type }) => type);
  const signCallBack = (what: string, body: CallBackBody): Promise<string> =>
    what === 'answers'
      ? bank.sign(bytesOf(body), { msg: 'answer', sub: body.reqNo })
      : bank.sign(bytesOf(body), { msg: 'notice', sub: body.noticeNo ?? '' });
  const callBack = async (what: string, body: CallBackBody, signature?: string): Promise<Response> => {
    const headers = { 'content-type': 'application/json', [JWS_HEADER]: signature ?? (await signCallBack(what, body)) };
    return fetch(`${address}/connector/${BANK}/${what}`, { method: 'POST', headers, body: new Uint8Array(bytesOf(body)) });
  };

  it('brings an inquiry out and its answer in, with events, facts and the exact bytes', async () => {
    const order = sampleInquiry(rig, digest);
    await rig.dispatch([order]);
    const [answer] = await eventually(() => (answersTo(order.orderNumber).length > 0 ? answersTo(order.orderNumber) : undefined));
    expect(answer?.inquiry).toEqual({ result: 'no-account', holdings: [] });
    expect(answer?.original).toMatchObject({ signature: 'valid', keyId: `${BANK}-1` });
    const kept = await rig.parts.blobs.get(CASE_ID, answer?.original.digest ?? '');
    expect(kept).toEqual(bank.bodyOf(bank.executed[0] as never));
    await eventually(() => eventsOf(order.orderNumber).length === 2);
    expect(eventsOf(order.orderNumber)).toEqual(['taken', 'sent']);
    await eventually(() => factsOf(order.orderNumber).length === 3);
    expect(factsOf(order.orderNumber)).toEqual(['order.taken', 'order.sent', 'order.answered']);
    expect(await row(order.orderNumber)).toMatchObject({ delivery: 'ACCEPTED', standing: 'answered' });
  });

  it('sends the documents inside and signs what it sends', async () => {
    const order = sampleFreeze(rig, digest);
    await rig.dispatch([order]);
    await eventually(() => bank.executed.length === 1);
    const sent = JSON.parse(bank.executed[0]?.bytes.toString('utf8') ?? '') as { docs: { content: string }[]; items: unknown[] };
    expect(Buffer.from(sent.docs[0]?.content ?? '', 'base64').toString()).toContain('%PDF');
    expect(sent.items).toMatchObject([{ seq: 1, acctNo: '4201000000000011', acctKind: '11', frzAmt: '66213.50', scope: '1' }]);
  });

  it.each(['drop-after', 'silent'] as const)(
    'finds out by the status query what became of an order (%s), and sends it once',
    async (whim) => {
      const order = sampleFreeze(rig, digest);
      let isFirst = true;
      bank.whim = () => {
        const now = isFirst ? whim : 'answer';
        isFirst = false;
        return now;
      };
      await rig.dispatch([order]);
      await eventually(() => answersTo(order.orderNumber).length === 1, 15_000);
      expect(bank.arrivals.get(order.orderNumber)).toBe(1);
      expect(bank.executed.length).toBe(1);
      expect(bank.statusAsked).toContain(order.orderNumber);
    },
  );

  it.each(['drop-before', 'busy'] as const)('sends the same bytes again only after the bank has said 404 (%s)', async (whim) => {
    const order = sampleFreeze(rig, digest);
    const arrived: Buffer[] = [];
    bank.whim = () => (bank.statusAsked.length === 0 ? whim : 'answer');
    await rig.dispatch([order]);
    await eventually(() => answersTo(order.orderNumber).length === 1, 15_000);
    expect(bank.arrivals.get(order.orderNumber)).toBe(2);
    expect(bank.executed.length).toBe(1);
    for (const seen of bank.executed) arrived.push(seen.bytes);
    const { wire_sealed: sealed } = await row(order.orderNumber);
    expect(sealed.length).toBe((arrived[0]?.length ?? 0) + 29);
    expect(eventsOf(order.orderNumber).filter((event) => event === 'sent').length).toBe(1);
  });

  it('waits for a call-back after 202, tells when the bank received it, and asks when the call-back does not come', async () => {
    const order = sampleFreeze(rig, digest);
    bank.whim = () => 'processing';
    await rig.dispatch([order]);
    await eventually(() => eventsOf(order.orderNumber).includes('received'));
    expect(rig.heard.events.find(({ event }) => event === 'received')?.at).toBe('2026-03-10T03:52:03.120Z');
    bank.whim = () => 'answer';
    clock.advance(5_000);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(bank.arrivals.get(order.orderNumber)).toBe(1);
  });

  it('takes a called-back answer once, however often it comes, and refuses one for an order it never sent', async () => {
    const order = sampleFreeze(rig, digest);
    bank.whim = () => 'processing';
    await rig.dispatch([order]);
    await eventually(() => eventsOf(order.orderNumber).includes('received'));
    const body = JSON.parse(bank.bodyOf(bank.executed[0] as never).toString()) as CallBackBody;
    for (let i = 0; i < 3; i++) {
      const reply = await callBack('answers', body);
      expect([reply.status, await reply.json()]).toEqual([200, { orderNumber: order.orderNumber }]);
    }
    expect((await callBack('answers', { ...body, reqNo: 'unknown' })).status).toBe(404);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(answersTo(order.orderNumber).length).toBe(1);
  });

  it('never applies a second, different answer to a line that is over; it tells of the contradiction', async () => {
    const order = sampleFreeze(rig, digest);
    await rig.dispatch([order]);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    const refused = { seq: 1, stat: 'F', ccy: 'CNY', reason: { code: 'E101', text: '无此账号' } };
    const at = instantText(clock.now());
    const body = { v: 1, reqNo: order.orderNumber, ansTime: at, ctlRslt: { items: [refused] } };
    expect((await callBack('answers', body)).status).toBe(200);
    await eventually(() => eventsOf(order.orderNumber).includes('undetermined'));
    expect(rig.heard.events.at(-1)).toMatchObject({ event: 'undetermined', code: 'contradictory-answer' });
    expect(answersTo(order.orderNumber).length).toBe(1);
    expect(await row(order.orderNumber)).toMatchObject({ standing: 'answered' });
  });

  it('passes on what becomes of lines in progress, and holds the lane until they are over', async () => {
    const lane = { id: 'lane-1', number: 1 };
    const first = sampleFreeze(rig, digest, { lane });
    const second = sampleFreeze(rig, digest, { lane: { ...lane, number: 2 } });
    const done = { seq: 1, stat: 'S', ccy: 'CNY', frzAmt: '66213.50', ctlAmt: '66213.50' };
    bank.answerOf = (order) =>
      order.orderNumber === first.orderNumber
        ? { ctlRslt: { items: [{ seq: 1, stat: 'W', ccy: 'CNY', expectDate: '2026-03-11' }] } }
        : { ctlRslt: { items: [done] } };
    await rig.dispatch([second]);
    await rig.dispatch([first]);
    await eventually(() => answersTo(first.orderNumber).length === 1);
    expect((await row(second.orderNumber)).standing).toBe('waiting');
    const at = instantText(clock.now());
    await callBack('answers', { v: 1, reqNo: first.orderNumber, ansTime: at, ctlRslt: { items: [done] } });
    await eventually(() => answersTo(second.orderNumber).length === 1);
    expect(answersTo(first.orderNumber).map((answer) => answer.control?.lines[0]?.status)).toEqual(['in-progress', 'executed']);
    expect(bank.executed.map(({ orderNumber }) => orderNumber)).toEqual([first.orderNumber, second.orderNumber]);
  });

  it.each([
    ['garble', 'invalid'],
    ['unsigned', 'absent'],
  ] as const)(
    'takes an answer that is %s for no answer: every line undetermined, the lane held until a person has settled it',
    async (whim, worth) => {
      const lane = { id: 'lane-2', number: 1 };
      const first = sampleFreeze(rig, digest, { lane });
      const second = sampleFreeze(rig, digest, { lane: { ...lane, number: 2 } });
      bank.whim = (orderNumber) => (orderNumber === first.orderNumber ? whim : 'answer');
      await rig.dispatch([first, second]);
      const [answer] = await eventually(() => (answersTo(first.orderNumber).length > 0 ? answersTo(first.orderNumber) : undefined));
      expect(answer?.original.signature).toBe(worth);
      expect(answer?.control?.lines).toMatchObject([{ seq: 1, status: 'undetermined' }]);
      expect(await row(first.orderNumber)).toMatchObject({ standing: 'parked' });
      expect((await row(second.orderNumber)).standing).toBe('waiting');
      await rig.resolve(BANK, { orderNumber: first.orderNumber, outcome: 'settled', evidence: '柜面书面回复' });
      await eventually(() => answersTo(second.orderNumber).length === 1);
      expect(await row(first.orderNumber)).toMatchObject({ standing: 'settled' });
    },
  );

  it('asks once more about an answer that could not be trusted, and passes the good one on', async () => {
    const order = sampleInquiry(rig, digest);
    bank.whim = () => 'garble';
    await rig.dispatch([order]);
    await eventually(() => eventsOf(order.orderNumber).includes('undetermined'));
    expect(answersTo(order.orderNumber)).toEqual([]);
    bank.whim = () => 'answer';
    clock.advance(15_000);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(await row(order.orderNumber)).toMatchObject({ standing: 'answered', delivery: 'ACCEPTED' });
  });

  it('tells a refusal at the door as a rollback', async () => {
    const order = sampleFreeze(rig, digest);
    bank.whim = () => 'refuse';
    await rig.dispatch([order]);
    const [answer] = await eventually(() => (answersTo(order.orderNumber).length > 0 ? answersTo(order.orderNumber) : undefined));
    expect(answer?.rollback?.code).toBe('03');
    expect(await row(order.orderNumber)).toMatchObject({ delivery: 'REJECTED', standing: 'rejected' });
  });

  it('checks case and filing once more before sending; a release goes in any case', async () => {
    await rig.changeGates(BANK, { case: { id: CASE_ID, status: 'closed' } });
    const past = instantText(clock.now() - 60_000);
    const freeze = sampleFreeze(rig, digest, { dispatchedAt: past });
    const release = sampleFreeze(rig, digest, { action: 'release', dispatchedAt: past });
    await rig.dispatch([freeze, release]);
    await eventually(() => answersTo(release.orderNumber).length === 1);
    await eventually(() => eventsOf(freeze.orderNumber).includes('withdrawn'));
    expect(rig.heard.events.find((one) => one.event === 'withdrawn')).toMatchObject({ code: 'case-closed' });
    expect(bank.executed.map(({ orderNumber }) => orderNumber)).toEqual([release.orderNumber]);
    await rig.changeGates(BANK, {
      officer: { id: OFFICER_ID, filed: false, filedFrom: '2020-01-01', filedTo: '2099-01-01', validTo: '2099-01-01' },
    });
    const unfiled = sampleFreeze(rig, digest, { action: 'release', dispatchedAt: past });
    await rig.dispatch([unfiled]);
    await eventually(() => rig.heard.events.some((one) => one.orderNumber === unfiled.orderNumber && one.code === 'officer-not-filed'));
  });

  it('withdraws what has not left, also when the withdrawal overtakes the order, and lets the lane go on', async () => {
    const lane = { id: 'lane-3', number: 1 };
    const [first, second, third] = [1, 2, 3].map((number) => sampleFreeze(rig, digest, { lane: { ...lane, number } }));
    if (!first || !second || !third) throw new Error('three orders');
    await rig.dispatch([second]);
    await rig.withdraw(BANK, second.orderNumber, '申请执行人撤回');
    await rig.withdraw(BANK, first.orderNumber, '申请执行人撤回');
    await rig.dispatch([third, first]);
    await eventually(() => answersTo(third.orderNumber).length === 1);
    expect(bank.executed.map(({ orderNumber }) => orderNumber)).toEqual([third.orderNumber]);
    expect((await row(first.orderNumber)).code).toBe('withdrawn-by-officer');
    await rig.withdraw(BANK, third.orderNumber, '太迟');
    expect(await row(third.orderNumber)).toMatchObject({ standing: 'answered' });
  });

  it('stores a notice once and refuses what the bank has not signed', async () => {
    const order = sampleFreeze(rig, digest);
    await rig.dispatch([order]);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    const notice = {
      v: 1,
      noticeNo: 'hubeibank-1',
      kind: 'N1',
      reqNo: order.orderNumber,
      seq: 1,
      time: '2026-03-20T09:00:00.000+08:00',
      ccy: 'CNY',
      ctlAmt: '66213.50',
      surprise: true,
    };
    expect((await callBack('notices', notice, 'AAAA..AAAA')).status).toBe(401);
    expect((await callBack('notices', { ...notice, kind: 'N9' })).status).toBe(400);
    expect((await callBack('notices', { ...notice, reqNo: 'nobody' })).status).toBe(404);
    for (let i = 0; i < 2; i++) expect((await callBack('notices', notice)).status).toBe(200);
    await eventually(() => rig.heard.notices.length === 1);
    expect(rig.heard.notices).toMatchObject([{ noticeId: 'hubeibank-1', covered: { amount: '66213.50' } }]);
    await eventually(() => factsOf(order.orderNumber).includes('notice.received'));
  });

  it('lets nothing in that the bank has not signed for this place and moment, and no signature twice', async () => {
    const order = sampleFreeze(rig, digest);
    bank.whim = () => 'processing';
    await rig.dispatch([order]);
    await eventually(() => eventsOf(order.orderNumber).includes('received'));
    const body = JSON.parse(bank.bodyOf(bank.executed[0] as never).toString()) as CallBackBody;
    const signature = await signCallBack('answers', body);
    const asNotice = await bank.sign(bytesOf(body), { msg: 'notice', sub: body.reqNo });
    const asReply = await bank.sign(bytesOf(body), { msg: 'answer', sub: body.reqNo, irt: 'AAAAAAAAAAAAAAAAAAAAAA' });
    for (const wrong of [asNotice, asReply, signature.replace(/.(?=.{9}$)/, (char) => (char === 'A' ? 'B' : 'A')), '']) {
      expect([wrong.length, (await callBack('answers', body, wrong)).status]).toEqual([wrong.length, 401]);
    }
    expect((await callBack('answers', { ...body, more: true }, signature)).status).toBe(401);
    expect(await row(order.orderNumber)).toMatchObject({ standing: 'open', delivery: 'ACCEPTED' });
    expect((await callBack('answers', body, signature)).status).toBe(200);
    const replay = await callBack('answers', body, signature);
    expect([replay.status, ((await replay.json()) as { code: string }).code]).toEqual([401, 'unauthenticated']);
    expect(await rig.database(BANK).reader.all('SELECT jti FROM seen_signatures')).toHaveLength(1);
    await eventually(() => answersTo(order.orderNumber).length === 1);
  });

  it('remembers the signatures of call-backs no longer than they count', async () => {
    const seen = new SeenSignatureRows(rig.database(BANK), clock);
    expect(await seen.isFirst('jti-of-long-ago-xx', clock.realNow() - 1)).toBe(true);
    expect(await seen.isFirst('jti-of-today-xxxxx', clock.realNow() + 300_000)).toBe(true);
    expect(await seen.isFirst('jti-of-today-xxxxx', clock.realNow() + 300_000)).toBe(false);
    // Another process, or the same one a minute later.
    expect(await new SeenSignatureRows(rig.database(BANK), clock).isFirst('jti-of-today-xxxxx', clock.realNow())).toBe(false);
    expect(await rig.database(BANK).reader.all('SELECT jti FROM seen_signatures')).toEqual([{ jti: 'jti-of-today-xxxxx' }]);
  });

  it('settles everything within seconds after a bank that was dead comes back', async () => {
    await bank.close();
    const orders = Array.from({ length: 40 }, () => sampleInquiry(rig, digest));
    await rig.dispatch(orders);
    await eventually(async () => (await row(orders[0]?.orderNumber ?? '')).delivery === 'UNKNOWN');
    await bank.listen(Number(new URL(endpoint).port));
    await eventually(() => rig.heard.answers.length === 40, 15_000);
    expect(bank.executed.length).toBe(40);
    for (const { orderNumber } of orders) expect(bank.arrivals.get(orderNumber)).toBe(1);
  });
});
