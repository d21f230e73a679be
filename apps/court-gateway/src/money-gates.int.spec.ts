import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { addHolding, addMeasure, approve, fileCase, post, rows, termOf, type PostingCase } from './testing/posting-fixture.js';

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true } });
});
afterAll(() => gateway.close());

const CEILING = { ceiling: { amount: '1000.00', currency: 'CNY' } };
const account = { bank: 'hubeibank', account: '4201000000008888' };

async function figures(of: PostingCase): Promise<{ committed: string; room: bigint }> {
  const shown = await gateway.call('officer', 'GET', `/api/v1/cases/${of.id}`);
  const committed = shown.at('committed.amount');
  return { committed, room: 1_000_00n - BigInt(committed.replace('.', '')) };
}

async function freeze(of: PostingCase, amount: string) {
  return post(gateway, { action: 'freeze', caseId: of.id, lines: [{ ...account, amount }], term: termOf(gateway) });
}

/** Lets the clock pass the three days of approvals; the recurring work that follows shows within a second. */
async function statusBecomes(requestId: string, status: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await gateway.call('officer', 'GET', `/api/v1/requests/${requestId}`)).at('status') === status) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the request never became ${status}`);
}

describe('I7: what is committed never exceeds the ceiling', () => {
  it('with 200 freezes at once that together exceed it by far', async () => {
    const of = await fileCase(gateway, CEILING);
    const replies = await Promise.all(Array.from({ length: 200 }, (_, n) => freeze(of, n % 3 === 0 ? '33.33' : '7.77')));
    const codes = new Set(replies.map((reply) => (reply.status === 202 ? 'accepted' : reply.at('code'))));
    expect(codes).toEqual(new Set(['accepted', 'over-ceiling']));
    const { committed, room } = await figures(of);
    const [sum] = await rows<{ total: number }>(gateway, 'SELECT SUM(amount) AS total FROM order_lines WHERE case_id = ?', of.id);
    expect(BigInt(sum?.total ?? 0)).toBe(BigInt(committed.replace('.', '')));
    expect(room >= 0n && room < 33_33n).toBe(true);
  });

  it('and counts what is frozen, in flight and collected, to the fen', async () => {
    const of = await fileCase(gateway, CEILING);
    await addMeasure(gateway, of, { limit: 300_00n, covered: 350_00n });
    await addMeasure(gateway, of, { limit: 999_00n, covered: 0n, status: 'waiting' });
    await gateway.parts.database.run((tx) => tx.run('UPDATE cases SET collected = 5000, satisfied = 10000 WHERE id = ?', [of.id]));
    expect((await freeze(of, '100.00')).status).toBe(202);
    const over = await freeze(of, '400.01');
    expect([over.at('code'), over.at('room')]).toEqual(['over-ceiling', '400.00']);
    expect((await freeze(of, '400.00')).status).toBe(202);
    expect((await freeze(of, '0.01')).at('code')).toBe('over-ceiling');
  });

  it.each([
    ['rejected', (id: string) => approve(gateway, id, 'judge', 'reject')],
    ['returned', (id: string) => approve(gateway, id, 'judge', 'return')],
    ['withdrawn', (id: string) => gateway.call('officer', 'POST', `/api/v1/requests/${id}/withdraw`)],
  ])('and is free again when a request was %s', async (status, end) => {
    const of = await fileCase(gateway, CEILING);
    const posted = await freeze(of, '1000.00');
    expect((await freeze(of, '0.01')).at('code')).toBe('over-ceiling');
    const ended = await end(posted.at('id'));
    expect([ended.status < 300, ended.at('status'), ended.each('orders', 'status')]).toEqual([true, status, ['withdrawn']]);
    expect((await freeze(of, '1000.00')).status).toBe(202);
    expect((await approve(gateway, posted.at('id'))).at('code')).toBe('wrong-state');
  });

  it('and is free again when an approval was not given in three days', async () => {
    const of = await fileCase(gateway, CEILING);
    const posted = await freeze(of, '1000.00');
    const threeDays = 3 * 86_400_000;
    gateway.parts.clock.advance(threeDays - 60_000);
    expect((await freeze(of, '0.01')).at('code')).toBe('over-ceiling');
    gateway.parts.clock.advance(60_000);
    await statusBecomes(posted.at('id'), 'lapsed');
    expect((await freeze(of, '1000.00')).status).toBe(202);
    const facts = await rows<{ type: string }>(
      gateway,
      'SELECT type FROM facts WHERE request_id = ? ORDER BY subject_seq',
      posted.at('id'),
    );
    expect(facts.map(({ type }) => type)).toEqual(['request.accepted', 'request.lapsed']);
  });
});

describe('I8: deducts of a measure never exceed what is covered', () => {
  it('with 50 deducts at once', async () => {
    const of = await fileCase(gateway);
    const measureId = await addMeasure(gateway, of, { limit: 100_00n, covered: 100_00n });
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => post(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId, amount: '7.00' }] })),
    );
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(14);
    expect(new Set(replies.filter(({ status }) => status !== 202).map((reply) => reply.at('code')))).toEqual(
      new Set(['deduct-over-covered']),
    );
    const rest = { action: 'deduct', caseId: of.id, lines: [{ measureId, amount: '2.00' }] };
    expect([(await post(gateway, rest)).status, (await post(gateway, rest)).at('code')]).toEqual([202, 'deduct-over-covered']);
  });

  it('and a deduct and a release of one measure exclude each other, whichever comes first', async () => {
    const of = await fileCase(gateway);
    const [one, two] = [await addMeasure(gateway, of), await addMeasure(gateway, of)];
    const deduct = (measureId: string) => post(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId, amount: '1.00' }] });
    const release = (measureId: string) => post(gateway, { action: 'release', caseId: of.id, lines: [{ measureId, amount: '1.00' }] });
    for (const pair of [
      [deduct(one), release(one)],
      [release(two), deduct(two)],
    ]) {
      const codes = (await Promise.all(pair)).map((reply) => (reply.status === 202 ? 'accepted' : reply.at('code')));
      expect(codes.sort()).toEqual(['accepted', 'open-orders']);
    }
  });

  it('and the money goes to the account of the case, by the order of the freeze', async () => {
    const of = await fileCase(gateway);
    const measureId = await addMeasure(gateway, of);
    const posted = await post(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId, amount: '1.00' }] });
    expect((await approve(gateway, posted.at('id'))).at('status')).toBe('dispatched');
    const [line] = await rows<{ amount: number; measure_id: string }>(
      gateway,
      'SELECT * FROM order_lines WHERE request_id = ?',
      posted.at('id'),
    );
    expect(line).toMatchObject({ amount: 100, measure_id: measureId });
  });
});

describe('a freeze plan', () => {
  const planFor = (of: PostingCase, body: object = {}) => gateway.call('officer', 'POST', `/api/v1/cases/${of.id}/freeze-plan`, body);
  const freezeBy = (of: PostingCase, planId: string) => post(gateway, { action: 'freeze', caseId: of.id, planId, term: termOf(gateway) });

  it('allocates the room of the case, keeps what is protected, and is taken up as it is', async () => {
    const of = await fileCase(gateway, CEILING);
    await addHolding(gateway, of, { available: 600_00n });
    const wages = await addHolding(gateway, of, { available: 500_00n, kind: 'wages' });
    const plan = await planFor(of, { reserves: [{ holdingId: wages, amount: '200.00', basis: '生活必需费用' }] });
    expect(plan.body).toMatchObject({ committed: { amount: '0.00' }, total: { amount: '900.00' }, uncovered: { amount: '100.00' } });
    expect(plan.text).not.toMatch(/\d{16}/);
    const posted = await freezeBy(of, plan.at('planId'));
    expect(posted.status).toBe(202);
    expect((await figures(of)).committed).toBe('900.00');
    expect((await freezeBy(of, plan.at('planId'))).at('code')).toBe('plan-stale');
  });

  it.each([
    ['an hour has passed', () => Promise.resolve(gateway.parts.clock.advance(3_600_001))],
    ['a holding has other figures', (of: PostingCase) => sql('UPDATE holdings SET available = available - 1 WHERE case_id = ?', of.id)],
    ['the debt has changed', (of: PostingCase) => sql('UPDATE cases SET ceiling = ceiling - 1 WHERE id = ?', of.id)],
    ['another freeze was posted', (of: PostingCase) => freeze(of, '1.00')],
  ])('is stale when %s', async (_, happen) => {
    const of = await fileCase(gateway, CEILING);
    await addHolding(gateway, of, { available: 600_00n });
    const plan = await planFor(of);
    await happen(of);
    const refused = await freezeBy(of, plan.at('planId'));
    expect([refused.status, refused.at('code')]).toEqual([409, 'plan-stale']);
  });

  const sql = (statement: string, ...params: (string | number)[]) => gateway.parts.database.run((tx) => tx.run(statement, params));

  it('stands while nothing changes, though figures were confirmed again', async () => {
    const of = await fileCase(gateway, CEILING);
    await addHolding(gateway, of, { available: 600_00n });
    const plan = await planFor(of);
    await sql('UPDATE holdings SET as_of = as_of + 1, version = version + 1 WHERE case_id = ?', of.id);
    expect((await freezeBy(of, plan.at('planId'))).status).toBe(202);
  });
});
