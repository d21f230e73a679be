import { instantText, type Instant } from '#kernel';
import { isStateOf, APPROVAL_LIFE, type ApprovalState, type ApproverRole } from '#orders';
import type { Reader, Row } from '#persistence';
import type { DataKey } from '#privacy';
import type { Vault } from '../../vault.js';
import type { CourtAccount } from '../../adapters/store/court-rows.js';

export type ChangeKind = 'debt' | 'court-account';

export interface ChangeRow extends Row {
  readonly id: string;
  readonly case_id: string;
  readonly kind: ChangeKind;
  readonly status: ApprovalState;
  readonly body_sealed: Buffer;
  readonly approvals: string;
  readonly required: string;
  readonly by_user: string;
  readonly at: Instant;
  readonly lapse_at: Instant;
  readonly version: number;
}

/** One decision on a change. */
export interface GivenApproval {
  readonly decision: 'approve' | 'reject' | 'return';
  readonly role: ApproverRole;
  readonly by: string;
  readonly at: Instant;
}

/** Amounts are decimal strings in the currency of the case. */
export interface DebtChange {
  readonly principal: string;
  readonly interest: string;
  readonly interestTo?: string;
  readonly fee: string;
  readonly reason: string;
}

export interface CourtAccountChange extends CourtAccount {
  readonly reason: string;
}

export type ChangeBody = DebtChange | CourtAccountChange;

export function requiredOf(row: ChangeRow): readonly ApproverRole[] {
  return JSON.parse(row.required) as ApproverRole[];
}

export function givenOf(row: ChangeRow): readonly GivenApproval[] {
  return JSON.parse(row.approvals) as GivenApproval[];
}

export function approvalsOnly(row: ChangeRow): readonly GivenApproval[] {
  return givenOf(row).filter(({ decision }) => decision === 'approve');
}

export function openChange<T extends ChangeBody>(vault: Vault, key: DataKey, row: ChangeRow): T {
  return vault.open<T>(key, 'case_changes', 'body_sealed', row.id, row.body_sealed);
}

export function findChange(reader: Reader, caseId: string, changeId: string): Promise<ChangeRow | undefined> {
  return reader.one<ChangeRow>('SELECT * FROM case_changes WHERE id = ? AND case_id = ?', [changeId, caseId]);
}

export function changesOf(reader: Reader, caseId: string): Promise<ChangeRow[]> {
  return reader.all<ChangeRow>('SELECT * FROM case_changes WHERE case_id = ? ORDER BY at DESC, id DESC LIMIT 500', [caseId]);
}

/** Awaiting in the store and over its time: it counts as lapsed from that moment, whether or not anyone has written it down. */
export function stateAt(row: ChangeRow, now: Instant): ApprovalState {
  return row.status === 'awaiting' && now >= row.lapse_at ? 'lapsed' : row.status;
}

const STATUS_WORDS: Readonly<Record<ApprovalState, string>> = {
  awaiting: 'awaiting-approval',
  approved: 'approved',
  returned: 'returned',
  rejected: 'rejected',
  lapsed: 'lapsed',
  withdrawn: 'withdrawn',
};

export function changeView(row: ChangeRow, proposed: Readonly<Record<string, unknown>>, now: Instant) {
  const state = stateAt(row, now);
  return {
    id: row.id,
    caseId: row.case_id,
    kind: row.kind,
    status: isStateOf(APPROVAL_LIFE, state) ? STATUS_WORDS[state] : state,
    approvals: { required: requiredOf(row), given: approvalsOnly(row).map(({ by, role, at }) => ({ by, role, at: instantText(at) })) },
    proposed,
    by: row.by_user,
    at: instantText(row.at),
    lapsesAt: instantText(row.lapse_at),
  };
}
