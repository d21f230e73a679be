/** What a court may ask of a bank (查询, 冻结, 续行冻结, 解除冻结, 扣划). */
export const ACTIONS = ['inquire', 'freeze', 'renew', 'release', 'deduct'] as const;
export type Action = (typeof ACTIONS)[number];

/** Actions that change what a debtor can do with his money; they travel in lanes. */
export const CONTROL_ACTIONS = ['freeze', 'renew', 'release', 'deduct'] as const satisfies readonly Action[];
export type ControlAction = (typeof CONTROL_ACTIONS)[number];

/** R18: the named amount (the rule) or the whole account (the exception, with a reason and a second approval). */
export const SCOPES = ['funds', 'account'] as const;
export type Scope = (typeof SCOPES)[number];

export const CASE_KINDS = ['execution', 'preservation', 'resumed'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

export const CLOSE_MANNERS = ['paid', 'settled', 'withdrawn', 'revoked', 'no-assets', 'bankruptcy'] as const;
export type CloseManner = (typeof CLOSE_MANNERS)[number];

export const PARTY_ROLES = ['debtor', 'applicant'] as const;
export type PartyRole = (typeof PARTY_ROLES)[number];

/** Kinds of property with a longest term of their own (R14). */
export const PROPERTY_KINDS = ['deposit', 'movable', 'other'] as const;
export type PropertyKind = (typeof PROPERTY_KINDS)[number];

export const INSTRUMENT_TYPES = [
  'inquiry-notice',
  'freeze-ruling',
  'freeze-notice',
  'release-ruling',
  'release-notice',
  'deduct-ruling',
  'deduct-notice',
  'preservation-application',
] as const;
export type InstrumentType = (typeof INSTRUMENT_TYPES)[number];

/** Roles that give approvals. */
export const APPROVER_ROLES = ['judge', 'leader'] as const;
export type ApproverRole = (typeof APPROVER_ROLES)[number];

/** What approvals are asked for. The two with a suffix are the stricter forms of their action. */
export const APPROVAL_SUBJECTS = [
  'inquire',
  'inquire-transactions',
  'freeze',
  'freeze-account',
  'renew',
  'release',
  'deduct',
  'debt',
  'court-account',
  'resolution',
] as const;
export type ApprovalSubject = (typeof APPROVAL_SUBJECTS)[number];

/** What a person must look at. The list may grow; its words never change their meaning. */
export const TASK_KINDS = [
  'undetermined',
  'excess',
  'expiring',
  'overdue',
  'uncollected',
  'claim',
  'mismatch',
  'objection',
  'control-lost',
  'statement',
] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

/** A term of legal days in Asia/Shanghai, both inclusive: it ends at 24:00 of `to`. */
export interface Term {
  readonly from: string;
  readonly to: string;
}
