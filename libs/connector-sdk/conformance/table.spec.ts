import { describe, expect, it } from '@jest/globals';
import type { BankProfile } from '../bank-profile.js';
import { DELIVERIES, type Delivery, type Manifest } from '../manifest.js';
import { ASKED_OF_REGISTERS } from './cases/register/common.js';
import { accountsOf, CASES, casesOf, debtorOf, fixtureOf } from './index.js';

const abilities = {
  inquire: true,
  freeze: true,
  renew: true,
  release: true,
  deduct: true,
  partialDeduct: true,
  transactions: true,
  wealthProducts: true,
  scopeAccount: true,
};
const onlyInquire = { ...Object.fromEntries(Object.keys(abilities).map((name) => [name, false])), inquire: true } as typeof abilities;
const limits = { concurrency: 1, ratePerSec: 1, burst: 1, connectMs: 100, deadlineMs: 100, failuresToOpen: 1, batch: 1 };
const profile: BankProfile = {
  bank: 'somebank',
  name: '某银行',
  dialect: 'some',
  active: true,
  signatures: 'ed25519',
  legalPersons: [{ code: 'somebank', name: '某银行' }],
  abilities,
  limits,
  pollMs: 100,
};
const manifestOf = (delivery: Delivery): Manifest => ({
  dialect: 'some',
  delivery,
  statusQuery: delivery === 'push',
  dedupByReference: true,
  dayStatement: false,
  notices: delivery === 'push',
  documents: 'inside',
});
const names = (delivery: Delivery, of = profile, isOurs = true): readonly string[] =>
  casesOf(of, manifestOf(delivery), isOurs).map(({ test }) => test.name);

describe('the table of cases', () => {
  it('names each case once, with a rule, a sentence and a way to break it', () => {
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
    for (const { name, rule, says, broken } of CASES) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
      expect(rule).toMatch(/^([RIP]-?\d+|dialect: .+)$/);
      expect(says.length).toBeGreaterThan(10);
      expect(Object.keys(broken).length).toBeGreaterThan(0);
    }
  });

  it('lets only cases that run alone touch the front end', () => {
    for (const { name, bank, broken, alone } of CASES) {
      const touches = bank?.front !== undefined || broken.front !== undefined;
      expect({ name, alone: touches && alone !== true }).toEqual({ name, alone: false });
    }
  });

  it.each(DELIVERIES)('has at least sixty cases for a bank of delivery %s, and for a foreign one', (delivery) => {
    expect(names(delivery).length).toBeGreaterThanOrEqual(60);
    expect(names(delivery, profile, false).length).toBeGreaterThanOrEqual(60);
  });

  it('tries a register by what can be asked of it, and nobody else by what is its own', () => {
    const register = {
      ...profile,
      abilities: onlyInquire,
      tls: { authority: 'a', certificate: 'b', key: 'c' },
      xmlSignature: { trusted: ['a.pem'] },
    };
    const all = names('push', register);
    expect(all.length).toBeGreaterThanOrEqual(120);
    expect(all.filter((name) => /freeze|deduct|release|renew/.test(name))).toEqual([]);
    expect(all).toEqual(expect.arrayContaining([...ASKED_OF_REGISTERS]));
    expect(names('push', register, false).length).toBeGreaterThanOrEqual(50);
    expect(names('push').filter((name) => name.startsWith('register-'))).toEqual([]);
  });

  it('leaves out what a bank has not agreed to do', () => {
    const modest = names('push', { ...profile, abilities: { ...abilities, deduct: false, partialDeduct: false } });
    expect(modest.filter((name) => name.includes('deduct'))).toEqual([]);
    const strict = names('push', { ...profile, abilities: { ...abilities, release: false, renew: false } });
    expect(strict.filter((name) => /release|renew/.test(name))).toEqual([]);
    expect(names('pull')).not.toContain('notice-of-inflow');
    expect(names('push')).not.toContain('inquiry-at-each-legal-person');
    expect(names('push', profile, false)).not.toContain('late-bank-down');
  });
});

describe('the fixture', () => {
  const placed = casesOf(profile, manifestOf('push'), true);

  it('gives each case persons and accounts of its own', () => {
    const accounts = placed.flatMap((one) => accountsOf(one));
    expect(new Set(accounts).size).toBe(accounts.length);
    const debtors = placed.map((one) => debtorOf(one).idNumber);
    expect(new Set(debtors).size).toBe(debtors.length);
    expect(debtors.every((idNumber) => idNumber.length === 18)).toBe(true);
  });

  it('holds the accounts of every case that has some', () => {
    const held = fixtureOf(placed, profile).flatMap(({ accounts }) => accounts.map(({ number }) => number));
    expect([...held].sort()).toEqual(placed.flatMap((one) => accountsOf(one)).sort());
  });

  it('is the same for every selection of cases', () => {
    const some = placed.filter((_, at) => at % 3 === 0);
    const all = fixtureOf(placed, profile);
    for (const customer of fixtureOf(some, profile)) expect(all).toContainEqual(customer);
  });
});
