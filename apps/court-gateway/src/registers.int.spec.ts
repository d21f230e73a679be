import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ordersTopic, decodeBody } from '#contracts';
import { eventuallyHolds } from '#testing';
import { demoCredentialImage } from './use-cases/seed-demo/credential-image.js';
import { DEMO_COURT, seedDemo } from './use-cases/seed-demo/seed-demo.js';
import { PASSWORD, send, startGateway, type GatewayFixture } from './testing/gateway-fixture.js';

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway({ collect: [ordersTopic('hubeibank'), ordersTopic('hankoubank')] });
});
afterAll(() => gateway.close());

const OFFICER = {
  username: 'officer3',
  name: '赵云',
  courtCode: '420106',
  workId: '鄂0106-0233',
  dutyId: '鄂执-10233',
  phone: '13812345678',
  workIdImage: demoCredentialImage('a').toString('base64'),
  validFrom: '2020-01-01',
  validTo: '2040-12-31',
};

function signIn(username: string, password: string) {
  return send(gateway.url, 'POST', '/api/v1/auth/token', { username, password });
}

describe('sign-in', () => {
  it('gives a token that opens the interface, and leaves a fact', async () => {
    const reply = await signIn('officer', PASSWORD);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ expiresIn: 3600, user: { name: '李晓', roles: ['officer'], courtCode: '420106' } });
    const headers = { authorization: `Bearer ${reply.at('accessToken')}` };
    expect((await send(gateway.url, 'GET', '/api/v1/cases', undefined, headers)).status).toBe(200);
    expect(await factCount('user.signed-in')).toBe(1);
  });

  it('says the same of a wrong password and of nobody, then asks to wait', async () => {
    const wrong = await signIn('officer', 'wrong');
    const nobody = await signIn('nobody', 'wrong');
    expect([wrong.status, wrong.text]).toEqual([401, nobody.text]);
    for (let i = 0; i < 4; i += 1) await signIn('officer', 'wrong');
    const guarded = await signIn('officer', PASSWORD);
    expect([guarded.status, guarded.at('code')]).toEqual([429, 'too-many-requests']);
    expect(Number(guarded.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await factCount('user.sign-in-failed')).toBe(6);
  });

  it.each<[string, unknown]>([
    ['no password', { username: 'officer' }],
    ['a number', { username: 1, password: 2 }],
    ['an unknown member', { username: 'a', password: 'b', admin: true }],
    ['nothing', undefined],
  ])('answers 400 for %s', async (_, body) => {
    expect((await send(gateway.url, 'POST', '/api/v1/auth/token', body)).status).toBe(400);
  });
});

describe('the officer register (R2)', () => {
  it('keeps versions and masks the telephone; images are shown as there or not', async () => {
    const made = await gateway.call('admin', 'POST', '/api/v1/officers', OFFICER);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ version: 1, phone: '138****5678', hasWorkIdImage: true, hasDutyIdImage: false, filings: [] });
    const { phone: _phone, workIdImage: _image, ...rest } = OFFICER;
    const dutyIdImage = demoCredentialImage('b').toString('base64');
    const route = `/api/v1/officers/${made.at('id')}`;
    const changed = await gateway.call('admin', 'PUT', route, { ...rest, dutyIdImage, validTo: '2041-01-01', version: 1 });
    expect(changed.body).toMatchObject({ version: 2, hasWorkIdImage: true, hasDutyIdImage: true, validTo: '2041-01-01' });
    expect((await gateway.call('admin', 'PUT', route, { ...rest, version: 1 })).at('code')).toBe('stale-version');
    expect((await gateway.call('admin', 'PUT', route, { ...rest, username: 'x' })).status).toBe(400);
    expect((await gateway.call('admin', 'POST', '/api/v1/officers', OFFICER)).at('code')).toBe('already-exists');
    const list = await gateway.call('auditor', 'GET', '/api/v1/officers?limit=1');
    expect([list.each('items', 'username'), typeof list.at('nextCursor')]).toEqual([['officer3'], 'string']);
    expect(list.text).not.toContain('13812345678');
  });

  it('files with a bank and tells that bank only', async () => {
    const officers = await gateway.call('admin', 'GET', '/api/v1/officers');
    const id = officers.at<{ id: string; username: string }[]>('items').find(({ username }) => username === 'officer2')?.id ?? '';
    const before = gateway.messages.length;
    const filed = await gateway.call('admin', 'PUT', `/api/v1/officers/${id}/filings/hankoubank`, {
      state: 'filed',
      from: '2026-01-01',
      to: '2030-12-31',
    });
    expect(filed.body).toMatchObject({
      filings: expect.arrayContaining([{ bank: 'hankoubank', state: 'filed', from: '2026-01-01', to: '2030-12-31' }]),
    });
    await eventuallyHolds(() => expect(gateway.messages.length).toBe(before + 1));
    const message = gateway.messages.at(-1);
    expect([message?.topic, message?.key, message?.type]).toEqual([ordersTopic('hankoubank'), id, 'gates.changed.v1']);
    const { officer } = decodeBody('gates.changed.v1', message?.body ?? Buffer.alloc(0));
    expect(officer).toMatchObject({ id, filed: true, filedFrom: '2026-01-01', filedTo: '2030-12-31' });
    expect(
      (
        await gateway.call('admin', 'PUT', `/api/v1/officers/${id}/filings/nobank`, {
          state: 'filed',
          from: '2026-01-01',
          to: '2030-12-31',
        })
      ).status,
    ).toBe(404);
    expect(
      (await gateway.call('admin', 'PUT', `/api/v1/officers/${id}/filings/wrcb`, { state: 'filed', from: '2026-01-01', to: '2025-12-31' }))
        .status,
    ).toBe(400);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['a period that ends before it begins', { validTo: '2019-12-31' }],
    ['an image that is none', { workIdImage: Buffer.from('GIF89a').toString('base64') }],
    ['an image that is no base64', { workIdImage: '***' }],
    ['a court code with blanks', { courtCode: '42 0106' }],
    ['no name', { name: undefined }],
  ])('answers 400 for %s', async (_, change) => {
    const reply = await gateway.call('admin', 'POST', '/api/v1/officers', { ...OFFICER, username: 'officer9', ...change });
    expect([reply.status, reply.at('code')]).toEqual([400, 'invalid']);
  });

  it('is closed to everyone else, before the body is looked at', async () => {
    for (const user of ['officer', 'judge', 'auditor', 'clerk.wrcb']) {
      expect((await gateway.call(user, 'POST', '/api/v1/officers', { nonsense: 1 })).status).toBe(403);
    }
  });
});

