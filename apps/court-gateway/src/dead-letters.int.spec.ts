import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insert } from '#persistence';
import { eventually } from '#testing';
import { deliver, ordersOf, progressOf } from './testing/bank-words.js';
import { startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { fileCase, post, rows } from './testing/posting-fixture.js';

const READER = 'gateway-order-events';
const REASON = { reason: '请求单已补录' };

interface LetterView {
  readonly messageId: string;
  readonly redrivenAt?: string;
  readonly redrive?: { readonly state: string; readonly error?: string; readonly decidedBy?: string };
}

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true } });
});
afterAll(() => gateway.close());

const letters = async (state = 'open') =>
  (await gateway.call('admin', 'GET', `/api/v1/dead-letters?state=${state}`)).at<LetterView[]>('items');
const letter = async (id: string) => (await letters('all')).find(({ messageId }) => messageId === id);
const redrive = (who: string, id: string, part = '', body: object = REASON) =>
  gateway.call(who, 'POST', `/api/v1/dead-letters/${READER}/${id}/redrive${part}`, body);
const approve = (who: string, id: string) => redrive(who, id, '/approval', { decision: 'approve' });

/** A word of a bank that has died: of a type that nobody handles, it dies by itself. */
async function deadWord(): Promise<string> {
  const word = { ...progressOf(gateway, 'some-order', 'received'), type: 'order.progressed.v9' };
  await deliver(gateway, word);
  return word.id;
}

/** A word that is good by now and died of something that has been mended since: laid aside as the reader lays aside. */
async function mendedWord(orderNumber: string): Promise<string> {
  const { id, topic, key, type, at, headers, body } = progressOf(gateway, orderNumber, 'received', { at: '2026-03-10T02:00:00.000Z' });
  await gateway.parts.database.run(async (tx) => {
    await insert(tx, 'inbox', { reader: READER, message_id: id, at });
    const message = { message_id: id, topic, msg_key: key, type, at, headers: JSON.stringify(headers), body };
    await insert(tx, 'dead_letters', { reader: READER, ...message, attempts: 5, error: 'was not known', died_at: at, redriven_at: null });
  });
  return id;
}

describe('a dead letter', () => {
  it('is driven again when one administrator has asked and another one has approved', async () => {
    const of = await fileCase(gateway);
    const requestId = (await post(gateway, { action: 'inquire', caseId: of.id, banks: ['hubeibank'] })).at<string>('id');
    const [order] = await ordersOf(gateway, requestId);
    const id = await mendedWord(order!.order_number);
    expect((await letters()).map(({ messageId }) => messageId)).toContain(id);
    expect(JSON.stringify(await letter(id))).not.toContain('body');
    const asked = await redrive('admin', id);
    expect([asked.status, asked.at('state')]).toEqual([202, 'awaiting']);
    expect((await redrive('admin2', id)).at('code')).toBe('wrong-state');
    const own = await approve('admin', id);
    expect([own.status, own.at('code')]).toEqual([403, 'own-approval']);
    const approved = await approve('admin2', id);
    expect([approved.status, approved.at('state')]).toEqual([202, 'approved']);
    await eventually(async () => (await letter(id))?.redrive?.state === 'redriven');
    expect((await gateway.call('officer', 'GET', `/api/v1/requests/${requestId}`)).at('orders.0.status')).toBe('received');
    expect((await letters()).map(({ messageId }) => messageId)).not.toContain(id);
    const facts = await rows(gateway, 'SELECT type FROM facts WHERE subject = ? ORDER BY seq', `dead-letter:${id}`);
    expect(facts.map(({ type }) => type)).toEqual(['dead-letter.redrive-proposed', 'dead-letter.redrive-approved', 'dead-letter.redriven']);
    expect((await approve('admin2', id)).at('code')).toBe('wrong-state');
    expect((await redrive('admin', id)).status).toBe(404);
  });

  it('stays where its handler fails again, tells why, and can be asked for once more', async () => {
    const id = await deadWord();
    await redrive('admin2', id);
    await approve('admin', id);
    const failed = await eventually(async () => {
      const found = await letter(id);
      return found?.redrive?.state === 'failed' ? found : undefined;
    });
    expect(failed.redrive?.error).not.toBe('');
    expect(failed.redrivenAt).toBeUndefined();
    expect((await letters()).map(({ messageId }) => messageId)).toContain(id);
    const again = await redrive('admin', id);
    expect([again.status, again.at('state')]).toEqual([202, 'awaiting']);
  });

  it('stays where the second person says no', async () => {
    const id = await deadWord();
    await redrive('admin', id);
    const rejected = await redrive('admin2', id, '/approval', { decision: 'reject', reason: '先查明原因' });
    expect([rejected.status, rejected.at('state')]).toEqual([202, 'rejected']);
    expect((await letters()).map(({ messageId }) => messageId)).toContain(id);
  });

  it.each([
    ['officer', 403],
    ['auditor', 403],
    ['judge', 403],
  ])('is nothing that %s may ask for', async (who, status) => expect((await redrive(who, 'some')).status).toBe(status));

  it('is not found under a name that none has', async () => {
    expect((await redrive('admin', 'x'.repeat(300))).status).toBe(404);
    expect((await approve('admin', 'nothing')).status).toBe(404);
  });
});
