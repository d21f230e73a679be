import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signForWire, type ServiceHours } from '#connector-sdk';
import { addDays, legalDateOf, SystemClock } from '#kernel';
import { Ed25519Verifier, verifyDetached } from '#trust';
import { eventually, tempDir, type TempDir } from '#testing';
import { testProfile } from '../testing/rig.js';
import { runConnector, type RunningConnector } from '../testing/running-connector.js';
import { CASE_ID, sampleFreeze, sampleInquiry } from '../testing/sample-orders.js';

const BANK = 'hankoubank';
const BASIC = 'hankoubank:a-password-of-some-length';

interface Page {
  readonly orders: readonly { readonly orderNumber: string; readonly body: string; readonly signature: string }[];
}

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

  const page = async (): Promise<Page['orders']> => {
    const { status, body } = await connector.call('GET', `/connector/${BANK}/orders?limit=100`, { basic: BASIC });
    expect(status).toBe(200);
    return (body as unknown as Page).orders;
  };
  const answerTo = (orderNumber: string, part: object): object => {
    const at = '2026-03-10T03:52:04.000Z';
    return { format: 'chakong-answer/v1', orderNumber, receivedAt: at, answeredAt: at, ...part };
  };
  const upload = async (answers: readonly object[], damage?: (bytes: Buffer) => Buffer) => {
    const signed = await Promise.all(
      answers.map(async (answer) => {
        const bytes = Buffer.from(JSON.stringify(answer));
        const signature = await signForWire(connector.rig.bankSigner(BANK), bytes);
        return { body: (damage?.(bytes) ?? bytes).toString('base64'), signature };
      }),
    );
    const { body } = await connector.call('POST', `/connector/${BANK}/answers`, { basic: BASIC, body: { answers: signed } });
    return (body['results'] as { orderNumber: string; result: string }[]).map(({ orderNumber, result }) => [orderNumber, result]);
  };
  const answersTo = (orderNumber: string) => connector.rig.heard.answers.filter((answer) => answer.orderNumber === orderNumber);
  const nothing = { inquiry: { result: 'no-account', holdings: [] } };

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
    for (const { body, signature } of first) {
      const [keyId, algorithm, value] = signature.split(';');
      expect([keyId, algorithm]).toEqual(['court-1', 'ed25519']);
      expect(verifyDetached(court, Buffer.from(body, 'base64'), `ed25519:${value}`).valid).toBe(true);
    }
    await connector.close();
    await open();
    expect(await page()).toEqual(first);
    const orderNumbers = orders.map(({ orderNumber }) => orderNumber);
    const receivedAt = '2026-03-10T03:52:03.120Z';
    const ack = { basic: BASIC, body: { orderNumbers: [...orderNumbers, 'never'], receivedAt } };
    const { body } = await connector.call('POST', `/connector/${BANK}/acknowledgements`, ack);
    expect(body['results']).toEqual([
      { orderNumber: orderNumbers[0], result: 'ok' },
      { orderNumber: orderNumbers[1], result: 'ok' },
      { orderNumber: 'never', result: 'unknown' },
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

  it('gives the documents of an order that was served, and of no other', async () => {
    const order = sampleFreeze(connector.rig, connector.digest);
    await connector.rig.dispatch([order]);
    const path = `/connector/${BANK}/orders/${order.orderNumber}/documents`;
    expect((await connector.call('GET', path, { basic: BASIC })).status).toBe(404);
    const [served] = await page();
    expect(Buffer.from(served?.body ?? '', 'base64').toString()).not.toContain('"content"');
    const { body } = await connector.call('GET', path, { basic: BASIC });
    const documents = body['documents'] as { type: string; content: string }[];
    expect(documents.map(({ type }) => type)).toEqual(['freeze-ruling', 'freeze-notice']);
    expect(Buffer.from(documents[0]?.content ?? '', 'base64').toString()).toContain('%PDF');
  });

  it('takes each answer once; the same answer twice is ok twice', async () => {
    const order = sampleInquiry(connector.rig, connector.digest);
    await connector.rig.dispatch([order]);
    await page();
    const answer = answerTo(order.orderNumber, nothing);
    expect(await upload([answer, answer])).toEqual([
      [order.orderNumber, 'ok'],
      [order.orderNumber, 'ok'],
    ]);
    expect(await upload([answer])).toEqual([[order.orderNumber, 'ok']]);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(connector.rig.heard.facts.filter(({ type }) => type === 'order.answered').length).toBe(1);
  });

  it('takes a damaged answer for none, asks for it again, and applies the good one', async () => {
    const order = sampleInquiry(connector.rig, connector.digest);
    await connector.rig.dispatch([order]);
    await page();
    const answer = answerTo(order.orderNumber, nothing);
    const damaged = await upload([answer], (bytes) => Buffer.from(bytes.toString().replace('"holdings":[]', '"holdings":[')));
    expect(damaged).toEqual([[order.orderNumber, 'error']]);
    await eventually(() => connector.rig.heard.events.some(({ event, code }) => event === 'undetermined' && code === 'signature-invalid'));
    expect(answersTo(order.orderNumber)).toEqual([]);
    expect(await upload([answer])).toEqual([[order.orderNumber, 'ok']]);
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ standing: 'answered' });
  });

  it('refuses an answer to an order that it never gave out, and leaves the others of the upload whole', async () => {
    const served = sampleInquiry(connector.rig, connector.digest);
    await connector.rig.dispatch([served]);
    await page();
    const results = await upload([answerTo('20990101000000', nothing), answerTo(served.orderNumber, nothing), { format: 'x' }]);
    expect(results).toEqual([
      ['', 'error'],
      [served.orderNumber, 'ok'],
      ['', 'error'],
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
    ['GET', 'orders', undefined],
    ['GET', 'orders', 'hankoubank:wrong-password-of-some-length'],
    ['POST', 'answers', 'other:a-password-of-some-length'],
  ])('lets nobody in without the bank’s own password (%s %s)', async (method, path, basic) => {
    const { status } = await connector.call(method, `/connector/${BANK}/${path}`, {
      ...(basic ? { basic } : {}),
      ...(method === 'POST' ? { body: {} } : {}),
    });
    expect(status).toBe(401);
  });

  it.each([
    ['acknowledgements', { orderNumbers: 'x' }, 400],
    ['acknowledgements', { orderNumbers: ['x'], receivedAt: 'yesterday' }, 400],
    ['answers', { answers: [{ body: '***', signature: '' }] }, 400],
    ['answers', { answers: Array.from({ length: 101 }, () => ({ body: 'AA==', signature: '' })) }, 400],
    ['notices', {}, 404],
  ])('refuses a wrong body of %s', async (path, body, status) => {
    expect((await connector.call('POST', `/connector/${BANK}/${path}`, { basic: BASIC, body })).status).toBe(status);
  });
});
