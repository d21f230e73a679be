import { addDays } from '#kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemBody } from '#testing';
import { Stage } from './stage/stage.js';

/** What falls due must show within a second of the clock's answer; the rest is the time of asking. */
const DUE_MS_MAX = 2_000;

/** The clock only goes forward, so the order of these tests is the order of their dates. */
describe('what falls due when the clock is moved', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);

  afterAll(() => stage.close());

  it('an order that a bank does not answer in a day is overdue, and says so beside its state', async () => {
    const staged = await stage.fileCase();
    await stage.setFaults('hankoubank', { dropAnswer: 1 });
    const inquiry = await stage.post({ action: 'inquire', caseId: staged.id, banks: ['hankoubank'] });
    // The bank's day counts from the receipt, so the clock may move only when the bank has the order.
    await stage.requestWhen(inquiry.id, ({ orders }) => orders[0]?.receivedAt !== undefined);
    await stage.advance('PT25H');
    const late = await stage.requestWhen(inquiry.id, ({ orders }) => orders[0]?.overdue === true, DUE_MS_MAX);
    expect(late.progress).toMatchObject({ total: 1, answered: 0, overdue: 1 });
    expect((await stage.tasks('overdue')).some(({ orderNumber }) => orderNumber === inquiry.orders[0]?.orderNumber)).toBe(true);
  }, 60_000);

  it('an approval that is not given in three days lapses and frees the ceiling', async () => {
    const staged = await stage.inquiredCase({ ceiling: '1000.00' });
    const body = {
      action: 'freeze',
      caseId: staged.id,
      lines: [{ holdingId: staged.holdings[0]?.id, amount: '1000.00' }],
      term: stage.term(),
    };
    const posted = await stage.post(body);
    expect((await stage.measures(staged.id)).committed.amount).toBe('1000.00');
    await stage.advance('P2D');
    expect((await stage.request(posted.id)).status).toBe('awaiting-approval');
    await stage.advance('PT25H');
    await stage.requestWhen(posted.id, ({ status }) => status === 'lapsed', DUE_MS_MAX);
    expect((await stage.measures(staged.id)).committed.amount).toBe('0.00');
    const late = await stage.as('judge').post<ProblemBody>(`/api/v1/requests/${posted.id}/approval`, { decision: 'approve' });
    expect(late.status).toBe(409);
  }, 60_000);

  it('a plan is good for an hour', async () => {
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '500.00' }] });
    const { planId } = await stage.officer.write<{ planId: string }>('POST', `/api/v1/cases/${staged.id}/freeze-plan`, {});
    await stage.advance('PT61M');
    const stale = await stage.officer.post<ProblemBody>('/api/v1/requests', {
      action: 'freeze',
      caseId: staged.id,
      planId,
      term: stage.term(),
    });
    expect([stale.status, stale.body.code]).toEqual([409, 'plan-stale']);
  }, 60_000);

  it('a freeze ends with its last day; the day before it can be renewed, after it only be made new', async () => {
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '500.00' }] });
    await stage.freeze(staged, [{ holdingId: staged.holdings[0]?.id, amount: '500.00' }], 2);
    const [measure] = (await stage.measures(staged.id)).items;
    expect(measure?.to).toBe(addDays(stage.today(), 2));
    const listed = await stage.officer.read<{ items: { id: string }[] }>('/api/v1/measures?expiringWithin=P30D');
    expect(listed.items.map(({ id }) => id)).toContain(measure?.id);
    await stage.advance('P2D');
    expect((await stage.measures(staged.id)).items[0]?.status).toBe('in-force');
    await stage.advance('P1D');
    const ended = await stage.measuresWhen(staged.id, ({ items }) => items[0]?.status === 'expired', DUE_MS_MAX);
    expect([ended.committed.amount, ended.underControl.amount]).toEqual(['0.00', '0.00']);

    const until = addDays(stage.today(), 100);
    const late = await stage.officer.post<ProblemBody>('/api/v1/requests', {
      action: 'renew',
      caseId: staged.id,
      measureIds: [measure?.id],
      until,
      reason: '逾期',
    });
    expect([late.status, late.body.code]).toEqual([422, 'renewal-too-late']);
    const anew = late.body['newFreeze'] as Record<string, unknown>;
    expect(anew).toMatchObject({ action: 'freeze', caseId: staged.id });
    const posted = await stage.officer.post('/api/v1/requests', anew);
    expect(posted.status).toBe(202);
  }, 60_000);

  it('never goes back, and takes nothing that is no duration', async () => {
    for (const advance of ['-P1D', 'P-1D', 'yesterday', '', 5, null]) {
      const reply = await stage.admin.send<ProblemBody>('POST', '/sim/clock', { body: { advance }, key: null });
      expect([String(advance), reply.status]).toEqual([String(advance), 400]);
    }
  });

  it('keeps its offset over a restart', async () => {
    const staged = await stage.fileCase();
    await stage.restart('stop');
    const { filedOn } = await stage.officer.read<{ filedOn: string }>(`/api/v1/cases/${staged.id}`);
    expect(filedOn).toBe(stage.today());
    const posted = await stage.post({ action: 'inquire', caseId: staged.id, banks: ['hubeibank'] });
    expect(posted.orders[0]?.orderNumber.slice(0, 8)).toBe(stage.today().replaceAll('-', ''));
  }, 60_000);
});
