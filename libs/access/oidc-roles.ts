import { AppError } from '#kernel';
import { isRole, type Role } from './principal.js';

/** Rules of one file; a longer list is a directory of people and belongs to the provider. */
const RULES_MAX = 500;
/** Values of one claim that are looked at, for example the groups of a person. */
const VALUES_MAX = 1_000;
const NAME_CHARS_MAX = 64;

/** Names of claims from the outside in, for example `['realm_access', 'roles']`. */
export type ClaimPath = readonly string[];

/** Who has the value in the claim has the roles, and belongs to the court or bank where one is named. */
export interface OidcRule {
  readonly claim: ClaimPath;
  readonly value: string;
  readonly roles: readonly Role[];
  readonly courtCode?: string;
  readonly bank?: string;
}

/** What the claims of a provider mean here: the content of `deploy/oidc-roles.yaml`. */
export interface OidcRoles {
  readonly username: ClaimPath;
  readonly name: ClaimPath;
  /** The claim that names a person's court or bank, where the provider has one. */
  readonly courtCode?: ClaimPath;
  readonly bank?: ClaimPath;
  readonly rules: readonly OidcRule[];
}

/** A person of the provider as the system sees him. */
export interface OidcUser {
  /** Which person it is, for ever: a provider gives one subject to one person and never again. */
  readonly issuer: string;
  readonly subject: string;
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly courtCode?: string;
  readonly bank?: string;
}

/** Why claims that are genuine make nobody here. */
export type OidcRefusal = 'no-username' | 'no-role' | 'two-courts' | 'two-banks' | 'no-court' | 'no-bank';

export type Mapped = { readonly kind: 'user'; readonly user: OidcUser } | { readonly kind: 'refused'; readonly reason: OidcRefusal };

type Claims = Readonly<Record<string, unknown>>;

/** As the column of user names and the logs take them: visible ASCII. */
const USERNAME = /^[\x21-\x7e]{1,80}$/;
const WORD = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const COURT_ROLES: ReadonlySet<Role> = new Set<Role>(['officer', 'judge', 'leader']);
const BANK_ROLES: ReadonlySet<Role> = new Set<Role>(['clerk', 'reviewer']);

/**
 * What verified claims make of a person. A role of a court without a court is refused rather than given: he would sign in and
 * see nothing, and nobody would know why. So are two courts or two banks at once, because one of them would win by chance.
 */
export function mapClaims(table: OidcRoles, issuer: string, claims: Claims): Mapped {
  const subject = claims['sub'];
  const [username = ''] = textsAt(claims, table.username);
  if (typeof subject !== 'string' || !USERNAME.test(username)) return refused('no-username');
  const met = table.rules.filter(({ claim, value }) => textsAt(claims, claim).includes(value));
  const roles = [...new Set(met.flatMap((rule) => rule.roles))];
  if (roles.length === 0) return refused('no-role');
  const courts = wordsOf(claims, table.courtCode, met, 'courtCode');
  if (courts.length > 1) return refused('two-courts');
  const banks = wordsOf(claims, table.bank, met, 'bank');
  if (banks.length > 1) return refused('two-banks');
  const [courtCode] = courts;
  const [bank] = banks;
  if (courtCode === undefined && roles.some((role) => COURT_ROLES.has(role))) return refused('no-court');
  if (bank === undefined && roles.some((role) => BANK_ROLES.has(role))) return refused('no-bank');
  const [name = username] = textsAt(claims, table.name);
  const user = { issuer, subject, username, name: presentable(name), roles };
  return { kind: 'user', user: { ...user, ...(courtCode === undefined ? {} : { courtCode }), ...(bank === undefined ? {} : { bank }) } };
}

/** As screens and documents take it: no control characters, no half characters, not too long. */
function presentable(name: string): string {
  return [...name.replaceAll(/\p{Cc}|\p{Cs}/gu, '')].slice(0, NAME_CHARS_MAX).join('');
}

function refused(reason: OidcRefusal): Mapped {
  return { kind: 'refused', reason };
}

