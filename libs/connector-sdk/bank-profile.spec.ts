import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { AppError } from '#kernel';
import { parseBankProfile } from './bank-profile.js';

const folder = new URL('../../deploy/banks/', import.meta.url);
const raw = (): Record<string, unknown> => parse(readFileSync(new URL('hbrcu.yaml', folder), 'utf8')) as Record<string, unknown>;

function faultsOf(profile: unknown): readonly string[] {
  try {
    parseBankProfile(profile);
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-configuration') return error.errors.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
}

describe('a bank profile', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.yaml')))('%s, which ships, has no fault and its bank’s name', (name) => {
    const profile = parseBankProfile(parse(readFileSync(new URL(name, folder), 'utf8')));
    expect(`${profile.bank}.yaml`).toBe(name);
    expect(profile.pollMs).toBeLessThanOrEqual(1_000);
  });

  it('names the three county banks behind the union', () =>
    expect(parseBankProfile(raw()).legalPersons.map(({ code }) => code)).toEqual(['hbrcu-jiayu', 'hbrcu-anlu', 'hbrcu-tianmen']));

  it.each([
    ['/bank', { bank: 'Hbrcu' }],
    ['/name', { name: '' }],
    ['/dialect', { dialect: 7 }],
    ['/active', { active: 'yes' }],
    ['/legalPersons', { legalPersons: [] }],
    ['/legalPersons', { legalPersons: [1, 2].map(() => ({ code: 'same', name: '同' })) }],
    ['/legalPersons/0/code', { legalPersons: [{ code: 'A B', name: '某' }] }],
    ['/legalPersons/0/sort', { legalPersons: [{ code: 'ab', name: '某', sort: 1 }] }],
    ['/abilities/freeze', { abilities: { ...(raw()['abilities'] as object), freeze: 1 } }],
    ['/abilities/fly', { abilities: { ...(raw()['abilities'] as object), fly: true } }],
    ['/limits/concurrency', { limits: { ...(raw()['limits'] as object), concurrency: 0 } }],
    ['/limits/concurency', { limits: { ...(raw()['limits'] as object), concurency: 4 } }],
    ['/limits/deadlineMs', { limits: { ...(raw()['limits'] as object), deadlineMs: 1.5 } }],
    ['/endpoint', { endpoint: 'ftp://bank' }],
    ['/endpoint', { endpoint: 'http://bank?x=1' }],
    ['/user', { user: 'a b' }],
    ['/pollMs', { pollMs: '500' }],
    ['/password', { password: 'secret' }],
    ['/xmlSignature/trusted', { xmlSignature: { trusted: [] } }],
    ['/xmlSignature/trusted/0', { xmlSignature: { trusted: ['../a.pem'] } }],
    ['/xmlSignature/own/key', { xmlSignature: { trusted: ['a.pem'], own: { certificate: 'b.pem' } } }],
    ['/xmlSignature/key', { xmlSignature: { trusted: ['a.pem'], key: 'b.pem' } }],
    ['/tls/key', { tls: { authority: 'a.pem', certificate: 'b.pem' } }],
    ['/tls/authority', { tls: { authority: '../a.pem', certificate: 'b.pem', key: 'b.pem' } }],
    ['/tls/verify', { tls: { authority: 'a.pem', certificate: 'b.pem', key: 'b.pem', verify: false } }],
    ['/signatures', { signatures: 'rsa' }],
    ['/payload', { payload: 'aes' }],
    ['/signingKeys', { signingKeys: [] }],
    ['/signingKeys', { signingKeys: [1, 2].map(() => ({ kid: 'same', file: 'a.pem' })) }],
    ['/signingKeys/0/file', { signingKeys: [{ kid: 'a', file: '/etc/passwd' }] }],
    ['/signingKeys/0/from', { signingKeys: [{ kid: 'a', file: 'a.pem', from: '2026-03-01' }] }],
    ['/signingKeys/0/to', { signingKeys: [{ kid: 'a', file: 'a.pem', from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' }] }],
  ])('is refused with %s', (pointer, over) => expect(faultsOf({ ...raw(), ...over })).toContain(pointer));

  it('names the files of its TLS and the keys of the bank with their bounds', () => {
    const tls = { authority: 'a.pem', certificate: 'b.pem', key: 'b.pem' };
    const signingKeys = [
      { kid: 'one', file: 'one.pub.pem', to: '2026-03-01T00:00:00+08:00' },
      { kid: 'two', file: 'two.pub.pem', from: '2026-02-01T00:00:00+08:00' },
    ];
    expect(parseBankProfile({ ...raw(), tls, signingKeys })).toMatchObject({
      tls,
      signingKeys: [
        { kid: 'one', file: 'one.pub.pem', to: Date.UTC(2026, 1, 28, 16) },
        { kid: 'two', file: 'two.pub.pem', from: Date.UTC(2026, 0, 31, 16) },
      ],
    });
  });

  it('says whether bodies are encrypted', () => {
    expect(parseBankProfile(raw())).not.toHaveProperty('payload');
    expect(parseBankProfile({ ...raw(), payload: 'sm4' }).payload).toBe('sm4');
  });

  it('names the algorithm of its signatures, or has the international one', () => {
    expect(parseBankProfile(raw()).signatures).toBe('ed25519');
    expect(parseBankProfile({ ...raw(), signatures: 'sm2-sm3' }).signatures).toBe('sm2-sm3');
  });

  it('tells every fault at once', () => expect(faultsOf({}).length).toBeGreaterThan(15));

  it('refuses anything else without breaking', () => {
    fc.assert(fc.property(fc.anything(), (anything) => faultsOf(anything).length > 0));
  });

  it('drops the slash at the end of an address', () =>
    expect(parseBankProfile({ ...raw(), endpoint: 'https://bank.example/court/' }).endpoint).toBe('https://bank.example/court'));
});
