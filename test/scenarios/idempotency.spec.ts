import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemBody } from '#testing';
import { Stage, type StagedCase } from './stage/stage.js';
import type { List, RequestView } from './stage/views.js';

const AT_ONCE = 64;

describe('one Idempotency-Key (I2)', () => {
  let stage: Stage;
  let staged: StagedCase;

  beforeAll(async () => {
    stage = await Stage.open();
    staged = await stage.fileCase();
  }, 120_000);

  afterAll(() => stage.close());

  const inquiry = (note?: string) => ({
    action: 'inquire',
    caseId: staged.id,
    banks: ['hubeibank'],
    ...(note === undefined ? {} : { reason: note }),
  });
  const requestsOfCase = async (): Promise<readonly RequestView[]> =>
    (await stage.officer.read<List<RequestView>>(`/api/v1/requests?caseId=${staged.id}&limit=500`)).items;

  it('makes 64 identical posts at once one request, with one answer for all', async () => {
    const before = (await requestsOfCase()).length;
    const replies = await Promise.all(
      Array.from({ length: AT_ONCE }, () => stage.officer.post<RequestView>('/api/v1/requests', inquiry(), 'sixty-four')),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(replies.map(({ bytes }) => bytes.toString('utf8'))).size).toBe(1);
    expect(new Set(replies.map(({ headers }) => headers.get('location'))).size).toBe(1);
    expect(replies.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(AT_ONCE - 1);
    expect(await requestsOfCase()).toHaveLength(before + 1);
    const orderNumber = replies[0]?.body.orders[0]?.orderNumber;
    await stage.ended(replies[0]?.body.id ?? '');
    const effects = (await stage.journal('hubeibank')).filter((row) => row.orderNumber === orderNumber);
    expect(effects).toHaveLength(1);
  });

  it('answers a replay as before, also when the request has moved on, and refuses other bytes', async () => {
    const first = await stage.officer.post<RequestView>('/api/v1/requests', inquiry(), 'replay');
    await stage.ended(first.body.id);
    const again = await stage.officer.post<RequestView>('/api/v1/requests', inquiry(), 'replay');
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 'true']);
    expect(again.bytes.toString('utf8')).toBe(first.bytes.toString('utf8'));
    const other = await stage.officer.post<ProblemBody>('/api/v1/requests', inquiry('another reason'), 'replay');
    expect([other.status, other.body.code]).toEqual([409, 'idempotency-mismatch']);
    const spaced = await stage.officer.send<ProblemBody>('POST', '/api/v1/requests', {
      raw: `${JSON.stringify(inquiry())} `,
      key: 'replay',
      headers: { 'content-type': 'application/json' },
    });
    expect([spaced.status, spaced.body.code]).toEqual([409, 'idempotency-mismatch']);
  });

  it('lets one of two different bodies at once through and refuses the other', async () => {
    const before = (await requestsOfCase()).length;
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        stage.officer.post<RequestView>('/api/v1/requests', inquiry(n % 2 ? 'odd' : 'even'), 'two-bodies'),
      ),
    );
    const statuses = replies.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(10);
    expect(statuses.filter((status) => status === 409)).toHaveLength(10);
    expect(await requestsOfCase()).toHaveLength(before + 1);
  });

  it('is needed, and is refused when it is no visible ASCII of at most 200 characters', async () => {
    const without = await stage.officer.post<ProblemBody>('/api/v1/requests', inquiry(), null);
    expect([without.status, without.body.code]).toEqual([400, 'idempotency-key-required']);
    for (const key of ['', 'x'.repeat(201), 'with blank']) {
      const reply = await stage.officer.post<ProblemBody>('/api/v1/requests', inquiry(), key);
      expect([key.slice(0, 12), reply.status]).toEqual([key.slice(0, 12), 400]);
    }
  });

  it('is not spent by a refusal', async () => {
    const bare = await stage.fileCase({ instruments: [] });
    const body = { action: 'inquire', caseId: bare.id, banks: ['hubeibank'] };
    const refused = await stage.officer.post<ProblemBody>('/api/v1/requests', body, 'refused-first');
    expect([refused.status, refused.body.code]).toEqual([422, 'instrument-missing']);
    await stage.addInstrument(bare.id, 'inquiry-notice');
    const accepted = await stage.officer.post<RequestView>('/api/v1/requests', body, 'refused-first');
    expect([accepted.status, accepted.headers.get('idempotency-replayed')]).toEqual([202, null]);
  });

  it('has the scope of user, method and path', async () => {
    const own = await stage.fileCase({ handler: 'officer2' });
    const body = { action: 'inquire', caseId: own.id, banks: ['hubeibank'] };
    const first = await stage.officer.post<RequestView>('/api/v1/requests', inquiry(), 'scope');
    const second = await stage.as('officer2').post<RequestView>('/api/v1/requests', body, 'scope');
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(first.body.id).not.toBe(second.body.id);
    const elsewhere = await stage.officer.post(`/api/v1/cases/${staged.id}/freeze-plan`, {}, 'scope');
    expect(elsewhere.status).not.toBe(409);
  });

  it('of an item of a batch is the key of the same request posted alone', async () => {
    const alone = await stage.officer.post<RequestView>('/api/v1/requests', inquiry(), 'alone-then-batch');
    const items = [
      { key: 'alone-then-batch', ...inquiry() },
      { key: 'only-in-batch', ...inquiry() },
      { key: 'only-in-batch', ...inquiry() },
      { key: 'another-body', ...inquiry() },
      { key: 'another-body', ...inquiry('not the same') },
      { key: 'no-such-case', action: 'inquire', caseId: '00000000-0000-7000-8000-000000000000' },
    ];
    type Item = { key: string; status: number; id?: string; problem?: ProblemBody };
    const reply = await stage.officer.send<{ items: Item[] }>('POST', '/api/v1/requests/batch', { body: { items }, key: null });
    expect(reply.status).toBe(200);
    const [known, first, second, third, fourth, last] = reply.body.items;
    expect(known).toMatchObject({ key: 'alone-then-batch', id: alone.body.id });
    expect(first?.id).toBeDefined();
    expect(second?.id).toBe(first?.id);
    expect([third, fourth].map((item) => item?.problem?.code ?? 'accepted').sort()).toEqual(['accepted', 'idempotency-mismatch']);
    expect(last?.problem).toMatchObject({ code: 'not-found', status: 404 });
    const again = await stage.officer.post<RequestView>('/api/v1/requests', inquiry(), 'only-in-batch');
    expect([again.status, again.body.id]).toEqual([202, first?.id]);
  });
});
