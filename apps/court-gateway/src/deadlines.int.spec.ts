import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventuallyHolds } from '#testing';
import {
  answerTo,
  deliver,
  dispatched,
  freezeOrder,
  frozen,
  measuresNow,
  moved,
  openTasks,
  ordersOf,
  progressOf,
} from './testing/bank-words.js';
import { startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { addHolding, addMeasure, fileCase, post, rows, type PostingCase } from './testing/posting-fixture.js';
import type { LedgerPort, LedgerProof } from './use-cases/prove-request/ledger-port.js';

const DAY_MS = 86_400_000;
/** What falls due by a jump of the clock shows within a second, on a machine that does other work beside. */
const SOON_MS = 2_500;

let gateway: GatewayFixture;
const proofs: LedgerProof[] = [];
beforeEach(async () => {
  const ledger: LedgerPort = {
    proofsOf: () => Promise.resolve({ proofs, pending: 0 }),
    vkeyOf: () => Promise.resolve('log+key'),
    edgeOf: () => Promise.reject(new Error('no export here')),
  };
  gateway = await startGateway({ parts: { holdDelivery: true, ledger } });
});
afterEach(() => gateway.close());

async function measureUntil(of: PostingCase, days: number): Promise<string> {
  const to = new Date(gateway.parts.clock.now() + days * DAY_MS + 8 * 3_600_000).toISOString().slice(0, 10);
  return addMeasure(gateway, of, { limit: 1_000_00n, to, bank: 'hubeibank' });
}

describe('the calendar', () => {
  it('marks a late order within a second and takes the mark back with the answer (R11)', async () => {
    const of = await fileCase(gateway);
    const posted = await post(gateway, { action: 'inquire', caseId: of.id, banks: ['hubeibank'] });
    const [order] = await ordersOf(gateway, posted.at('id'));
    await deliver(gateway, progressOf(gateway, order!.order_number, 'received'));
    gateway.parts.clock.advance(DAY_MS + 1);
    await eventuallyHolds(async () => expect(await openTasks(gateway, of)).toEqual(['overdue']), SOON_MS);
    const path = `/api/v1/requests/${posted.at('id')}`;
    expect((await gateway.call('officer', 'GET', path)).at('progress.overdue')).toBe(1);
    await deliver(gateway, await answerTo(gateway, order!, { inquiry: { result: 'no-account', holdings: [] } }));
    expect((await gateway.call('officer', 'GET', path)).at('progress.overdue')).toBe(0);
    expect(await openTasks(gateway, of)).toEqual([]);
  });

  it('a day that the bank has named for a line is no delay', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    const expectedOn = new Date(gateway.parts.clock.now() + 3 * DAY_MS).toISOString().slice(0, 10);
    await deliver(gateway, progressOf(gateway, order.order_number, 'received'));
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [{ seq: 1, status: 'in-progress', expectedOn }] } }));
    gateway.parts.clock.advance(DAY_MS + 1);
    await gateway.parts.clock.realSleep(1_000);
    expect(await openTasks(gateway, of)).toEqual([]);
    gateway.parts.clock.advance(4 * DAY_MS);
    await eventuallyHolds(async () => expect(await openTasks(gateway, of)).toEqual(['overdue']), SOON_MS);
  });

  it('reminds at 60, 30, 15 and 7 days, one open task at a time, and ends the measure at 24:00 (R14)', async () => {
    const of = await fileCase(gateway);
    const measureId = await measureUntil(of, 61);
    const marks: [number, number][] = [
      [1, 60],
      [30, 30],
      [15, 15],
      [8, 7],
    ];
    for (const [days, mark] of marks) {
      gateway.parts.clock.advance(days * DAY_MS);
      const path = `/api/v1/tasks?kind=expiring`;
      await eventuallyHolds(async () => expect((await gateway.call('judge', 'GET', path)).each('items', 'days')).toEqual([mark]), SOON_MS);
    }
    const listed = await gateway.call('officer', 'GET', '/api/v1/measures?expiringWithin=P30D');
    expect(listed.each('items', 'id')).toEqual([measureId]);
    gateway.parts.clock.advance(8 * DAY_MS);
    await eventuallyHolds(
      async () => expect((await measuresNow(gateway, of)).items[0]).toMatchObject({ status: 'expired', covered: '0.00' }),
      SOON_MS,
    );
    expect(await openTasks(gateway, of)).toEqual([]);
    const facts = await rows<{ type: string }>(gateway, 'SELECT type FROM facts WHERE subject = ?', `measure:${measureId}`);
    expect(facts.map(({ type }) => type)).toEqual(['measure.ended']);
  });

  it('asks a bank without notices once a day while something is uncovered (I16)', async () => {
    const of = await fileCase(gateway);
    await addMeasure(gateway, of, { limit: 1_000_00n, covered: 1_00n, bank: 'hankoubank' });
    await addMeasure(gateway, of, { limit: 1_000_00n, covered: 1_00n, bank: 'hubeibank' });
    const inquiries = () => rows<{ bank: string }>(gateway, "SELECT bank FROM orders WHERE case_id = ? AND action = 'inquire'", of.id);
    expect(await inquiries()).toEqual([]);
    gateway.parts.clock.advance(DAY_MS + 1);
    await eventuallyHolds(async () => expect(await inquiries()).toEqual([{ bank: 'hankoubank' }]), SOON_MS);
    gateway.parts.clock.advance(3_600_000);
    await gateway.parts.clock.realSleep(800);
    expect(await inquiries()).toHaveLength(1);
  });

  it('asks after money that has not arrived, once', async () => {
    const of = await fileCase(gateway);
    const measureId = await addMeasure(gateway, of, { limit: 1_000_00n });
    const order = await dispatched(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId, amount: '1000.00' }] });
    const valueDate = new Date(gateway.parts.clock.now()).toISOString().slice(0, 10);
    const line = moved(1_000_00);
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [{ ...line, moved: { ...line.moved!, valueDate } }] } }));
    gateway.parts.clock.advance(5 * DAY_MS);
    await eventuallyHolds(async () => expect(await openTasks(gateway, of)).toEqual(['uncollected']), SOON_MS);
    const [task] = (await gateway.call('officer', 'GET', '/api/v1/tasks?kind=uncollected')).each('items', 'id');
    const done = await gateway.call('officer', 'POST', `/api/v1/tasks/${task!}/done`, { note: '已电询' });
    expect([done.status, done.at('state')]).toEqual([200, 'done']);
    expect((await gateway.call('officer', 'POST', `/api/v1/tasks/${task!}/done`)).status).toBe(409);
  });
});

