import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import { AppError, failPoint, invariant, type Instant } from '#kernel';
import { FactRecorder } from '#messaging';
import { checkApproval, missingApprovals, type ApproverRole, type GateApprovals } from '#orders';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { lockCase, type CaseRow } from '../../adapters/store/case-rows.js';
import { withdrawUnsent } from '../../adapters/store/order-rows.js';
import { RequestEvents } from '../../adapters/store/request-events.js';
import {
  approvalsOf,
  givenApprovals,
  insertApproval,
  loadRequest,
  moveRequest,
  requiredRoles,
  touchRequest,
  type Decision,
  type RequestRow,
} from '../../adapters/store/request-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { ReleaseOrders } from '../dispatch-orders/release-orders.js';
import { recallRequest } from '../judge-request/stored-request.js';
import { assertMayDecide, type PreparedApproval } from './prepare-approval.js';

export interface ApprovalDecision {
  readonly decision: Decision;
  readonly reason?: string;
}

const ENDS = { reject: 'rejected', return: 'returned' } as const;
const NOTES = { rejected: '审批未批准', returned: '审批退回修改' } as const;
const FACTS: Readonly<Record<Decision, string>> = {
  approve: 'request.approved',
  reject: 'request.rejected',
  return: 'request.returned',
};

/** The transaction of a decision: recorded with its role; the last approval releases the orders in the same commit. */
@Injectable()
export class DecideApproval {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(RequestEvents) private readonly events: RequestEvents,
    @Inject(ReleaseOrders) private readonly releaseOrders: ReleaseOrders,
  ) {}

  /** @throws AppError `wrong-state`, `own-approval`, `forbidden`, `stale-version`, `unavailable`, or the code of a gate that is shut */
  async decide(tx: Tx, prepared: PreparedApproval, principal: Principal, decision: ApprovalDecision): Promise<RequestRow> {
    const at = this.parts.clock.now();
    const row = await lockCase(tx, prepared.request.case_id);
    const request = await loadRequest(tx, prepared.request.id);
    assertAwaiting(request, at);
    await assertMayDecide(tx, request, principal);
    const role = await this.record(tx, request, prepared.caseKey, principal, decision, at);
    await this.recordFact(tx, row, request, prepared.caseKey, principal, decision, role);
    if (decision.decision === 'approve') await this.approve(tx, row, request, prepared, principal, at);
    else await this.end(tx, request, prepared.caseKey, ENDS[decision.decision], at);
    failPoint('gateway.approved-before-commit');
    tx.afterCommit(() => failPoint('gateway.approved-after-commit'));
    return loadRequest(tx, request.id);
  }

  private async record(
    tx: Tx,
    request: RequestRow,
    caseKey: DataKey,
    principal: Principal,
    { decision, reason }: ApprovalDecision,
    at: Instant,
  ): Promise<ApproverRole> {
    const rows = await approvalsOf(tx, request.id);
    const judged = checkApproval({
      required: requiredRoles(request),
      given: givenApprovals(rows),
      requestedBy: request.by_user,
      approver: { id: principal.userId, roles: principal.roles },
    });
    if ('code' in judged) throw new AppError(judged.code, judged.detail);
    const seq = rows.length + 1;
    await insertApproval(tx, {
      request_id: request.id,
      seq,
      decision,
      role: judged.role,
      by_user: principal.userId,
      reason_sealed: reason === undefined ? null : this.vault.seal(caseKey, 'approvals', 'reason_sealed', `${request.id}/${seq}`, reason),
      at,
    });
    return judged.role;
  }

  private async approve(
    tx: Tx,
    row: CaseRow,
    request: RequestRow,
    prepared: PreparedApproval,
    principal: Principal,
    at: Instant,
  ): Promise<void> {
    const required = requiredRoles(request);
    const approvals: GateApprovals = { required, given: givenApprovals(await approvalsOf(tx, request.id)), requestedAt: request.at };
    const { caseKey, papers } = prepared;
    invariant(papers, 'an approval comes with its papers');
    if (missingApprovals(approvals).length > 0) {
      await this.releaseOrders.assertPasses(tx, { row, request, caseKey, approvals, actor: principal.userId, at });
      await touchRequest(tx, request);
      this.events.record(tx, request.id, 'approval', at, { status: request.status, given: approvals.given.length });
      return;
    }
    await this.releaseOrders.release(tx, { row, request, caseKey, approvals, actor: principal.userId, at }, papers);
    this.events.record(tx, request.id, 'status', at, { status: 'dispatched' });
  }

  private async end(tx: Tx, request: RequestRow, caseKey: DataKey, status: 'rejected' | 'returned', at: Instant): Promise<void> {
    const { orders, lineRows } = await recallRequest(tx, this.vault, caseKey, request);
    withdrawUnsent(
      tx,
      this.vault,
      caseKey,
      orders.map((order) => order.row),
      lineRows,
      { code: status, note: NOTES[status] },
    );
    moveRequest(tx, request, status, { ended_at: at });
    this.events.record(tx, request.id, 'status', at, { status });
  }

  private async recordFact(
    tx: Tx,
    row: CaseRow,
    request: RequestRow,
    caseKey: DataKey,
    principal: Principal,
    { decision, reason }: ApprovalDecision,
    role: ApproverRole,
  ): Promise<void> {
    await this.facts.record(tx, {
      type: FACTS[decision],
      subject: `request:${request.id}`,
      actor: principal.userId,
      caseNumber: row.case_number,
      caseId: row.id,
      caseKey,
      requestId: request.id,
      content: { requestId: request.id, decision, role, reason },
    });
  }
}

/** @throws AppError `wrong-state` when the request is decided, withdrawn or lapsed */
function assertAwaiting(request: RequestRow, at: Instant): void {
  if (request.status !== 'awaiting-approval') throw new AppError('wrong-state', '该请求已有结论，不能再审批');
  if (request.lapse_at !== null && at >= request.lapse_at) throw new AppError('wrong-state', '审批逾期，该请求已失效');
}
