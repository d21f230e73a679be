import { type Minor, maxMinor } from '#kernel';
import { PERMISSIONS, type Permission, type Policy } from './policy.js';
import type { PropertyKind } from './words.js';

/** What a bank or an officer says of one holding. */
export interface RestrictionStatement {
  readonly code?: string;
  readonly freeze?: Permission;
  readonly deduct?: Permission;
  readonly reserve?: Minor;
  readonly basis?: string;
}

/** The restriction that binds us on one holding, after policy has had its word. */
export interface RestrictionFacts {
  readonly code: string;
  readonly freeze: Permission;
  readonly deduct: Permission;
  readonly reserve: Minor;
  /** Chinese text of the rule, for the officer. */
  readonly basis: string;
}

/**
 * R24: the restriction of a holding. Its code comes from the bank's answer or, where the bank is silent, from the account's kind; the rule
 * of the code comes from policy; where the bank itself says something stricter, the stricter word binds. An unknown code with no word of
 * the bank is taken as untouchable: money that the law may exempt is not seized by guessing.
 */
export function restrictionOf(policy: Policy, accountKind: string, stated?: RestrictionStatement): RestrictionFacts | undefined {
  const code = stated?.code ?? policy.accountKinds.get(accountKind)?.restriction;
  if (code === undefined) return undefined;
  const rule = policy.restrictedKinds.get(code);
  return {
    code,
    freeze: strictest(rule?.freeze, stated?.freeze),
    deduct: strictest(rule?.deduct, stated?.deduct),
    reserve: stated?.reserve ?? rule?.reserve ?? 0n,
    basis: stated?.basis ?? rule?.basis ?? '',
  };
}

/** What kind of property an account kind is; unknown kinds are deposits, which have the shortest term. */
export function propertyOf(policy: Policy, accountKind: string): PropertyKind {
  return policy.accountKinds.get(accountKind)?.property ?? 'deposit';
}

/** How much of `amount` may be frozen under a restriction. */
export function freezableOf(amount: Minor, restriction: RestrictionFacts | undefined): Minor {
  return touchable(amount, restriction?.freeze ?? 'yes', restriction?.reserve ?? 0n);
}

/** How much of `amount` may be deducted under a restriction. */
export function deductibleOf(amount: Minor, restriction: RestrictionFacts | undefined): Minor {
  return touchable(amount, restriction?.deduct ?? 'yes', restriction?.reserve ?? 0n);
}

/** Exempt money may be neither frozen nor deducted; all other restrictions leave something possible. */
export function isExempt(restriction: RestrictionFacts): boolean {
  return restriction.freeze === 'no' && restriction.deduct === 'no';
}

function touchable(amount: Minor, permission: Permission, reserve: Minor): Minor {
  if (permission === 'no') return 0n;
  return permission === 'yes' ? amount : maxMinor(0n, amount - reserve);
}

const BY_STRICTNESS: readonly Permission[] = ['no', 'above-reserve', 'yes'];

function strictest(...words: readonly (Permission | undefined)[]): Permission {
  return BY_STRICTNESS.find((permission) => words.includes(permission)) ?? 'no';
}

/** For reading a bank's word; an unknown word is the strictest one. */
export function permissionOf(text: string): Permission {
  return PERMISSIONS.find((permission) => permission === text) ?? 'no';
}
