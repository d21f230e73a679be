import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ORDER_EVENTS_TOPIC, ordersTopic, encodeBody, decodeBody } from '#contracts';
import { newId } from '#kernel';
import type { Message } from '#messaging';
import { insert } from '#persistence';
import { eventually } from '#testing';
import { blobsOfCase, ANSWERS_EMPTIED, EMPTIED } from './adapters/store/case-content.js';
import { answerTo, deliver, holdingLine, ordersOf } from './testing/bank-words.js';
import { startGateway, type GatewayFixture, type Reply } from './testing/gateway-fixture.js';
import { addMeasure, fileCase, post, rows, type PostingCase } from './testing/posting-fixture.js';
import { DestroyContent } from './use-cases/erase-case/destroy-content.js';

const BANK = 'hubeibank';
/** What the messaging library empties. */
const FACTS_EMPTIED = { table: 'facts', columns: { opening: '' } };
const REASON = '档案保管期限届满';

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway({ collect: [ordersTopic(BANK)] });
});
afterAll(() => gateway.close());

/** A case with an answered inquiry, a released measure and documents. */
async function playedCase(): Promise<PostingCase & { readonly requestId: string; readonly orderNumber: string }> {
  const of = await fileCase(gateway);
  const requestId = (await post(gateway, { action: 'inquire', caseId: of.id, banks: [BANK] })).at<string>('id');
  const [order] = await ordersOf(gateway, requestId);
  const holdings = [holdingLine('4201000000000011', 6_231_045)];
  await deliver(gateway, await answerTo(gateway, order!, { inquiry: { result: 'found', holdings } }));
  await addMeasure(gateway, of, { status: 'released', covered: 0n });
  return { ...of, requestId, orderNumber: order!.order_number };
}

const close = (of: PostingCase) =>
  gateway.call('officer', 'POST', `/api/v1/cases/${of.id}/close`, { manner: 'settled', reason: '双方和解' });
const propose = (of: { readonly id: string }, who = 'judge', headers: Record<string, string> = {}) =>
  gateway.call(who, 'POST', '/api/v1/erasures', { caseId: of.id, reason: REASON }, headers);
const decide = (id: string, who = 'leader', decision = 'approve') =>
  gateway.call(who, 'POST', `/api/v1/erasures/${id}/approval`, { decision });
const stateOf = async (id: string) => (await gateway.call('auditor', 'GET', `/api/v1/erasures/${id}`)).at('state');

async function erased(of: PostingCase, until = 'erased'): Promise<string> {
  const asked = await propose(of);
  expect([asked.status, asked.at('state')]).toEqual([202, 'awaiting']);
  const id = asked.at('id');
  expect([(await decide(id)).status]).toEqual([202]);
  await eventually(async () => (await stateOf(id)) === 'destroyed');
  if (until === 'erased') {
    await confirm(id, of);
    await eventually(async () => (await stateOf(id)) === 'erased');
  }
  return id;
}

/** What the bank's connector would say. */
async function confirm(erasureId: string, of: PostingCase): Promise<void> {
  const { clock, entropy } = gateway.parts;
  const body = encodeBody('case.erased.v1', { erasureId, caseId: of.id, bank: BANK });
  const message: Message = {
    id: newId(clock, entropy),
    topic: ORDER_EVENTS_TOPIC,
    key: of.id,
    type: 'case.erased.v1',
    at: clock.now(),
    headers: {},
    body,
  };
  await deliver(gateway, message, message);
}

/** A message about an order that carries no case in its headers, as progress does. */
async function dieInClear(orderNumber: string): Promise<void> {
  const body = encodeBody('order.progressed.v1', { orderNumber, event: 'sent', at: '2026-03-10T04:00:00.000Z' });
  const letter = {
    reader: 'r',
    message_id: orderNumber,
    topic: 't',
    msg_key: 'k',
    type: 'order.progressed.v1',
    at: 1,
    headers: '{}',
    body,
  };
  const end = { attempts: 5, error: '没有该请求单', died_at: 1, redriven_at: null };
  await gateway.parts.database.run((tx) => insert(tx, 'dead_letters', { ...letter, ...end }));
}

