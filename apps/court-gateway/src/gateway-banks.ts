import type { Action, PropertyKind, Scope } from '#orders';
import type { BankDirectory, GatewayBank } from './gateway-parts.js';
import type { InstalledBank } from '#bank-directory';

const ACTIONS: readonly Action[] = ['inquire', 'freeze', 'renew', 'release', 'deduct'];

/** What the gateway knows of the installed banks, from their profiles and their dialects' manifests. */
export function gatewayBanks(installed: readonly InstalledBank[]): BankDirectory {
  const banks = installed.map(gatewayBank);
  const byCode = new Map(banks.map((bank) => [bank.bank, bank]));
  return { all: () => banks, find: (bank) => byCode.get(bank) };
}

function gatewayBank({ profile, manifest }: InstalledBank): GatewayBank {
  const { abilities } = profile;
  const scopes: readonly Scope[] = abilities.scopeAccount ? ['funds', 'account'] : ['funds'];
  const propertyKinds: readonly PropertyKind[] = abilities.wealthProducts ? ['deposit', 'other'] : ['deposit'];
  return {
    bank: profile.bank,
    name: profile.name,
    dialect: profile.dialect,
    active: profile.active,
    legalPersons: profile.legalPersons.map(({ code, name }) => ({ code, name })),
    notices: manifest.notices,
    dayStatement: manifest.dayStatement,
    delivery: manifest.delivery,
    ...(profile.service ? { service: profile.service } : {}),
    actions: ACTIONS.filter((action) => abilities[action]),
    scopes,
    propertyKinds,
    transactions: abilities.transactions,
    partialDeduct: abilities.partialDeduct,
  };
}
