import { Inject, Injectable } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { AppError, type Instant } from '#kernel';
import { checkApproval, missingApprovals, type ApprovalState } from '#orders';
import { compareAndSetOrStale, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { lockCase, notFound, type CaseRow } from '../../adapters/store/case-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { assertOpen, ChangeCase } from './change-case.js';
import { approvalsOnly, findChange, givenOf, openChange, requiredOf, stateAt, type ChangeRow, type GivenApproval } from './change-rows.js';

export interface Decision {
  readonly decision: 'approve' | 'reject' | 'return';
  readonly reason?: string;
}

const ENDS: Readonly<Record<Decision['decision'], ApprovalState>> = { approve: 'approved', reject: 'rejected', return: 'returned' };

/** Another person's decision on a waiting change. The last approval that was missing applies it in the same transaction. */
@Injectable()
export class ApproveChange {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(ChangeCase) private readonly changeCase: ChangeCase,
  ) {}

  /** @throws AppError `not-found`, `forbidden`, `own-approval`, `wrong-state`, `stale-version`, and what applying may throw */
  async decide(tx: Tx, caseId: string, changeId: string, key: DataKey, decision: Decision, by: Principal): Promise<ChangeRow> {
    const row = await lockCase(tx, caseId);
    const change = await findChange(tx, caseId, changeId);
    if (!change) throw notFound();
    const given = this.judge(row, change, decision, by);
    const status = decision.decision === 'approve' && isMissing(change, given) ? 'awaiting' : ENDS[decision.decision];
    await compareAndSetOrStale(
      tx,
      'case_changes',
      { status, approvals: JSON.stringify([...givenOf(change), given]), version: change.version + 1 },
      { id: change.id, version: change.version, status: 'awaiting' },
    );
    await this.changeCase.record(tx, row, key, `case.change-${wordOf(decision)}`, by, {
      changeId,
      kind: change.kind,
      role: given.role,
      reason: decision.reason,
    });
    if (status === 'approved') {
      assertOpen(row);
      await this.changeCase.apply(tx, row, key, change, openChange(this.vault, key, change));
    }
    return (await findChange(tx, caseId, changeId)) ?? change;
  }

  private judge(row: CaseRow, change: ChangeRow, decision: Decision, by: Principal): GivenApproval {
    const now: Instant = this.parts.clock.now();
    const state = stateAt(change, now);
    if (state !== 'awaiting') throw new AppError('wrong-state', state === 'lapsed' ? '审批逾期，变更已失效' : '该变更已有结论');
    const approved = approvalsOnly(change);
    const action = change.kind === 'debt' ? 'case.debt.approve' : 'case.court-account.approve';
    assertMay(by, action, {
      courtCode: row.court_code,
      requestedBy: change.by_user,
      approvedBy: approved.map((approval) => approval.by),
      rolesNeeded: missingApprovals({ required: requiredOf(change), given: approved }),
    });
    const approver = { id: by.userId, roles: by.roles };
    const verdict = checkApproval({ required: requiredOf(change), given: approved, requestedBy: change.by_user, approver });
    if ('code' in verdict) throw new AppError(verdict.code, verdict.detail);
    return { decision: decision.decision, role: verdict.role, by: by.userId, at: now };
  }
}

function isMissing(change: ChangeRow, given: GivenApproval): boolean {
  return missingApprovals({ required: requiredOf(change), given: [...approvalsOnly(change), given] }).length > 0;
}

function wordOf({ decision }: Decision): string {
  return decision === 'approve' ? 'approved' : `${decision}ed`;
}