describe('the event stream', () => {
  it('sends every change once, in order, resumes after Last-Event-ID, and refuses another court', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    const url = `${gateway.url}/api/v1/requests/${order.request_id}/events`;
    const authorization = `Bearer ${await gateway.tokenOf('officer')}`;
    const abort = new AbortController();
    const stream = await fetch(url, { headers: { authorization }, signal: abort.signal });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (end: string): Promise<void> => {
      while (!text.includes(end)) text += (await reader.read()).value ?? '';
    };
    await until('"status":"dispatched"');
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [frozen(1_000_00, 1_000_00)] } }));
    await until('"status":"completed"');
    abort.abort();
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    expect(ids).toEqual(ids.map((_, index) => index + 1));
    expect(text).not.toContain('42010000');
    const again = await fetch(url, { headers: { authorization, 'last-event-id': String(ids.length - 1) } });
    const rest = again.body!.pipeThrough(new TextDecoderStream()).getReader();
    let tail = '';
    while (!tail.includes('\nid: ')) tail += (await rest.read()).value ?? '';
    expect(tail).toContain(`id: ${ids.length}`);
    expect(tail).not.toContain(`id: ${ids.length - 1}\n`);
    await rest.cancel();
    expect((await fetch(url, { headers: { authorization, 'last-event-id': 'x' } })).status).toBe(400);
    expect((await fetch(url)).status).toBe(401);
    expect((await gateway.call('auditor', 'GET', '/api/v1/events')).status).toBe(501);
  });
});

describe('the proof of a request', () => {
  it('is not there until the ledger covers every fact of ours and of the connectors', async () => {
    const of = await fileCase(gateway);
    const posted = await post(gateway, { action: 'inquire', caseId: of.id, banks: ['hubeibank'] });
    const [order] = await ordersOf(gateway, posted.at('id'));
    await deliver(gateway, await answerTo(gateway, order!, { inquiry: { result: 'no-account', holdings: [] } }));
    const path = `/api/v1/requests/${posted.at('id')}/proof`;
    const own = await rows<{ leaf_hash: string; leaf: Buffer }>(
      gateway,
      'SELECT leaf_hash, leaf FROM facts WHERE request_id = ?',
      posted.at('id'),
    );
    const [answered] = await rows<{ answer_leaf: string }>(
      gateway,
      'SELECT answer_leaf FROM orders WHERE order_number = ?',
      order!.order_number,
    );
    const proofOf = (leafHash: string, leaf: string, index: number) => ({ origin: 'log/2026', index, leaf, leafHash, tlogProof: 'proof' });
    proofs.push(...own.map(({ leaf_hash, leaf }, index) => proofOf(leaf_hash, leaf.toString('base64'), index)));
    const early = await gateway.call('officer', 'GET', path);
    expect([early.status, early.at('code')]).toEqual([409, 'not-yet']);
    proofs.push(proofOf(answered!.answer_leaf, 'bGVhZg==', 9));
    const whole = await gateway.call('officer', 'GET', path);
    expect([whole.at('format'), whole.at('origin'), whole.at('vkey')]).toEqual(['chakong-proof/v1', 'log/2026', 'log+key']);
    expect(whole.each('proofs', 'index')).toHaveLength(own.length + 1);
    expect(Buffer.from(whole.at('proofs.0.opening.salt'), 'base64')).toHaveLength(32);
    expect((await gateway.call('clerk.wrcb', 'GET', path)).status).toBe(403);
    // Reading it is a fact of the case that does not put the request's own proof off.
    expect((await gateway.call('officer', 'GET', path)).status).toBe(200);
    expect(await rows(gateway, "SELECT 1 FROM facts WHERE type = 'proof.opened' AND case_id = ?", of.id)).toHaveLength(2);
  });
});