describe("a court's accounts", () => {
  it('are replaced as a whole, with a version', async () => {
    const route = `/api/v1/courts/${DEMO_COURT.code}/accounts`;
    const accounts = [
      { name: '武昌区法院执行款专户', bankNumber: '313521000000' },
      { name: '武昌区法院案款专户', bankNumber: '102521000000', bankName: '工商银行' },
    ];
    const replaced = await gateway.call('admin', 'PUT', route, { version: 1, accounts });
    expect(replaced.body).toMatchObject({ code: '420106', name: '武汉市武昌区人民法院', version: 2 });
    expect(replaced.at<unknown[]>('accounts').length).toBe(2);
    expect((await gateway.call('admin', 'PUT', route, { version: 1, accounts })).at('code')).toBe('stale-version');
    expect((await gateway.call('admin', 'PUT', route, { accounts: [accounts[0], accounts[0]] })).status).toBe(400);
    expect((await gateway.call('officer', 'PUT', route, { accounts })).status).toBe(403);
    const fresh = await gateway.call('admin', 'PUT', '/api/v1/courts/420105/accounts', { name: '武汉市汉阳区人民法院', accounts: [] });
    expect([fresh.status, fresh.at('version')]).toEqual([200, 1]);
    expect((await gateway.call('admin', 'GET', route)).at('version')).toBe(2);
  });
});

describe('seeding the demo', () => {
  it('changes nothing on a second start, and takes a new password', async () => {
    const tables = ['users', 'officers', 'officer_versions', 'filings', 'courts', 'court_accounts'];
    const counts = () => Promise.all(tables.map((table) => gateway.parts.database.reader.one(`SELECT COUNT(*) AS n FROM ${table}`)));
    const before = await counts();
    await seedDemo(gateway.parts, { password: 'another password', mode: 'play' });
    expect(await counts()).toEqual(before);
    expect((await signIn('judge', 'another password')).status).toBe(200);
    expect((await signIn('judge', PASSWORD)).status).toBe(401);
  });

  it('files the second officer with every bank but one', async () => {
    const fresh = await startGateway();
    try {
      const list = await fresh.call('admin', 'GET', '/api/v1/officers');
      const filings = Object.fromEntries(
        list
          .at<{ username: string; filings: { bank: string }[] }[]>('items')
          .map((item) => [item.username, item.filings.map(({ bank }) => bank)]),
      );
      expect(filings).toEqual({ officer: ['hankoubank', 'hbrcu', 'hubeibank', 'wrcb'], officer2: ['hbrcu', 'hubeibank', 'wrcb'] });
    } finally {
      await fresh.close();
    }
  });
});

async function factCount(type: string): Promise<number> {
  return (await gateway.parts.database.reader.all('SELECT 1 AS one FROM facts WHERE type = ?', [type])).length;
}
