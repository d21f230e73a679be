import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { isRole, mapClaims, parseOidcRoles, readOidcSettings } from './index.js';

const ISSUER = 'https://sso.court.example';
const TABLE = parseOidcRoles({
  courtCode: ['https://court.example/code'],
  bank: 'bank',
  rules: [
    { claim: 'realm_access.roles', value: 'officer', roles: ['officer'] },
    { claim: 'realm_access.roles', value: 'both', roles: ['officer', 'judge'] },
    { claim: 'realm_access.roles', value: 'clerk', roles: ['clerk'] },
    { claim: 'groups', value: 'wuchang', roles: ['judge'], courtCode: '420106' },
    { claim: 'groups', value: 'jiangan', roles: ['judge'], courtCode: '420102' },
    { claim: 'groups', value: 'wrcb', roles: ['reviewer'], bank: 'wrcb' },
    { claim: 'title', value: '审计', roles: ['auditor'] },
  ],
});

const person = { sub: 's-1', preferred_username: 'sun', name: '孙尚' };
const user = (rest: object) => ({ kind: 'user', user: { issuer: ISSUER, subject: 's-1', username: 'sun', name: '孙尚', ...rest } });
const court = { 'https://court.example/code': '420106' };

describe('claims', () => {
  it.each<[string, object, object]>([
    ['a rule', { ...court, realm_access: { roles: ['officer'] } }, { roles: ['officer'], courtCode: '420106' }],
    ['two rules', { ...court, realm_access: { roles: ['officer', 'both'] } }, { roles: ['officer', 'judge'], courtCode: '420106' }],
    ['a court that the rule and the claim name alike', { ...court, groups: ['wuchang'] }, { roles: ['judge'], courtCode: '420106' }],
    ['a bank that the rule names', { groups: ['wrcb'] }, { roles: ['reviewer'], bank: 'wrcb' }],
    ['a bank in a claim', { realm_access: { roles: ['clerk'] }, bank: 'hbrcu' }, { roles: ['clerk'], bank: 'hbrcu' }],
    ['a text that is no list', { title: '审计' }, { roles: ['auditor'] }],
  ])('make a user by %s', (_, claims, expected) => {
    expect(mapClaims(TABLE, ISSUER, { ...person, ...claims })).toEqual(user(expected));
  });

  it.each<[string, object, string]>([
    ['without a user name', { preferred_username: undefined, title: '审计' }, 'no-username'],
    ['with a user name that is none', { preferred_username: '孙', title: '审计' }, 'no-username'],
    ['without a subject', { sub: 7, title: '审计' }, 'no-username'],
    ['that meet no rule', { ...court, groups: ['wuhan'] }, 'no-role'],
    ['with a value that only looks alike', { ...court, realm_access: { roles: ['Officer', 'officer '] } }, 'no-role'],
    ['with a value that is no text', { ...court, realm_access: { roles: [{ officer: true }] } }, 'no-role'],
    ['with a path through a text', { ...court, realm_access: 'officer' }, 'no-role'],
    ['of two courts', { groups: ['wuchang', 'jiangan'] }, 'two-courts'],
    ['whose court is not that of the rule', { ...court, groups: ['jiangan'] }, 'two-courts'],
    ['of two banks', { groups: ['wrcb'], bank: ['hbrcu'] }, 'two-banks'],
    ['of a court role without a court', { realm_access: { roles: ['officer'] } }, 'no-court'],
    ['of a bank role without a bank', { realm_access: { roles: ['clerk'] } }, 'no-bank'],
  ])('%s make nobody', (_, claims, reason) => {
    expect(mapClaims(TABLE, ISSUER, { ...person, ...claims })).toEqual({ kind: 'refused', reason });
  });

  it('give a name that screens and documents can show', () => {
    const name = `孙\n\ud800尚${'😀'.repeat(70)}`;
    expect(mapClaims(TABLE, ISSUER, { ...person, name, title: '审计' })).toEqual(
      user({ name: `孙尚${'😀'.repeat(62)}`, roles: ['auditor'] }),
    );
    expect(mapClaims(TABLE, ISSUER, { ...person, name: 7, title: '审计' })).toEqual(user({ name: 'sun', roles: ['auditor'] }));
  });

  it('whatever they hold, make a user of known roles with his court or bank, or nobody', () => {
    const word = fc.constantFrom('officer', 'both', 'clerk', 'wuchang', 'jiangan', 'wrcb', '审计', '420106', '__proto__', '');
    const claims = fc.dictionary(
      fc.constantFrom('sub', 'preferred_username', 'groups', 'title', 'bank', 'realm_access', 'https://court.example/code'),
      fc.oneof(word, fc.array(word), fc.record({ roles: fc.array(word) }), fc.anything()),
    );
    fc.assert(
      fc.property(claims, (some) => {
        const mapped = mapClaims(TABLE, ISSUER, { ...person, ...some });
        if (mapped.kind === 'refused') return;
        const { roles, courtCode, bank, username } = mapped.user;
        expect(roles.length > 0 && roles.every(isRole)).toBe(true);
        expect(username).toMatch(/^[\x21-\x7e]+$/);
        if (roles.some((role) => ['officer', 'judge', 'leader'].includes(role))) expect(typeof courtCode).toBe('string');
        if (roles.some((role) => ['clerk', 'reviewer'].includes(role))) expect(typeof bank).toBe('string');
      }),
    );
  });
});

