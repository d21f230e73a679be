import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemBody, Reply } from '#testing';
import { fen, Stage, sumOf } from './stage/stage.js';
import type { RequestView } from './stage/views.js';

const FREEZES = 200;
const DEDUCTS = 50;

describe('money under concurrency (I7, I8)', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);

  afterAll(() => stage.close());

  const tally = (replies: readonly Reply<RequestView | ProblemBody>[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { status, body } of replies) {
      const name = status === 202 ? 'accepted' : 'code' in body ? body.code : String(status);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  };

  it('200 freezes at once that together exceed the ceiling never bind more than it', async () => {
    const staged = await stage.inquiredCase({ ceiling: '50000.00', accounts: [{ bank: 'hubeibank', balance: '60000.00' }] });
    const body = {
      action: 'freeze',
      caseId: staged.id,
      lines: [{ holdingId: staged.holdings[0]?.id, amount: '1000.00' }],
      term: stage.term(),
    };
    const replies = await Promise.all(
      Array.from({ length: FREEZES }, () => stage.officer.post<RequestView | ProblemBody>('/api/v1/requests', body)),
    );
    expect(tally(replies)).toEqual({ accepted: 50, 'over-ceiling': 150 });
    expect((await stage.measures(staged.id)).committed.amount).toBe('50000.00');

    // A rejection frees its part for exactly one other freeze.
    const accepted = replies.filter(({ status }) => status === 202).map(({ body: request }) => request as RequestView);
    await stage.as('judge').write('POST', `/api/v1/requests/${accepted[0]?.id ?? ''}/approval`, { decision: 'reject', reason: '重复' });
    expect((await stage.measures(staged.id)).committed.amount).toBe('49000.00');
    const more = await Promise.all(
      Array.from({ length: 10 }, () => stage.officer.post<RequestView | ProblemBody>('/api/v1/requests', body)),
    );
    expect(tally(more)).toEqual({ accepted: 1, 'over-ceiling': 9 });

    // What is carried out stays within it as well.
    const carried = accepted.slice(1, 6);
    await Promise.all(carried.map(({ id }) => stage.approve(id)));
    for (const { id } of carried) expect((await stage.ended(id)).status).toBe('completed');
    const measures = await stage.measures(staged.id);
    expect([measures.committed.amount, measures.excess.amount]).toEqual(['50000.00', '0.00']);
    expect(sumOf(measures.items.map(({ covered }) => covered.amount))).toBe(fen('5000.00'));
  }, 120_000);

  it('50 deducts at once of one measure never take more than it covers', async () => {
    const staged = await stage.inquiredCase({ ceiling: '5000.00', accounts: [{ bank: 'hubeibank', balance: '1000.00' }] });
    await stage.freeze(staged, [{ holdingId: staged.holdings[0]?.id, amount: '1500.00' }]);
    const [measure] = (await stage.measures(staged.id)).items;
    expect([measure?.covered.amount, measure?.uncovered.amount]).toEqual(['1000.00', '500.00']);

    const body = { action: 'deduct', caseId: staged.id, lines: [{ measureId: measure?.id, amount: '100.00' }] };
    const replies = await Promise.all(
      Array.from({ length: DEDUCTS }, () => stage.officer.post<RequestView | ProblemBody>('/api/v1/requests', body)),
    );
    expect(tally(replies)).toEqual({ accepted: 10, 'deduct-over-covered': 40 });
    const accepted = replies.filter(({ status }) => status === 202).map(({ body: request }) => request as RequestView);
    await Promise.all(accepted.map(({ id }) => stage.approve(id)));
    for (const { id } of accepted) expect((await stage.ended(id)).status).toBe('completed');

    const numbers = new Set(accepted.flatMap(({ orders }) => orders.map(({ orderNumber }) => orderNumber)));
    const moved = (await stage.journal('hubeibank')).filter(({ action, orderNumber }) => action === 'deduct' && numbers.has(orderNumber));
    expect(moved).toHaveLength(10);
    expect(sumOf(moved.map(({ amount }) => amount?.amount))).toBe(fen('1000.00'));
    expect(await stage.balance('hubeibank', staged.accounts[0]?.number ?? '')).toBe('0.00');
    const after = await stage.measures(staged.id);
    expect([after.collected.amount, after.items[0]?.covered.amount, after.outstanding.amount]).toEqual(['1000.00', '0.00', '4000.00']);
    // Applying a deduct lowers what binds and raises what was collected in one step: committed stands still.
    expect(after.committed.amount).toBe('1500.00');
  }, 120_000);

  it('a release and a deduct of one measure at once: one of them goes through', async () => {
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '1000.00' }] });
    await stage.freeze(staged, [{ holdingId: staged.holdings[0]?.id, amount: '1000.00' }]);
    const measureId = (await stage.measures(staged.id)).items[0]?.id;
    const bodies = Array.from({ length: 12 }, (_, n) =>
      n % 2 === 0
        ? { action: 'deduct', caseId: staged.id, lines: [{ measureId, amount: '1000.00' }] }
        : { action: 'release', caseId: staged.id, lines: [{ measureId }], reason: '申请人撤回' },
    );
    const replies = await Promise.all(bodies.map((body) => stage.officer.post<RequestView | ProblemBody>('/api/v1/requests', body)));
    const actions = replies.filter(({ status }) => status === 202).map(({ body }) => (body as RequestView).action);
    expect(new Set(actions).size).toBe(1);
    expect(replies.map(({ status }) => status).sort()).not.toContain(500);
    expect(
      replies.filter(({ status, body }) => status === 422 && (body as ProblemBody).code === 'open-orders').length,
    ).toBeGreaterThanOrEqual(6);
  }, 60_000);
});