/** How many telling values of a case are left, by table and column. */
async function leftOf(caseId: string): Promise<Record<string, number>> {
  const { reader } = gateway.parts.database;
  const belongs: Record<string, string> = {
    case_id: 'case_id = ?',
    request_id: 'request_id IN (SELECT id FROM requests WHERE case_id = ?)',
    order_number: 'order_number IN (SELECT order_number FROM orders WHERE case_id = ?)',
    holding_id: 'holding_id IN (SELECT id FROM holdings WHERE case_id = ?)',
  };
  const left: Record<string, number> = {};
  for (const { table, columns, ...rest } of [...EMPTIED, ANSWERS_EMPTIED, FACTS_EMPTIED]) {
    const where = belongs['by' in rest ? rest.by : 'case_id'] ?? '';
    for (const column of Object.keys(columns)) {
      const own = column === 'account_index' && table === 'holdings' ? 'AND account_index <> id' : '';
      const sql = `SELECT COUNT(*) AS n FROM ${table} WHERE ${where} AND ${column} IS NOT NULL AND LENGTH(${column}) > 0 ${own}`;
      const n = Number((await reader.one<{ n: number }>(sql, [caseId]))?.n ?? 0);
      if (n > 0) left[`${table}.${column}`] = n;
    }
  }
  return left;
}

describe('an erasure', () => {
  it('is proposed by one person and approved by another, and leaves number, state and facts', async () => {
    const of = await playedCase();
    expect((await close(of)).status).toBe(200);
    const { case_number } = (await rows<{ case_number: string }>(gateway, 'SELECT case_number FROM cases WHERE id = ?', of.id))[0]!;
    const proposed = await propose(of);
    const id = proposed.at<string>('id');
    expect((await propose(of, 'leader')).at('code')).toBe('wrong-state');
    const own = await decide(id, 'judge');
    expect([own.status, own.at('code')]).toEqual([403, 'own-approval']);
    expect((await gateway.call('judge', 'GET', `/api/v1/cases/${of.id}`)).status).toBe(200);
    const approved = await decide(id);
    expect([approved.status, approved.at('state')]).toEqual([202, 'approved']);
    expect((await decide(id)).at('code')).toBe('wrong-state');
    await eventually(async () => (await stateOf(id)) === 'destroyed');
    await confirm(id, of);
    await eventually(async () => (await stateOf(id)) === 'erased');

    const gone = await gateway.call('officer', 'GET', `/api/v1/cases/${of.id}`);
    expect([gone.status, gone.at('code'), gone.at('caseNumber'), gone.at('caseStatus'), gone.at('erasure.state')]).toEqual([
      410,
      'content-erased',
      case_number,
      'closed',
      'erased',
    ]);
    const listed = (await gateway.call('officer', 'GET', `/api/v1/cases?caseNumber=${encodeURIComponent(case_number)}`)).at<object>(
      'items.0',
    );
    expect(listed).toMatchObject({ caseNumber: case_number, status: 'closed', erased: true });
    expect(JSON.stringify(listed)).not.toContain('陈志远');
    const facts = await rows<{ type: string }>(gateway, 'SELECT type FROM facts WHERE subject = ? ORDER BY seq', `case:${of.id}`);
    expect(facts.map(({ type }) => type).slice(-4)).toEqual([
      'case.erasure-proposed',
      'case.erasure-approved',
      'case.content-destroyed',
      'case.erased',
    ]);
    const shown = (await gateway.call('auditor', 'GET', `/api/v1/erasures?caseId=${of.id}`)).at<object[]>('items');
    expect(shown).toMatchObject([{ id, state: 'erased', reason: REASON, banks: [{ bank: BANK }] }]);
  });

  it('leaves no telling value in any table, no blob, and no key', async () => {
    const of = await playedCase();
    await dieInClear(of.orderNumber);
    await close(of);
    expect(Object.keys(await leftOf(of.id)).length).toBeGreaterThan(12);
    const digests = await blobsOfCase(gateway.parts.database.reader, of.id);
    expect(digests.length).toBeGreaterThan(0);
    await erased(of);
    // The facts of the erasure itself stay open: they are sealed under a system key and name no case.
    expect(await leftOf(of.id)).toEqual({});
    const letter = 'SELECT LENGTH(body) AS body, error FROM dead_letters WHERE message_id = ?';
    expect(await rows(gateway, letter, of.orderNumber)).toEqual([{ body: 0, error: '' }]);
    for (const digest of digests) expect(await gateway.parts.blobs.has(of.id, digest)).toBe(false);
    await expect(gateway.parts.keys.get(of.id)).rejects.toMatchObject({ code: 'content-erased' });
  });

  it('tells the bank’s connector, and is not over before it has answered', async () => {
    const of = await playedCase();
    await close(of);
    const id = await erased(of, 'destroyed');
    const told = await eventually(() => gateway.messages.find(({ type, key }) => type === 'case.erasure-asked.v1' && key === of.id));
    expect(decodeBody('case.erasure-asked.v1', told.body)).toEqual({ erasureId: id, caseId: of.id });
    expect(await stateOf(id)).toBe('destroyed');
    expect((await gateway.call('auditor', 'GET', `/api/v1/erasures/${id}`)).at('banks')).toEqual([{ bank: BANK }]);
    await confirm(id, of);
    await eventually(async () => (await stateOf(id)) === 'erased');
  });

  it('may be rejected, and asked for again', async () => {
    const of = await fileCase(gateway);
    await close(of);
    const first = (await propose(of)).at<string>('id');
    expect((await decide(first, 'leader', 'reject')).at('state')).toBe('rejected');
    expect((await gateway.call('judge', 'GET', `/api/v1/cases/${of.id}`)).status).toBe(200);
    expect((await propose(of)).status).toBe(202);
  });

  it.each<[string, (of: PostingCase) => Promise<unknown>, string]>([
    ['that is open', () => Promise.resolve(), 'wrong-state'],
    ['with a live measure (终本)', async (of) => Promise.all([setClosed(of), addMeasure(gateway, of)]), 'live-measures'],
    [
      'with an inquiry under way',
      async (of) => {
        await post(gateway, { action: 'inquire', caseId: of.id, banks: [BANK] });
        await setClosed(of);
      },
      'open-orders',
    ],
    ['with something left to do', async (of) => Promise.all([setClosed(of), addTask(of)]), 'open-orders'],
  ])('is refused for a case %s', async (_, prepare, code) => {
    const of = await fileCase(gateway);
    await prepare(of);
    expect((await propose(of)).at('code')).toBe(code);
    expect(await rows(gateway, 'SELECT id FROM erasures WHERE case_id = ?', of.id)).toEqual([]);
  });

  it('is judged again when it is approved', async () => {
    const of = await fileCase(gateway);
    await close(of);
    const id = (await propose(of)).at<string>('id');
    await addTask(of);
    expect((await decide(id)).at('code')).toBe('open-orders');
    expect(await stateOf(id)).toBe('awaiting');
  });

  it.each(['officer', 'auditor', 'admin'])('is nothing that %s may propose or approve', async (who) => {
    const of = await fileCase(gateway);
    await close(of);
    expect((await propose(of, who)).status).toBe(403);
    expect((await decide((await propose(of)).at('id'), who)).status).toBe(403);
  });

  it.each(['nothing', '01995a42-33cc-7d44-8f88-805f9f4f5e71'])('is not found under %s', async (id) => {
    expect((await propose({ id })).status).toBeGreaterThanOrEqual(400);
    expect((await decide(id)).status).toBe(404);
    expect((await gateway.call('auditor', 'GET', `/api/v1/erasures/${id}`)).status).toBe(404);
  });
});