describe('the file of roles', () => {
  it('is good as it is shipped', async () => {
    const file = fileURLToPath(new URL('../../deploy/oidc-roles.yaml', import.meta.url));
    const roles = parseOidcRoles(parse(await readFile(file, 'utf8')));
    const mapped = mapClaims(roles, ISSUER, { ...person, groups: ['chakong-officer', 'staff'], court_code: '420106' });
    expect(mapped).toEqual(user({ roles: ['officer'], courtCode: '420106' }));
  });

  const rule = { claim: 'groups', value: 'a', roles: ['admin'] };
  it.each<[string, unknown, RegExp]>([
    ['nothing', null, /the file has members/],
    ['no rules', { rules: [] }, /rules is a list/],
    ['a rule that is none', { rules: ['a'] }, /rules\/0 has members/],
    ['a misspelt member', { rules: [rule], user: 'x' }, /unknown members user/],
    ['a misspelt member of a rule', { rules: [{ ...rule, court: '1' }] }, /rules\/0 has unknown members court/],
    ['an unknown role', { rules: [{ ...rule, roles: ['admin', 'root'] }] }, /rules\/0\/roles/],
    ['no role', { rules: [{ ...rule, roles: [] }] }, /rules\/0\/roles/],
    ['no claim', { rules: [{ ...rule, claim: '' }] }, /rules\/0\/claim/],
    ['a path with a gap', { rules: [{ ...rule, claim: 'a..b' }] }, /rules\/0\/claim/],
    ['no value', { rules: [{ ...rule, value: undefined }] }, /rules\/0\/value/],
    ['an odd thing for a value', { rules: [{ ...rule, value: { toString: 1 } }] }, /rules\/0\/value/],
    ['a court without quotes', { rules: [{ ...rule, courtCode: 420106 }] }, /rules\/0\/courtCode is a word in quotes/],
  ])('is refused with %s', (_, content, fault) => {
    expect(() => parseOidcRoles(content)).toThrow(fault);
  });
});

describe('the settings', () => {
  const roles = { rules: [{ claim: 'groups', value: 'a', roles: ['admin'] }] };
  const env = { OIDC_ISSUER: ISSUER, OIDC_CLIENT_ID: 'chakong' };
  const read = (change: object, publicOrigin = 'https://chakong.example') =>
    readOidcSettings({ env: { ...env, ...change }, publicOrigin, roles });

  it('are none without an issuer, whatever else is set', () => {
    expect(read({ OIDC_ISSUER: undefined })).toBeUndefined();
    expect(read({ OIDC_ISSUER: '' })).toBeUndefined();
  });

  it('take what is left out from the rest', () => {
    expect(read({})).toMatchObject({
      issuer: ISSUER,
      clientId: 'chakong',
      redirectUri: 'https://chakong.example/api/v1/auth/oidc/callback',
      scopes: 'openid profile',
      audience: 'chakong',
    });
    expect(read({})).not.toHaveProperty('clientSecret');
    const given = {
      OIDC_CLIENT_SECRET: 's',
      OIDC_REDIRECT_URI: 'https://x.example/cb',
      OIDC_SCOPES: 'openid groups',
      OIDC_AUDIENCE: 'api',
    };
    expect(read(given)).toMatchObject({ clientSecret: 's', redirectUri: 'https://x.example/cb', scopes: 'openid groups', audience: 'api' });
  });

  it('allow plain http on this machine only', () => {
    expect(read({ OIDC_ISSUER: 'http://127.0.0.1:4000' }, 'http://localhost:3000')?.redirectUri).toContain('http://localhost:3000/');
  });

  it.each<[string, object, RegExp]>([
    ['plain http', { OIDC_ISSUER: 'http://sso.example' }, /OIDC_ISSUER/],
    ['an issuer that is no URL', { OIDC_ISSUER: 'sso' }, /OIDC_ISSUER/],
    ['an issuer with a query', { OIDC_ISSUER: `${ISSUER}/?a` }, /OIDC_ISSUER/],
    ['no client', { OIDC_CLIENT_ID: '' }, /OIDC_CLIENT_ID/],
    ['scopes without openid', { OIDC_SCOPES: 'profile' }, /OIDC_SCOPES/],
    ['a way back over plain http', { OIDC_REDIRECT_URI: 'http://x.example/cb' }, /OIDC_REDIRECT_URI/],
  ])('are refused with %s', (_, change, fault) => {
    expect(() => read(change)).toThrow(fault);
  });
});