/** The distinct courts or banks that the rules met name, and the claim's own. */
function wordsOf(claims: Claims, path: ClaimPath | undefined, met: readonly OidcRule[], member: 'courtCode' | 'bank'): string[] {
  const named = met.map((rule) => rule[member]).filter((word) => word !== undefined);
  const claimed = path === undefined ? [] : textsAt(claims, path).filter((text) => WORD.test(text));
  return [...new Set([...named, ...claimed])];
}

/** The texts at a path: one text, or the texts of a list. Anything else counts as not there. */
function textsAt(claims: Claims, path: ClaimPath): readonly string[] {
  let at: unknown = claims;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return [];
    at = (at as Claims)[step];
  }
  const values: readonly unknown[] = Array.isArray(at) ? at.slice(0, VALUES_MAX) : [at];
  return values.filter((value) => typeof value === 'string');
}

/**
 * Checks the parsed content of the file and lists every fault.
 * @throws AppError `invalid-configuration`
 */
export function parseOidcRoles(content: unknown): OidcRoles {
  const faults: string[] = [];
  const file = membersOf(content, 'the file', ['username', 'name', 'courtCode', 'bank', 'rules'], faults);
  const list = file['rules'];
  const rules = Array.isArray(list) ? (list as readonly unknown[]) : [];
  if (rules.length === 0 || rules.length > RULES_MAX) faults.push(`rules is a list of 1 to ${RULES_MAX}`);
  const parsed = {
    username: pathOf(file['username'] ?? 'preferred_username', 'username', faults),
    name: pathOf(file['name'] ?? 'name', 'name', faults),
    ...(file['courtCode'] === undefined ? {} : { courtCode: pathOf(file['courtCode'], 'courtCode', faults) }),
    ...(file['bank'] === undefined ? {} : { bank: pathOf(file['bank'], 'bank', faults) }),
    rules: rules.slice(0, RULES_MAX).map((rule, index) => ruleOf(rule, `rules/${index}`, faults)),
  };
  if (faults.length > 0) throw new AppError('invalid-configuration', `OIDC roles: ${faults.join('; ')}`, { level: 'fatal' });
  return parsed;
}

function ruleOf(content: unknown, where: string, faults: string[]): OidcRule {
  const rule = membersOf(content, where, ['claim', 'value', 'roles', 'courtCode', 'bank'], faults);
  const value = typeof rule['value'] === 'string' ? rule['value'] : '';
  if (value === '') faults.push(`${where}/value is a text`);
  const list: readonly unknown[] = Array.isArray(rule['roles']) ? rule['roles'] : [];
  const roles = list.filter(isRole);
  if (roles.length === 0 || roles.length !== list.length) faults.push(`${where}/roles is a list of known roles`);
  return {
    claim: pathOf(rule['claim'], `${where}/claim`, faults),
    value,
    roles,
    ...wordOf(rule, 'courtCode', where, faults),
    ...wordOf(rule, 'bank', where, faults),
  };
}

/** A word, in quotes where it is all digits: YAML would make a number of it and drop a leading zero. */
function wordOf<M extends 'courtCode' | 'bank'>(rule: Claims, member: M, where: string, faults: string[]): Partial<Record<M, string>> {
  const word = rule[member];
  if (word === undefined) return {};
  if (typeof word === 'string' && WORD.test(word)) return { [member]: word } as Record<M, string>;
  faults.push(`${where}/${member} is a word in quotes`);
  return {};
}

/** Steps joined by dots, or a list of steps where the name of a claim itself has a dot. */
function pathOf(content: unknown, where: string, faults: string[]): ClaimPath {
  const steps: readonly unknown[] = typeof content === 'string' ? content.split('.') : Array.isArray(content) ? content : [];
  const texts = steps.filter((step) => typeof step === 'string' && step !== '').map(String);
  if (texts.length === 0 || texts.length !== steps.length) faults.push(`${where} is the path of a claim`);
  return texts;
}

function membersOf(content: unknown, where: string, known: readonly string[], faults: string[]): Claims {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    faults.push(`${where} has members`);
    return {};
  }
  const strange = Object.keys(content).filter((member) => !known.includes(member));
  if (strange.length > 0) faults.push(`${where} has unknown members ${strange.join(', ')}`);
  return content as Claims;
}
