import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemBody } from '#testing';
import { filled, PANEL, ROUTES, USERS, type Route } from './stage/routes.js';
import { Stage, type StagedCase } from './stage/stage.js';

const NO_SUCH_TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln';

describe('who may do what', () => {
  let stage: Stage;
  let staged: StagedCase;

  beforeAll(async () => {
    stage = await Stage.open();
    staged = await stage.fileCase();
  }, 120_000);

  afterAll(() => stage.close());

  /** A body that is refused for its content, so that whoever passes the door changes nothing. */
  const ask = (route: Route, token?: string) =>
    stage.system.anonymous.send<ProblemBody>(route.method, filled(route.path, { id: staged.id }), {
      ...(route.method === 'GET' ? {} : { body: {} }),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      key: null,
      signal: AbortSignal.timeout(20_000),
    });

  const guarded = [...ROUTES, ...PANEL].filter(({ users }) => users !== undefined);
  const open = ROUTES.filter(({ users }) => users === undefined);

  it.each(guarded)('$method $path asks for a token', async (route) => {
    for (const token of [undefined, '', NO_SUCH_TOKEN]) {
      const reply = await ask(route, token);
      expect([token, reply.status, reply.body.code]).toEqual([token, 401, 'unauthenticated']);
    }
  });

  it.each(open)('$method $path is open', async (route) => {
    expect([401, 403]).not.toContain((await ask(route)).status);
  });

  it.each(guarded.filter(({ path }) => !path.endsWith('/events')))(
    '$method $path lets in whom the policy names, and nobody else',
    async (route) => {
      const refused: string[] = [];
      for (const user of USERS) {
        const { status } = await ask(route, await stage.system.token(user));
        expect([user, status >= 500 && status !== 501]).toEqual([user, false]);
        expect([user, status]).not.toEqual([user, 401]);
        // 404 is what a user gets for a thing that he may not know of; it tells nothing about the door.
        if (status === 403) refused.push(user);
      }
      expect(refused.filter((user) => route.users?.includes(user))).toEqual([]);
      const outsiders = USERS.filter((user) => !route.users?.includes(user));
      const hidden = outsiders.filter((user) => !refused.includes(user));
      for (const user of hidden) expect([user, (await ask(route, await stage.system.token(user))).status]).toEqual([user, 404]);
    },
  );

  it("only a case's handler inquires in it, also among officers of one court", async () => {
    const reply = await stage
      .as('officer2')
      .post<ProblemBody>('/api/v1/requests', { action: 'inquire', caseId: staged.id, banks: ['hubeibank'] });
    expect([reply.status, reply.body.code]).toEqual([403, 'not-handler']);
  });

  it('an officer whom a bank does not know cannot ask it', async () => {
    const own = await stage.fileCase({ handler: 'officer2', accounts: [{ bank: 'hankoubank', balance: '1.00' }] });
    const reply = await stage
      .as('officer2')
      .post<ProblemBody>('/api/v1/requests', { action: 'inquire', caseId: own.id, banks: ['hankoubank'] });
    expect([reply.status, reply.body.code]).toEqual([422, 'officer-not-filed']);
  });

  it('nobody approves his own request, and the second approval is not the first person again', async () => {
    const own = await stage.inquiredCase();
    const lines = [{ holdingId: own.holdings[0]?.id, amount: '10.00', scope: 'account' }];
    const posted = await stage.post({ action: 'freeze', caseId: own.id, lines, term: stage.term(), reason: '转移财产' });
    const approve = (user: string) => stage.as(user).post<ProblemBody>(`/api/v1/requests/${posted.id}/approval`, { decision: 'approve' });
    expect((await approve('officer')).status).toBe(403);
    expect((await approve('judge')).status).toBeLessThan(300);
    const again = await approve('judge');
    expect([403, 409]).toContain(again.status);
    expect((await stage.request(posted.id)).status).toBe('awaiting-approval');
  }, 60_000);

  it('a wrong password is refused like an unknown user, and slowed down', async () => {
    const signIn = (username: string, password: string) =>
      stage.system.anonymous.send<ProblemBody>('POST', '/api/v1/auth/token', { body: { username, password }, key: null });
    const wrong = await signIn('leader', 'not-the-password');
    const unknown = await signIn('nobody', 'not-the-password');
    expect([wrong.status, wrong.body.code, wrong.body.detail]).toEqual([401, unknown.body.code, unknown.body.detail]);
    const statuses: number[] = [];
    for (let n = 0; n < 20; n += 1) statuses.push((await signIn('auditor', `wrong-${n}`)).status);
    expect(statuses).toContain(429);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    const slowed = await signIn('auditor', 'wrong-again');
    expect([slowed.status, Number(slowed.headers.get('retry-after')) > 0]).toEqual([429, true]);
  }, 60_000);

  it('the forgotten header of a problem is there: problem+json with a stable code', async () => {
    const reply = await stage.system.anonymous.get<ProblemBody>(`/api/v1/cases/${staged.id}`);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(reply.body).toMatchObject({ status: 401, code: 'unauthenticated' });
  });
});
