import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signForWire, SIGNATURE_HEADER } from '#connector-sdk';
import { createHttpServer } from '#http';
import { instantText, silentLog, SystemClock } from '#kernel';
import { eventually, tempDir, type TempDir } from '#testing';
import { BankConnectorModule } from '../bank-connector.module.js';
import { WITH_PAPERS, type OrderRow } from '../adapters/store/order-rows.js';
import { makeRig, testProfile, type Rig } from '../testing/rig.js';
import { CASE_ID, OFFICER_ID, prepareCase, sampleFreeze, sampleInquiry } from '../testing/sample-orders.js';
import { ScriptedBank } from '../testing/scripted-bank.js';

const BANK = 'hubeibank';

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
  const callBack = async (what: string, body: object, signature?: string): Promise<Response> => {
    const bytes = Buffer.from(JSON.stringify(body));
    const signed = signature ?? (await signForWire(rig.bankSigner(BANK), bytes));
    const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: signed };
    return fetch(`${address}/connector/${BANK}/${what}`, { method: 'POST', headers, body: bytes });
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
    const sent = JSON.parse(bank.executed[0]?.bytes.toString('utf8') ?? '') as { documents: { content: string }[]; lines: unknown[] };
    expect(Buffer.from(sent.documents[0]?.content ?? '', 'base64').toString()).toContain('%PDF');
    expect(sent.lines).toEqual(order.lines);
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
    const body = JSON.parse(bank.bodyOf(bank.executed[0] as never).toString()) as { orderNumber: string };
    for (let i = 0; i < 3; i++) {
      const reply = await callBack('answers', body);
      expect([reply.status, await reply.json()]).toEqual([200, { orderNumber: order.orderNumber }]);
    }
    expect((await callBack('answers', { ...body, orderNumber: 'unknown' })).status).toBe(404);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(answersTo(order.orderNumber).length).toBe(1);
  });

  it('never applies a second, different answer to a line that is over; it tells of the contradiction', async () => {
    const order = sampleFreeze(rig, digest);
    await rig.dispatch([order]);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    const refused = { seq: 1, status: 'refused', reason: { code: 'NO_ACCOUNT', text: '无此账号' } };
    const at = instantText(clock.now());
    const body = { format: 'chakong-answer/v1', orderNumber: order.orderNumber, answeredAt: at, control: { lines: [refused] } };
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
    const money = { amount: '66213.50', currency: 'CNY' };
    bank.answerOf = (order) =>
      order.orderNumber === first.orderNumber
        ? { control: { lines: [{ seq: 1, status: 'processing', expectedOn: '2026-03-11' }] } }
        : { control: { lines: [{ seq: 1, status: 'done', limit: money, covered: money }] } };
    await rig.dispatch([second]);
    await rig.dispatch([first]);
    await eventually(() => answersTo(first.orderNumber).length === 1);
    expect((await row(second.orderNumber)).standing).toBe('waiting');
    const lines = [{ seq: 1, status: 'done', limit: money, covered: money }];
    const at = instantText(clock.now());
    await callBack('answers', { format: 'chakong-answer/v1', orderNumber: first.orderNumber, answeredAt: at, control: { lines } });
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
      format: 'chakong-notice/v1',
      noticeId: 'hubeibank-1',
      kind: 'coverage',
      orderNumber: order.orderNumber,
      seq: 1,
      at: '2026-03-20T01:00:00.000Z',
      covered: { amount: '66213.50', currency: 'CNY' },
      surprise: true,
    };
    expect((await callBack('notices', notice, 'x;ed25519;AAAA')).status).toBe(401);
    expect((await callBack('notices', { ...notice, kind: 'unheard-of' })).status).toBe(400);
    expect((await callBack('notices', { ...notice, orderNumber: 'nobody' })).status).toBe(404);
    for (let i = 0; i < 2; i++) expect((await callBack('notices', notice)).status).toBe(200);
    await eventually(() => rig.heard.notices.length === 1);
    expect(rig.heard.notices).toMatchObject([{ noticeId: 'hubeibank-1', covered: { amount: '66213.50' } }]);
    expect(factsOf(order.orderNumber)).toContain('notice.received');
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
