import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type ProblemBody } from '#testing';
import { BANK_MS_MAX, Stage } from './stage/stage.js';
import type { List, RequestView } from './stage/views.js';

describe('what becomes of orders', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);

  afterAll(() => stage.close());

  it('an answer that cannot be trusted makes the line undetermined; a person finds out, another approves', async () => {
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '900.00' }] });
    await stage.setFaults('hubeibank', { garbleAnswer: 1 });
    const posted = await stage.post({
      action: 'freeze',
      caseId: staged.id,
      lines: [{ holdingId: staged.holdings[0]?.id, amount: '400.00' }],
      term: stage.term(),
    });
    await stage.approve(posted.id);
    const orderNumber = posted.orders[0]?.orderNumber ?? '';
    const task = await eventually(async () => (await stage.tasks('undetermined')).find((each) => each.orderNumber === orderNumber), 60_000);
    expect(task.kind).toBe('undetermined');
    const open = await stage.request(posted.id);
    expect([open.status, open.orders[0]?.status, open.progress?.undetermined]).toEqual(['dispatched', 'undetermined', 1]);
    // Neither success nor failure: the amount stays bound.
    expect((await stage.measures(staged.id)).committed.amount).toBe('400.00');

    const found = { seq: 1, outcome: 'executed', amount: '400.00', evidence: '银行函复第12号', reason: '电话核实' };
    await stage.officer.write('POST', `/api/v1/orders/${orderNumber}/resolution`, found);
    const approve = (user: string) =>
      stage.as(user).post<ProblemBody>(`/api/v1/orders/${orderNumber}/resolution/approval`, { decision: 'approve' });
    const own = await approve('officer');
    expect([own.status, own.body.code]).toEqual([403, 'own-approval']);
    expect((await approve('judge')).status).toBeLessThan(300);
    const ended = await stage.ended(posted.id);
    expect([ended.status, ended.orders[0]?.lines?.[0]?.status]).toEqual(['completed', 'executed']);
    expect((await stage.measures(staged.id)).items[0]).toMatchObject({ limit: { amount: '400.00' }, status: 'in-force' });
    await eventually(async () => !(await stage.tasks('undetermined')).some((each) => each.orderNumber === orderNumber));
    await stage.setFaults('hubeibank', {});
  }, 120_000);

  it('a request that still waits for approval is withdrawn and frees the ceiling', async () => {
    const staged = await stage.inquiredCase({ ceiling: '500.00' });
    const posted = await stage.post({
      action: 'freeze',
      caseId: staged.id,
      lines: [{ holdingId: staged.holdings[0]?.id, amount: '500.00' }],
      term: stage.term(),
    });
    expect((await stage.measures(staged.id)).committed.amount).toBe('500.00');
    expect((await stage.officer.post(`/api/v1/requests/${posted.id}/withdraw`)).status).toBe(202);
    await stage.requestWhen(posted.id, ({ status }) => status === 'withdrawn');
    expect((await stage.measures(staged.id)).committed.amount).toBe('0.00');
    expect((await stage.as('judge').post(`/api/v1/requests/${posted.id}/approval`, { decision: 'approve' })).status).toBe(409);
  }, 60_000);

  it('what has not left for a bank is withdrawn, what has left is not', async () => {
    const staged = await stage.fileCase();
    await stage.setFaults('hankoubank', { down: true });
    const held = await stage.post({ action: 'inquire', caseId: staged.id, banks: ['hankoubank', 'hubeibank'] });
    await stage.requestWhen(held.id, ({ orders }) => orders.some(({ bank, status }) => bank === 'hubeibank' && status === 'answered'));
    expect((await stage.officer.post(`/api/v1/requests/${held.id}/withdraw`)).status).toBe(202);
    await stage.setFaults('hankoubank', {});
    const ended = await stage.ended(held.id);
    const [pulled, pushed] = ['hankoubank', 'hubeibank'].map((bank) => ended.orders.find((order) => order.bank === bank));
    expect(pushed?.status).toBe('answered');
    const effects = (await stage.journal('hankoubank')).filter(({ orderNumber }) => orderNumber === pulled?.orderNumber).length;
    expect([pulled?.status, effects]).toEqual(pulled?.status === 'withdrawn' ? ['withdrawn', 0] : ['answered', 1]);
  }, 60_000);

  it('a rollback ends the order with its code and opens the way for a new request', async () => {
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hbrcu', balance: '700.00' }] });
    await stage.setFaults('hbrcu', { rejectOnce: '0403' });
    const body = {
      action: 'freeze',
      caseId: staged.id,
      lines: [{ holdingId: staged.holdings[0]?.id, amount: '700.00' }],
      term: stage.term(),
    };
    const first = await stage.carryOut(body);
    expect(first).toMatchObject({ status: 'not-executed', orders: [{ status: 'rolled-back', rollback: { code: '0403' } }] });
    expect((await stage.measures(staged.id)).committed.amount).toBe('0.00');
    const second = await stage.carryOut(body);
    expect(second.status).toBe('completed');
  }, 90_000);

  it('an inquiry that finds nothing is completed and says so (R27)', async () => {
    const staged = await stage.fileCase({ accounts: [{ bank: 'hubeibank', balance: '1.00' }] });
    const inquiry = await stage.post({ action: 'inquire', caseId: staged.id, banks: ['hankoubank'] });
    const ended = await stage.ended(inquiry.id);
    expect(ended).toMatchObject({ status: 'completed', orders: [{ status: 'answered', nothingFound: true }] });
  }, 60_000);

  it('one request may succeed in part: each line says for itself', async () => {
    const staged = await stage.inquiredCase({
      accounts: [
        { bank: 'hubeibank', balance: '500.00' },
        { bank: 'hubeibank', balance: '500.00' },
      ],
    });
    await stage.admin.write(
      'PUT',
      '/sim/hubeibank/customers',
      withoutAccount(await stage.customers('hubeibank'), staged.accounts[1]?.number),
    );
    const lines = staged.holdings.map(({ id }) => ({ holdingId: id, amount: '100.00' }));
    const ended = await stage.freeze(staged, lines);
    expect(ended.status).toBe('partly-completed');
    const statuses = ended.orders.flatMap(({ lines: answered = [] }) =>
      answered.map(({ status, reason }) => [status, reason !== undefined]),
    );
    expect(statuses.sort()).toEqual([
      ['executed', false],
      ['refused', true],
    ]);
    expect((await stage.measures(staged.id)).committed.amount).toBe('100.00');
  }, 60_000);

  it('the desk works an order with two clerks; the first cannot review himself', async () => {
    const staged = await stage.fileCase({ accounts: [{ bank: 'wrcb', balance: '300.00' }] });
    const number = staged.accounts[0]?.number ?? '';
    const inquiry = await stage.post({ action: 'inquire', caseId: staged.id, banks: ['wrcb'] });
    const orderNumber = inquiry.orders[0]?.orderNumber ?? '';
    const clerk = stage.as('clerk.wrcb');
    await eventually(async () => {
      const { items } = await clerk.read<List<{ orderNumber: string }>>('/api/v1/desk/orders?status=received');
      return items.some((order) => order.orderNumber === orderNumber);
    }, BANK_MS_MAX);
    const order = await clerk.read<Record<string, unknown>>(`/api/v1/desk/orders/${orderNumber}`);
    expect(JSON.stringify(order)).toContain(staged.debtor.idNumber);
    const answer = {
      result: 'found',
      lines: [{ account: number, kind: 'current', currency: 'CNY', state: 'normal', balance: '300.00', available: '300.00' }],
    };
    await clerk.write('POST', `/api/v1/desk/orders/${orderNumber}/answer`, answer);
    const review = (user: string, decision: string) =>
      stage.as(user).post<ProblemBody>(`/api/v1/desk/orders/${orderNumber}/review`, {
        decision,
        ...(decision === 'reject' ? { reason: '金额有误' } : {}),
      });
    expect((await review('clerk.wrcb', 'approve')).status).toBe(403);
    expect((await stage.request(inquiry.id)).orders[0]?.status).not.toBe('answered');
    expect((await review('reviewer.wrcb', 'reject')).status).toBeLessThan(300);
    await clerk.write('POST', `/api/v1/desk/orders/${orderNumber}/answer`, answer);
    expect((await review('reviewer.wrcb', 'approve')).status).toBeLessThan(300);
    expect((await stage.ended(inquiry.id)).status).toBe('completed');
    const register = await clerk.read<List<unknown>>(`/api/v1/desk/register?from=${stage.today()}&to=${stage.today()}`);
    expect(JSON.stringify(register)).toContain(orderNumber);
  }, 90_000);

  it('orders of one debtor at one bank keep their order, however they are posted (lanes)', async () => {
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '2000.00' }] });
    const body = (n: number) => ({
      action: 'freeze',
      caseId: staged.id,
      lines: [{ holdingId: staged.holdings[0]?.id, amount: `${100 + n}.00` }],
      term: stage.term(),
    });
    const posted: RequestView[] = [];
    for (let n = 0; n < 5; n += 1) posted.push(await stage.post(body(n)));
    for (const { id } of posted) await stage.approve(id);
    for (const { id } of posted) await stage.ended(id);
    const numbers = posted.map(({ orders }) => orders[0]?.orderNumber);
    const executed = (await stage.journal('hubeibank')).map(({ orderNumber }) => orderNumber).filter((each) => numbers.includes(each));
    expect(executed).toEqual(numbers);
  }, 90_000);
});

function withoutAccount(customers: readonly { accounts: readonly { number: string }[] }[], number: string | undefined): unknown {
  return customers.map((customer) => ({ ...customer, accounts: customer.accounts.filter((account) => account.number !== number) }));
}