describe('an erased case', () => {
  it('answers each call in words, never with a failure', async () => {
    const of = await playedCase();
    const headers = { 'idempotency-key': `kept-${of.id}` };
    const satisfy = { amount: '5.00', kind: 'voluntary', on: '2026-03-10', evidence: '收据' };
    expect((await gateway.call('officer', 'POST', `/api/v1/cases/${of.id}/satisfactions`, satisfy, headers)).status).toBe(201);
    const parties = await rows<{ id: string }>(gateway, 'SELECT id FROM parties WHERE case_id = ?', of.id);
    const [holding] = await rows<{ id: string }>(gateway, 'SELECT id FROM holdings WHERE case_id = ?', of.id);
    const [instrument] = await rows<{ id: string }>(gateway, 'SELECT id FROM instruments WHERE case_id = ?', of.id);
    const [measure] = await rows<{ id: string }>(gateway, 'SELECT id FROM measures WHERE case_id = ?', of.id);
    await close(of);
    await erased(of);
    const base = `/api/v1/cases/${of.id}`;
    const reason = { reason: '查询' };
    const replies: [string, Promise<Reply>, number][] = [
      ['holdings', gateway.call('officer', 'GET', `${base}/holdings`), 410],
      ['measures', gateway.call('officer', 'GET', `${base}/measures`), 410],
      ['payments', gateway.call('officer', 'GET', `${base}/payments`), 410],
      ['transactions', gateway.call('officer', 'GET', `/api/v1/holdings/${holding!.id}/transactions`), 410],
      ['reveal holding', gateway.call('officer', 'POST', `/api/v1/holdings/${holding!.id}/reveal`, reason), 410],
      ['reveal measure', gateway.call('officer', 'POST', `/api/v1/measures/${measure!.id}/reveal`, reason), 410],
      ['reveal party', gateway.call('officer', 'POST', `/api/v1/parties/${parties[0]!.id}/reveal`, reason), 410],
      ['instrument', gateway.call('officer', 'GET', `/api/v1/instruments/${instrument!.id}`), 410],
      ['content', gateway.call('officer', 'GET', `/api/v1/instruments/${instrument!.id}/content`), 410],
      ['request', gateway.call('officer', 'GET', `/api/v1/requests/${of.requestId}`), 200],
      ['requests', gateway.call('officer', 'GET', `/api/v1/requests?caseId=${of.id}`), 200],
      ['original', gateway.call('auditor', 'GET', `/api/v1/orders/${of.orderNumber}/original`), 410],
      ['receipts', gateway.call('officer', 'GET', `/api/v1/orders/${of.orderNumber}/receipts`), 410],
      ['tasks', gateway.call('officer', 'GET', '/api/v1/tasks'), 200],
      ['cases', gateway.call('officer', 'GET', '/api/v1/cases'), 200],
      ['plan', gateway.call('officer', 'POST', `${base}/freeze-plan`, {}), 410],
      ['post', post(gateway, { action: 'inquire', caseId: of.id }), 410],
      ['close', close(of), 410],
      ['replay', gateway.call('officer', 'POST', `${base}/satisfactions`, satisfy, headers), 410],
      ['propose', propose(of), 409],
    ];
    const seen = await Promise.all(replies.map(async ([what, reply]) => [what, (await reply).status]));
    expect(seen).toEqual(replies.map(([what, , status]) => [what, status]));
  });
});

