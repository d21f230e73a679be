import type { Opaque } from './model.js';

/**
 * What the bank itself enforces on a flagged account (R24): only a plain "no". A reserve is stated to the court and
 * observed by it, because a bank core controls amounts and does not weigh what a debtor lives on.
 */
interface Rule {
  readonly freeze: boolean;
  readonly deduct: boolean;
}

const OPEN: Rule = { freeze: true, deduct: true };
const UNTOUCHABLE: Rule = { freeze: false, deduct: false };
const FREEZE_ONLY: Rule = { freeze: true, deduct: false };

/** The flags of R24, by the codes that banks and court have agreed on. A flag that is not here is only reported. */
const RULES: Readonly<Record<string, Rule>> = {
  'migrant-workers-wages': UNTOUCHABLE,
  'wage-guarantee': UNTOUCHABLE,
  'social-insurance': UNTOUCHABLE,
  'laid-off-workers': UNTOUCHABLE,
  'party-dues': UNTOUCHABLE,
  'union-funds': UNTOUCHABLE,
  'central-bank-reserve': UNTOUCHABLE,
  treasury: UNTOUCHABLE,
  'trust-property': UNTOUCHABLE,
  'bankruptcy-estate': UNTOUCHABLE,
  'presale-supervision': FREEZE_ONLY,
  'letter-of-credit-margin': FREEZE_ONLY,
  'acceptance-margin': FREEZE_ONLY,
  margin: FREEZE_ONLY,
  pledge: FREEZE_ONLY,
};

export function forbids(restriction: Opaque | undefined, what: 'freeze' | 'deduct'): boolean {
  return !ruleOf(restriction)[what];
}

function ruleOf(restriction: Opaque | undefined): Rule {
  if (typeof restriction === 'string') return RULES[restriction] ?? OPEN;
  if (restriction === null || restriction === undefined || typeof restriction !== 'object' || Array.isArray(restriction)) return OPEN;
  const flags = restriction as Readonly<Record<string, Opaque>>;
  const named = typeof flags.code === 'string' ? (RULES[flags.code] ?? OPEN) : OPEN;
  return {
    freeze: flags.freeze === undefined ? named.freeze : flags.freeze !== 'no',
    deduct: flags.deduct === undefined ? named.deduct : flags.deduct !== 'no',
  };
}
