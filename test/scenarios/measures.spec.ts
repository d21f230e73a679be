import { addDays, addYears } from '#kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type ProblemBody } from '#testing';
import { BANK_MS_MAX, Stage } from './stage/stage.js';

describe('measures over their life', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);

  afterAll(() => stage.close());

  it('a later freeze of a full account waits, controls nothing, and is promoted when the earlier one goes', async () => {
    const staged = await stage.inquiredCase({ ceiling: '30000.00', accounts: [{ bank: 'hubeibank', balance: '10000.00' }] });
    const holdingId = staged.holdings[0]?.id;
    await stage.freeze(staged, [{ holdingId, amount: '10000.00' }]);
    const second = await stage.freeze(staged, [{ holdingId, amount: '8000.00' }]);
    expect(second.orders[0]?.lines?.[0]).toMatchObject({ status: 'executed', covered: { amount: '0.00' } });
    const waiting = await stage.measuresWhen(staged.id, ({ items }) => items.some(({ status }) => status === 'waiting'));
    expect(waiting).toMatchObject({
      committed: { amount: '10000.00' },
      underControl: { amount: '10000.00' },
      exposure: { amount: '8000.00' },
    });
    const first = waiting.items.find(({ status }) => status === 'in-force');
    const later = waiting.items.find(({ status }) => status === 'waiting');
    expect([first?.rank, later?.rank]).toEqual([1, 2]);

    const release = await stage.carryOut({ action: 'release', caseId: staged.id, lines: [{ measureId: first?.id }], reason: '提供担保' });
    expect(release.status).toBe('completed');
    const promoted = await stage.measuresWhen(staged.id, ({ items }) =>
      items.some(({ id, status }) => id === later?.id && status === 'in-force'),
    );
    expect(promoted.items.find(({ id }) => id === first?.id)?.status).toBe('released');
    expect(promoted).toMatchObject({ committed: { amount: '8000.00' }, underControl: { amount: '8000.00' }, exposure: { amount: '0.00' } });
  }, 90_000);

  it('money that comes in later is caught up to the limit and no further', async () => {
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '300.00' }] });
    await stage.freeze(staged, [{ holdingId: staged.holdings[0]?.id, amount: '1000.00' }]);
    const number = staged.accounts[0]?.number ?? '';
    for (const [amount, covered, uncovered] of [
      ['200.00', '500.00', '500.00'],
      ['900.00', '1000.00', '0.00'],
    ] as const) {
      await stage.admin.write('POST', `/sim/hubeibank/accounts/${number}/credit`, { amount });
      const measures = await stage.measuresWhen(staged.id, ({ items }) => items[0]?.covered.amount === covered);
      expect([measures.items[0]?.uncovered.amount, measures.committed.amount]).toEqual([uncovered, '1000.00']);
    }
  }, 60_000);

  it('is released in part, by an amount or to a new limit, and renewed within the law', async () => {
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '5000.00' }] });
    await stage.freeze(staged, [{ holdingId: staged.holdings[0]?.id, amount: '5000.00' }], 100);
    const [measure] = (await stage.measures(staged.id)).items;
    const release = (line: Record<string, string>) =>
      stage.carryOut({ action: 'release', caseId: staged.id, lines: [{ measureId: measure?.id, ...line }], reason: '部分履行' });
    expect((await release({ amount: '1500.00' })).status).toBe('completed');
    expect((await stage.measures(staged.id)).items[0]).toMatchObject({ limit: { amount: '3500.00' }, covered: { amount: '3500.00' } });
    expect((await release({ newLimit: '2000.00' })).status).toBe('completed');
    expect((await stage.measures(staged.id)).items[0]).toMatchObject({
      limit: { amount: '2000.00' },
      covered: { amount: '2000.00' },
      status: 'in-force',
    });

    const end = addDays(stage.today(), 100);
    const renew = (until: string) => ({ action: 'renew', caseId: staged.id, measureIds: [measure?.id], until, reason: '尚未履行' });
    const tooLong = await stage.officer.post<ProblemBody>('/api/v1/requests', renew(addDays(addYears(end, 1), 1)));
    expect([tooLong.status, tooLong.body.code]).toEqual([422, 'term-too-long']);
    const renewal = await stage.carryOut(renew(addYears(end, 1)));
    expect(renewal.status).toBe('completed');
    expect((await stage.measures(staged.id)).items[0]?.to).toBe(addYears(end, 1));
  }, 90_000);

  it('is refused as a deposit freeze of more than one year, both days counted', async () => {
    const staged = await stage.inquiredCase();
    const body = (to: string) => ({
      action: 'freeze',
      caseId: staged.id,
      lines: [{ holdingId: staged.holdings[0]?.id, amount: '1.00' }],
      term: { from: stage.today(), to },
    });
    const tooLong = await stage.officer.post<ProblemBody>('/api/v1/requests', body(addDays(stage.oneYearFromToday(), 1)));
    expect([tooLong.status, tooLong.body.code]).toEqual([422, 'term-too-long']);
    expect((await stage.officer.post('/api/v1/requests', body(stage.oneYearFromToday()))).status).toBe(202);
  });

  it('a whole account is frozen only with a reason and by two approvers', async () => {
    const staged = await stage.inquiredCase();
    const lines = [{ holdingId: staged.holdings[0]?.id, amount: '100.00', scope: 'account' }];
    const body = { action: 'freeze', caseId: staged.id, lines, term: stage.term() };
    const bare = await stage.officer.post<ProblemBody>('/api/v1/requests', body);
    expect(bare.status).toBe(400);
    const posted = await stage.post({ ...body, reason: '账户频繁转出' });
    await stage.approve(posted.id);
    expect((await stage.request(posted.id)).status).toBe('awaiting-approval');
    await stage.approve(posted.id, 'leader');
    expect((await stage.ended(posted.id)).status).toBe('completed');
  }, 60_000);

  it('too much by a lower debt opens a release drafted by the system, which a judge seals', async () => {
    const staged = await stage.inquiredCase({ ceiling: '3000.00', accounts: [{ bank: 'hubeibank', balance: '3000.00' }] });
    await stage.freeze(staged, [{ holdingId: staged.holdings[0]?.id, amount: '3000.00' }]);
    await stage.officer.write('POST', `/api/v1/cases/${staged.id}/satisfactions`, {
      amount: '1200.00',
      kind: 'voluntary',
      on: stage.today(),
      evidence: '收条',
    });
    expect((await stage.case(staged.id)).excess.amount).toBe('1200.00');
    const drafted = await eventually(async () => {
      const { items } = await stage.officer.read<{ items: { id: string; action: string; status: string }[] }>(
        `/api/v1/requests?caseId=${staged.id}`,
      );
      return items.find(({ action, status }) => action === 'release' && status === 'awaiting-approval');
    }, BANK_MS_MAX);
    await stage.approve(drafted.id);
    expect((await stage.ended(drafted.id)).status).toBe('completed');
    const after = await stage.measures(staged.id);
    expect([after.excess.amount, after.items[0]?.limit.amount]).toEqual(['0.00', '1800.00']);
  }, 90_000);

  it('a case is not closed over live measures, and is closed when they are gone', async () => {
    const staged = await stage.inquiredCase();
    await stage.freeze(staged, [{ holdingId: staged.holdings[0]?.id, amount: '100.00' }]);
    const close = () => stage.officer.post<ProblemBody>(`/api/v1/cases/${staged.id}/close`, { manner: 'settled', reason: '和解' });
    const refused = await close();
    expect([refused.status, refused.body.code]).toEqual([422, 'live-measures']);
    const measureId = (await stage.measures(staged.id)).items[0]?.id;
    await stage.carryOut({ action: 'release', caseId: staged.id, lines: [{ measureId }], reason: '和解' });
    expect((await close()).status).toBeLessThan(300);
    expect((await stage.case(staged.id)).status).toBe('closed');
    const late = await stage.officer.post<ProblemBody>('/api/v1/requests', { action: 'inquire', caseId: staged.id, banks: ['hubeibank'] });
    expect([late.status, late.body.code]).toEqual([422, 'case-closed']);
  }, 60_000);
});
