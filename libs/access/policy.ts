import { AppError } from '#kernel';
import { POLICY, type Action, type ResourceOf, type Row } from './policy-table.js';
import type { ForbiddenCode, Verdict } from './policy-rules.js';
import type { Principal, Role } from './principal.js';

/**
 * Whether the caller's roles open the door of an action at all. Ask before anything is loaded: the answer cannot then
 * tell whether the thing named in the path exists. What passes is still to be judged by `may`.
 */
export function mayEnter(principal: Principal, action: Action): boolean {
  const row: Row<never> = POLICY[action];
  return principal.roles.some((role) => Object.hasOwn(row, role));
}

/** How good an answer is: with several roles the best one counts, and a reason is better than silence. */
const RANK: Readonly<Record<ForbiddenCode | 'hidden', number>> = { 'own-approval': 3, 'not-handler': 2, forbidden: 1, hidden: 0 };

function rankOf(verdict: Verdict): number {
  if (verdict.kind === 'allowed') return 4;
  return RANK[verdict.kind === 'hidden' ? 'hidden' : verdict.code];
}

/** The one decision of who may do what. Denies unless a row of the table allows it. */
export function may<A extends Action>(principal: Principal, action: A, resource: ResourceOf<A>): Verdict {
  // The table's rows differ in their resource type; the signature above has tied this one to its action.
  const row = POLICY[action] as unknown as Row<ResourceOf<A>>;
  let best: Verdict | undefined;
  for (const role of principal.roles) {
    const rule = ruleOf(row, role);
    if (!rule) continue;
    const verdict = rule(principal, resource);
    if (!best || rankOf(verdict) > rankOf(best)) best = verdict;
  }
  return best ?? { kind: 'forbidden', code: 'forbidden' };
}

function ruleOf<R>(row: Row<R>, role: Role) {
  return Object.hasOwn(row, role) ? row[role] : undefined;
}

const TEXTS: Readonly<Record<ForbiddenCode, string>> = {
  forbidden: '您没有执行该操作的权限',
  'own-approval': '不能审批本人提交的事项',
  'not-handler': '只有本案承办人可以发起该操作',
};

/** @throws AppError `not-found` when hidden; `forbidden`, `own-approval` or `not-handler` when forbidden */
export function assertMay<A extends Action>(principal: Principal, action: A, resource: ResourceOf<A>): void {
  const verdict = may(principal, action, resource);
  if (verdict.kind === 'allowed') return;
  if (verdict.kind === 'hidden') throw new AppError('not-found', '未找到该对象');
  throw new AppError(verdict.code, TEXTS[verdict.code]);
}

/** @throws AppError `forbidden` when no role of the caller opens the action */
export function assertMayEnter(principal: Principal, action: Action): void {
  if (!mayEnter(principal, action)) throw new AppError('forbidden', TEXTS.forbidden);
}

/** What a list may show: everything, one court's, one bank's, or nothing. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'court'; readonly courtCode: string }
  | { readonly kind: 'bank'; readonly bank: string }
  | { readonly kind: 'nothing' };

/** How a list on the court side (cases, requests, measures, tasks, feed) is narrowed. Put it into the query, never after it. */
export function courtScopeOf(principal: Principal): Scope {
  if (principal.roles.includes('auditor')) return { kind: 'all' };
  if (principal.courtCode !== undefined && principal.roles.some((role) => COURT_SIDE.has(role))) {
    return { kind: 'court', courtCode: principal.courtCode };
  }
  return principal.roles.includes('service') && principal.courtCode === undefined ? { kind: 'all' } : { kind: 'nothing' };
}

/** How a list on the bank side (desk orders, register) is narrowed. */
export function bankScopeOf(principal: Principal): Scope {
  if (principal.bank !== undefined && principal.roles.some((role) => BANK_SIDE.has(role))) return { kind: 'bank', bank: principal.bank };
  return principal.roles.includes('auditor') ? { kind: 'all' } : { kind: 'nothing' };
}

const COURT_SIDE: ReadonlySet<Role> = new Set<Role>(['officer', 'judge', 'leader', 'service']);
const BANK_SIDE: ReadonlySet<Role> = new Set<Role>(['clerk', 'reviewer']);
