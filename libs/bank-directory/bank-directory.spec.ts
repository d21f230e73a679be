import { describe, expect, it } from '@jest/globals';
import type { BankAbilities, BankProfile } from '#connector-sdk';
import { AppError } from '#kernel';
import { installedBank, readBanks } from './index.js';

const none: BankAbilities = {
  inquire: false,
  freeze: false,
  renew: false,
  release: false,
  deduct: false,
  partialDeduct: false,
  transactions: false,
  wealthProducts: false,
  scopeAccount: false,
};
const profileOf = (dialect: string, abilities: Partial<BankAbilities>): BankProfile => ({
  bank: 'isobank',
  name: '某银行',
  dialect,
  active: true,
  legalPersons: [{ code: 'isobank', name: '某银行' }],
  abilities: { ...none, ...abilities },
  limits: { concurrency: 1, ratePerSec: 1, burst: 1, connectMs: 100, deadlineMs: 100, failuresToOpen: 1, batch: 1 },
  signatures: 'ed25519',
  pollMs: 1_000,
});
const refusedPlaces = (profile: BankProfile): readonly string[] => {
  try {
    installedBank(profile);
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-configuration') return error.errors.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
};

describe('an installed bank', () => {
  it('of every profile that ships has its manifest', async () => {
    const banks = await readBanks();
    expect(banks.length).toBeGreaterThan(0);
    for (const { profile, manifest } of banks) expect(manifest.dialect).toBe(profile.dialect);
  });

  it.each<[string, Partial<BankAbilities>, readonly string[]]>([
    ['realtime-json', { inquire: true, freeze: true, deduct: true }, []],
    ['iso20022-inquiry', { inquire: true }, []],
    ['iso20022-inquiry', { inquire: true, freeze: true, transactions: true }, ['/abilities/freeze', '/abilities/transactions']],
    [
      'iso20022-inquiry',
      { inquire: true, renew: true, release: true, deduct: true },
      ['/abilities/renew', '/abilities/release', '/abilities/deduct'],
    ],
  ])('that speaks %s and does %j', (dialect, abilities, refused) => expect(refusedPlaces(profileOf(dialect, abilities))).toEqual(refused));

  it('of a dialect that nobody speaks is refused', () => expect(() => installedBank(profileOf('morse', {}))).toThrow(AppError));
});
