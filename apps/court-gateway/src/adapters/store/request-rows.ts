import { afterClause, type PageStart } from '#http';
import type { Instant, LegalDate } from '#kernel';
import { move, REQUEST_LIFE, type Action, type ApproverRole, type GateApprovals, type RequestStatus } from '#orders';
import { changeLater, compareAndSetOrStale, insert, type Reader, type Row, type SqlValue, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { Scope } from '#access';
import type { Vault } from '../../vault.js';
import { notFound } from './case-rows.js';

/** Who posts what the system drafts; no user has this id. */
export const SYSTEM_USER = 'system';

/** A row of `requests`. */
export interface RequestRow extends Row {
  readonly id: string;
  readonly version: number;
  readonly case_id: string;
  readonly court_code: string;
  readonly action: Action;
  readonly status: RequestStatus;
  readonly body_sealed: Buffer;
  /** Roles that must approve, separated by commas. */
  readonly required: string;
  readonly drafted_by_system: number;
  readonly officer_id: string | null;
  readonly by_user: string;
  readonly at: Instant;
  readonly lapse_at: Instant | null;
  readonly dispatched_at: Instant | null;
  readonly ended_at: Instant | null;
  readonly event_seq: number;
}

/** What is sealed of a request: its terms. Its lines stand in `order_lines`. */
export interface RequestTerms {
  readonly reason?: string;
  readonly ground?: string;
  readonly transactions?: { readonly from: LegalDate; readonly to: LegalDate };
  readonly term?: { readonly from: LegalDate; readonly to: LegalDate };
  readonly until?: LegalDate;
  readonly instrumentIds?: readonly string[];
  readonly planId?: string;
  /** SHA-256 of the canonical body that was posted. */
  readonly bodySha256?: string;
}

export type NewRequest = Pick<
  RequestRow,
  | 'id'
  | 'case_id'
  | 'court_code'
  | 'action'
  | 'status'
  | 'required'
  | 'drafted_by_system'
  | 'officer_id'
  | 'by_user'
  | 'at'
  | 'lapse_at'
  | 'dispatched_at'
>;

export async function insertRequest(tx: Tx, vault: Vault, caseKey: DataKey, row: NewRequest, terms: RequestTerms): Promise<void> {
  const body = vault.seal(caseKey, 'requests', 'body_sealed', row.id, terms);
  await insert(tx, 'requests', { ...row, version: 1, body_sealed: body, ended_at: null, event_seq: 0 });
}

export function openTerms(vault: Vault, caseKey: DataKey, row: RequestRow): RequestTerms {
  return vault.open<RequestTerms>(caseKey, 'requests', 'body_sealed', row.id, row.body_sealed);
}

export function findRequest(reader: Reader, requestId: string): Promise<RequestRow | undefined> {
  return reader.one<RequestRow>('SELECT * FROM requests WHERE id = ?', [requestId]);
}

/** @throws AppError `not-found` */
export async function loadRequest(reader: Reader, requestId: string): Promise<RequestRow> {
  const row = await findRequest(reader, requestId);
  if (!row) throw notFound();
  return row;
}

export function requiredRoles(row: Pick<RequestRow, 'required'>): readonly ApproverRole[] {
  return row.required === '' ? [] : (row.required.split(',') as ApproverRole[]);
}

/** Holds the request's row until the commit: whoever derives its status from its orders sees all that were settled before. */
export async function lockRequest(tx: Tx, requestId: string): Promise<void> {
  await tx.run('UPDATE requests SET event_seq = event_seq WHERE id = ?', [requestId]);
}

/**
 * Moves a request along its life cycle; the row's status and version must still be what the caller has read (I13).
 * @throws AppError `stale-version`, at the closure's next statement
 */
export function moveRequest(tx: Tx, row: RequestRow, to: RequestStatus, change: Readonly<Record<string, SqlValue>> = {}): void {
  const status = move(REQUEST_LIFE, row.status, to);
  changeLater(tx, 'requests', {
    change: { ...change, status, version: row.version + 1 },
    key: { id: row.id },
    guard: { status: row.status, version: row.version },
  });
}

/** Counts a request's version up without moving it, for changes in its approvals. @throws AppError `stale-version` */
export async function touchRequest(tx: Tx, row: RequestRow): Promise<void> {
  await compareAndSetOrStale(tx, 'requests', { version: row.version + 1 }, { id: row.id, status: row.status, version: row.version });
}

export interface ApprovalRow extends Row {
  readonly request_id: string;
  readonly seq: number;
  readonly decision: 'approve' | 'reject' | 'return';
  readonly role: ApproverRole;
  readonly by_user: string;
  readonly reason_sealed: Buffer | null;
  readonly at: Instant;
}

export type Decision = ApprovalRow['decision'];

export function approvalsOf(reader: Reader, requestId: string): Promise<ApprovalRow[]> {
  return reader.all<ApprovalRow>('SELECT * FROM approvals WHERE request_id = ? ORDER BY seq', [requestId]);
}

/** The approvals as the gates count them; refusals end a request and are none. */
export function givenApprovals(rows: readonly ApprovalRow[]): GateApprovals['given'] {
  return rows.filter(({ decision }) => decision === 'approve').map(({ role, by_user, at }) => ({ role, by: by_user, at }));
}

export async function insertApproval(tx: Tx, row: ApprovalRow): Promise<void> {
  await insert(tx, 'approvals', { ...row });
}

export interface RequestFilter {
  readonly scope: Scope;
  readonly caseId?: string;
  readonly status?: RequestStatus;
}

/** One row more than the page holds, newest first. */
export async function listRequests(reader: Reader, filter: RequestFilter, start: PageStart): Promise<RequestRow[]> {
  if (filter.scope.kind !== 'all' && filter.scope.kind !== 'court') return [];
  const where = ['1 = 1'];
  const params: SqlValue[] = [];
  const narrow = (column: string, value: SqlValue | undefined): void => {
    if (value === undefined) return;
    where.push(`${column} = ?`);
    params.push(value);
  };
  narrow('court_code', filter.scope.kind === 'court' ? filter.scope.courtCode : undefined);
  narrow('case_id', filter.caseId);
  narrow('status', filter.status);
  const after = afterClause(start, 'at', 'id');
  return reader.all<RequestRow>(
    `SELECT * FROM requests WHERE ${where.join(' AND ')}${after.sql} ORDER BY at DESC, id DESC LIMIT ${start.limit + 1}`,
    [...params, ...after.params],
  );
}

/** Requests whose approvals have lapsed by now, oldest first. */
export async function lapsedRequests(reader: Reader, now: Instant, limit: number): Promise<RequestRow[]> {
  return reader.all<RequestRow>(
    `SELECT * FROM requests WHERE status = 'awaiting-approval' AND lapse_at <= ? ORDER BY lapse_at LIMIT ${limit}`,
    [now],
  );
}