describe('destroying that is cut off', () => {
  it('ends when it is done again, wherever it was', async () => {
    let total = 0;
    for (let cut = 1; cut === 1 || cut <= total; cut += 1) {
      const of = await playedCase();
      const count = { left: cut, seen: 0 };
      await expect(new DestroyContent(cutAt(gateway, count)).execute(of.id)).rejects.toThrow('killed');
      // From the first commit on nothing can be read.
      if (cut > 1) await expect(gateway.parts.keys.get(of.id)).rejects.toMatchObject({ code: 'content-erased' });
      const whole = { left: Infinity, seen: 0 };
      await new DestroyContent(cutAt(gateway, whole)).execute(of.id);
      expect(await leftOf(of.id)).toEqual({});
      total = Math.max(total, whole.seen);
    }
    expect(total).toBeGreaterThan(15);
  });
});

/** The parts of a gateway that dies at its n-th step that changes something. */
function cutAt({ parts }: GatewayFixture, count: { left: number; seen: number }): GatewayFixture['parts'] {
  const CHANGING = new Set(['destroy', 'delete', 'run', 'endGenerationOf']);
  const dying = <T extends object>(of: T): T =>
    new Proxy(of, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function') return value;
        const bound = (value as (...args: unknown[]) => unknown).bind(target);
        if (!CHANGING.has(String(name))) return bound;
        return (...args: unknown[]): unknown => {
          count.seen += 1;
          count.left -= 1;
          return count.left === 0 ? Promise.reject(new Error('killed')) : bound(...args);
        };
      },
    });
  return {
    ...parts,
    keys: dying(parts.keys),
    blobs: dying(parts.blobs),
    database: dying(parts.database),
    rotation: dying(parts.rotation),
  };
}

async function setClosed(of: PostingCase): Promise<void> {
  await gateway.parts.database.run((tx) => tx.run("UPDATE cases SET status = 'closed' WHERE id = ?", [of.id]));
}

async function addTask(of: PostingCase): Promise<void> {
  const { clock, entropy, database } = gateway.parts;
  const id = newId(clock, entropy);
  await database.run((tx) =>
    tx.run(
      `INSERT INTO tasks (id, version, kind, subject, case_id, court_code, state, open_key, at) VALUES (?, 1, 'claim', ?, ?, '420106', 'open', 'open', ?)`,
      [id, id, of.id, clock.now()],
    ),
  );
}
