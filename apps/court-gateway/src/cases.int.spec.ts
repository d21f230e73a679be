import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseBody, startGateway, type GatewayFixture } from './testing/gateway-fixture.js';

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const cny = (amount: string) => ({ amount, currency: 'CNY' });

async function filed(change: Readonly<Record<string, unknown>> = {}, username = 'officer') {
  const reply = await gateway.call(username, 'POST', '/api/v1/cases', caseBody(change));
  expect(reply.status).toBe(201);
  return reply;
}

describe('filing a case', () => {
  it('answers with ids, version, handlers, money and masked numbers', async () => {
    const body = caseBody({ tags: ['涉民生'], predecessors: [{ caseNumber: '（2011）宁执字第00003号' }] });
    const reply = await gateway.call('officer', 'POST', '/api/v1/cases', body);
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toBe(`/api/v1/cases/${reply.at('id')}`);
    expect(reply.body).toMatchObject({
      version: 1,
      caseNumber: body['caseNumber'],
      status: 'open',
      kind: 'execution',
      ceiling: cny('189197.50'),
      collected: cny('0.00'),
      satisfied: cny('0.00'),
      outstanding: cny('189197.50'),
      committed: cny('0.00'),
      exposure: cny('0.00'),
      excess: cny('0.00'),
      handlers: [{ name: '李晓' }],
      courtAccount: { number: '4201**********3400' },
    });
    expect(reply.at('parties.0')).toMatchObject({ name: '陈志远', idNumber: '4201**********0019' });
    const detail = await gateway.call('judge', 'GET', `/api/v1/cases/${reply.at('id')}`);
    expect(detail.body).toEqual(reply.body);
    expect(detail.text).not.toContain('420106190001010019');
    expect(detail.text).not.toContain('420101002026123400');
  });

  it('sums a debt into the ceiling and takes the kind from the number', async () => {
    const body = caseBody({ ceiling: undefined, debt: { principal: '186500.00', fee: '2697.50' }, caseNumber: '（2026）鄂0106执恢7号' });
    const made = (await gateway.call('officer', 'POST', '/api/v1/cases', body)).body;
    expect(made).toMatchObject({ ceiling: cny('189197.50'), kind: 'resumed', caseNumber: '(2026)鄂0106执恢7号' });
  });

  it('refuses a number twice, a foreign court and an account that is not registered', async () => {
    const body = caseBody();
    expect((await gateway.call('officer', 'POST', '/api/v1/cases', body)).status).toBe(201);
    const again = await gateway.call('officer', 'POST', '/api/v1/cases', body);
    expect([again.status, again.at('code')]).toEqual([409, 'already-exists']);
    const foreign = await gateway.call('officer', 'POST', '/api/v1/cases', caseBody({ courtCode: '420105' }));
    expect([foreign.status, foreign.at('code')]).toEqual([403, 'forbidden']);
    const account = { name: '某公司', number: '1', bankName: '某行', bankNumber: '313521000000' };
    const unregistered = await gateway.call('officer', 'POST', '/api/v1/cases', caseBody({ courtAccount: account }));
    expect([unregistered.status, unregistered.at('code')]).toEqual([422, 'court-account-missing']);
  });

  const party = { role: 'debtor', kind: 'person', name: '张三', idType: '01', idNumber: '420106190001010027' };
  const bad: readonly [string, Readonly<Record<string, unknown>>, string][] = [
    ['a number that is none', { caseNumber: '1234' }, '/caseNumber'],
    ['no date', { filedOn: '2026-02-30' }, '/filedOn'],
    ['an unknown member', { extra: 1 }, '/extra'],
    ['a float', { ceiling: { amount: 1.5, currency: 'CNY' } }, '/ceiling/amount'],
    ['three decimals', { ceiling: { amount: '1.005', currency: 'CNY' } }, '/ceiling/amount'],
    ['nothing owed', { ceiling: { amount: '0.00', currency: 'CNY' } }, '/ceiling/amount'],
    ['too much', { ceiling: { amount: '99999999999999', currency: 'CNY' } }, '/ceiling/amount'],
    ['ceiling and debt', { debt: { principal: '1.00' } }, '/ceiling'],
    ['no ceiling at all', { ceiling: undefined }, '/ceiling'],
    ['null for a list', { tags: null }, '/tags'],
    ['a tag twice', { tags: ['a', 'a'] }, '/tags'],
    ['no party', { parties: [] }, '/parties'],
    ['no debtor', { parties: [{ ...party, role: 'applicant' }] }, '/parties'],
    ['a party that is text', { parties: ['张三'] }, '/parties'],
    ['an unknown id type', { parties: [{ ...party, idType: '99' }] }, '/parties/0/idType'],
    ['a blank name', { parties: [{ ...party, name: '  ' }] }, '/parties/0/name'],
    ['a control character', { parties: [{ ...party, name: '张\u0000三' }] }, '/parties/0/name'],
    ['a lone surrogate', { parties: [{ ...party, name: '张\ud800' }] }, '/parties/0/name'],
    ['the same party twice', { parties: [party, party] }, '/parties/1'],
    ['a cap of an applicant', { parties: [party, { ...party, role: 'applicant', liabilityCap: '1.00' }] }, '/parties/1/liabilityCap'],
    ['a very long cause', { cause: '因'.repeat(201) }, '/cause'],
    ['parties as an object', { parties: { 0: party } }, '/parties'],
  ];
  it.each(bad)('answers 400 with a pointer for %s', async (_, change, pointer) => {
    const reply = await gateway.call('officer', 'POST', '/api/v1/cases', caseBody(change));
    expect([reply.status, reply.at('code')]).toEqual([400, 'invalid']);
    expect(reply.each('errors', 'pointer')).toContain(pointer);
  });

  it.each<[string, string | Uint8Array, number]>([
    ['nothing', '', 400],
    ['an array', '[]', 400],
    ['null', 'null', 400],
    ['half a document', '{"caseNumber":', 400],
    ['a name twice', '{"caseNumber":"1","caseNumber":"2"}', 400],
    ['wrong UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), 400],
    ['deep nesting', `${'['.repeat(5000)}${']'.repeat(5000)}`, 400],
    ['too many bytes', `"${'x'.repeat(13 * 1024 * 1024)}"`, 413],
  ])('refuses %s as a body', async (_, body, status) => {
    const reply = await gateway.call('officer', 'POST', '/api/v1/cases', body, { 'content-type': 'application/json' });
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
  });

  it('refuses another content type', async () => {
    const reply = await gateway.call('officer', 'POST', '/api/v1/cases', '<case/>', { 'content-type': 'application/xml' });
    expect(reply.status).toBe(415);
  });
});

describe('who sees a case', () => {
  it('shows it to its court and, with names masked, to the auditor; nobody else', async () => {
    const id = (await filed()).at('id');
    const statuses = [];
    for (const user of ['officer2', 'leader', 'auditor', 'clerk.wrcb', 'admin']) {
      statuses.push((await gateway.call(user, 'GET', `/api/v1/cases/${id}`)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 403, 403]);
    const seen = await gateway.call('auditor', 'GET', `/api/v1/cases/${id}`);
    expect(seen.each('parties', 'name')).toEqual(['陈**', '武汉某建材有限公司']);
  });

  it('answers 401 without a token, 404 for what does not exist', async () => {
    const reply = await gateway.call('officer', 'GET', '/api/v1/cases', undefined, { authorization: 'Bearer x' });
    expect([reply.status, reply.at('code')]).toEqual([401, 'unauthenticated']);
    for (const id of ['x', '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b01', "' OR 1=1 --", '%00']) {
      expect((await gateway.call('officer', 'GET', `/api/v1/cases/${encodeURIComponent(id)}`)).status).toBe(404);
    }
  });

  it('reveals an id number with a reason and leaves a fact for each reading', async () => {
    const made = await filed();
    const id = made.at('id');
    const route = `/api/v1/parties/${made.at('parties.0.id')}/reveal`;
    const before = await factsOf(id);
    const shown = await gateway.call('officer', 'POST', route, { reason: '核对户名' });
    expect([shown.status, shown.at('idNumber')]).toEqual([200, '420106190001010019']);
    await gateway.call('judge', 'POST', route, { reason: '再次核对' });
    expect(await factsOf(id)).toEqual([...before, 'party.revealed', 'party.revealed', 'conduct.unrelated-case']);
    expect((await gateway.call('auditor', 'POST', route, { reason: '审计' })).status).toBe(403);
    expect((await gateway.call('officer', 'POST', route, {})).status).toBe(400);
  });
});

describe('lists of cases', () => {
  it('pages newest first without gaps or repetition and filters exactly', async () => {
    const made = [];
    for (let i = 0; i < 5; i += 1) made.push(await filed({ tags: ['分页'] }));
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await gateway.call('officer', 'GET', `/api/v1/cases?tag=${encodeURIComponent('分页')}&limit=2${cursor}`);
      seen.push(...page.each('items', 'id'));
      cursor = page.at('nextCursor') === null ? '' : `&cursor=${page.at('nextCursor')}`;
    } while (cursor !== '');
    expect(seen).toEqual(made.map((each) => each.at('id')).reverse());
    const byNumber = await gateway.call(
      'officer',
      'GET',
      `/api/v1/cases?caseNumber=${encodeURIComponent(made[2]?.at('caseNumber') ?? '')}`,
    );
    expect(byNumber.each('items', 'id')).toEqual([made[2]?.at('id')]);
    expect((await gateway.call('officer', 'GET', '/api/v1/cases?status=closed&limit=500')).at('items')).toEqual([]);
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'cursor=%00', 'cursor=abc', 'status=gone', 'unknown=1', 'tag=a&tag=b'])(
    'answers 400 for ?%s',
    async (query) => {
      expect((await gateway.call('officer', 'GET', `/api/v1/cases?${query}`)).status).toBe(400);
    },
  );
});

describe('a change of the debt', () => {
  it('waits for a judge, raises nothing before, and then counts at once', async () => {
    const id = (await filed()).at('id');
    const change = { version: 1, principal: '190000.00', interest: '500.00', interestTo: '2026-04-01', reason: '利息计至今日' };
    const proposed = await gateway.call('officer', 'PUT', `/api/v1/cases/${id}/debt`, change);
    expect(proposed.status).toBe(202);
    expect(proposed.body).toMatchObject({ kind: 'debt', status: 'awaiting-approval', approvals: { required: ['judge'], given: [] } });
    expect((await gateway.call('officer', 'GET', `/api/v1/cases/${id}`)).at('ceiling')).toEqual(cny('189197.50'));
    const route = `/api/v1/cases/${id}/changes/${proposed.at('id')}/approval`;
    const refusals = [];
    for (const user of ['officer', 'officer2', 'leader']) {
      refusals.push((await gateway.call(user, 'POST', route, { decision: 'approve' })).at('code'));
    }
    expect(refusals).toEqual(['own-approval', 'forbidden', 'forbidden']);
    const approved = await gateway.call('judge', 'POST', route, { decision: 'approve' });
    expect([approved.status, approved.at('status')]).toEqual([200, 'approved']);
    const after = (await gateway.call('officer', 'GET', `/api/v1/cases/${id}`)).body;
    expect(after).toMatchObject({
      version: 2,
      ceiling: cny('190500.00'),
      outstanding: cny('190500.00'),
      debt: { interestTo: '2026-04-01' },
    });
    expect((await gateway.call('judge', 'POST', route, { decision: 'approve' })).at('code')).toBe('wrong-state');
    expect((await gateway.call('officer', 'PUT', `/api/v1/cases/${id}/debt`, change)).at('code')).toBe('stale-version');
  });

  it('may be rejected, and one at a time waits', async () => {
    const id = (await filed()).at('id');
    const change = { version: 1, principal: '1.00', reason: '更正' };
    expect((await gateway.call('officer', 'PUT', `/api/v1/cases/${id}/debt`, change)).status).toBe(202);
    expect((await gateway.call('officer', 'PUT', `/api/v1/cases/${id}/debt`, change)).at('code')).toBe('wrong-state');
    const rejected = await gateway.call('judge', 'POST', `/api/v1/cases/${id}/debt/approval`, { decision: 'reject', reason: '依据不足' });
    expect(rejected.at('status')).toBe('rejected');
    expect((await gateway.call('officer', 'GET', `/api/v1/cases/${id}`)).at('ceiling')).toEqual(cny('189197.50'));
  });
});

describe('a change of the court account', () => {
  const account = { name: '武昌区法院执行款专户', number: '42010100999', bankName: '汉口银行', bankNumber: '313521000000' };

  it('needs the judge and the leader', async () => {
    const id = (await filed()).at('id');
    const route = `/api/v1/cases/${id}/court-account`;
    const proposed = await gateway.call('officer', 'PUT', route, { version: 1, ...account, reason: '更换子账号' });
    expect(proposed.at('approvals.required')).toEqual(['judge', 'leader']);
    expect((await gateway.call('judge', 'POST', `${route}/approval`, { decision: 'approve' })).at('status')).toBe('awaiting-approval');
    expect((await gateway.call('judge', 'POST', `${route}/approval`, { decision: 'approve' })).status).toBe(403);
    expect((await gateway.call('leader', 'POST', `${route}/approval`, { decision: 'approve' })).at('status')).toBe('approved');
    const after = await gateway.call('officer', 'GET', `/api/v1/cases/${id}`);
    expect(after.at('courtAccount.number')).toBe('42*******99');
  });

  it('must be in the register', async () => {
    const id = (await filed()).at('id');
    const reply = await gateway.call('officer', 'PUT', `/api/v1/cases/${id}/court-account`, {
      version: 1,
      ...account,
      bankNumber: '1',
      reason: '更换',
    });
    expect([reply.status, reply.at('code')]).toEqual([422, 'court-account-missing']);
  });
});

describe('satisfactions and closing', () => {
  it('lowers what is outstanding at once; a reversal takes back no more than there was', async () => {
    const id = (await filed()).at('id');
    const route = `/api/v1/cases/${id}/satisfactions`;
    const paid = await gateway.call('officer', 'POST', route, { amount: '1000', kind: 'voluntary', on: '2026-03-20', evidence: '收条' });
    expect(paid.status).toBe(201);
    expect(paid.body).toMatchObject({ amount: cny('1000.00'), satisfied: cny('1000.00'), outstanding: cny('188197.50') });
    const reversal = { kind: 'reversal', on: '2026-03-21', evidence: '退款' };
    expect((await gateway.call('officer', 'POST', route, { amount: '1000.01', ...reversal })).status).toBe(400);
    expect((await gateway.call('officer', 'POST', route, { amount: '1000.00', ...reversal })).at('satisfied')).toEqual(cny('0.00'));
  });

  it('is closed by a handler, once, and takes nothing more', async () => {
    const id = (await filed()).at('id');
    const close = { manner: 'paid', reason: '执行完毕' };
    expect((await gateway.call('officer2', 'POST', `/api/v1/cases/${id}/close`, close)).at('code')).toBe('not-handler');
    const early = await gateway.call('officer', 'POST', `/api/v1/cases/${id}/close`, { ...close, manner: 'no-assets' });
    expect([early.status, early.at('code')]).toEqual([422, 'open-orders']);
    const closed = await gateway.call('officer', 'POST', `/api/v1/cases/${id}/close`, close);
    expect(closed.status).toBe(200);
    expect(closed.body).toMatchObject({ status: 'closed', closed: { manner: 'paid', reason: '执行完毕' } });
    expect((await gateway.call('officer', 'POST', `/api/v1/cases/${id}/close`, close)).at('code')).toBe('case-closed');
    const satisfaction = { amount: '1.00', kind: 'voluntary', on: '2026-03-20', evidence: '收条' };
    expect((await gateway.call('officer', 'POST', `/api/v1/cases/${id}/satisfactions`, satisfaction)).at('code')).toBe('case-closed');
  });
});

async function factsOf(caseId: string): Promise<string[]> {
  const rows = await gateway.parts.database.reader.all<{ type: string }>('SELECT type FROM facts WHERE subject = ? ORDER BY subject_seq', [
    `case:${caseId}`,
  ]);
  return rows.map(({ type }) => type);
}
