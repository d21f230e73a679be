import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import { AppError, newId, type CanonicalValue } from '#kernel';
import { FactRecorder } from '#messaging';
import { approvalLapsesAt, type ApproverRole } from '#orders';
import { insert, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { lockCase, type CaseRow } from '../../adapters/store/case-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { MONEY_WATCH, type MoneyWatch } from '../money-watch.js';
import { applyCourtAccount, applyDebt, assertAccountMayChange, debtOf } from './apply-change.js';
import { findChange, type ChangeBody, type ChangeKind, type ChangeRow, type DebtChange } from './change-rows.js';

export interface ProposedChange {
  readonly kind: ChangeKind;
  /** The version of the case that the caller has read. */
  readonly version: number;
  readonly body: ChangeBody;
}

/** Changes of a case's debt and court account wait for approval (审执分离); without an approval asked for they apply at once. */
@Injectable()
export class ChangeCase {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(MONEY_WATCH) private readonly watch: MoneyWatch,
  ) {}

  /** @throws AppError `stale-version`, `case-closed`, `wrong-state` (one waits already), `invalid`, `court-account-missing`, `open-orders` */
  async propose(tx: Tx, caseId: string, key: DataKey, change: ProposedChange, by: Principal): Promise<ChangeRow> {
    const row = await lockCase(tx, caseId);
    assertOpen(row);
    if (row.version !== change.version) throw new AppError('stale-version', '案件已被他人修改，请重新读取后再试');
    await this.assertLawful(tx, row, change.kind, change.body);
    await this.assertNoneWaits(tx, row.id, change.kind);
    const required = this.parts.policy.approvals[change.kind];
    const stored = await this.store(tx, row, key, change, by, required);
    await this.record(tx, row, key, 'case.change-proposed', by, { changeId: stored.id, kind: change.kind, ...contentOf(change.body) });
    if (required.length === 0) await this.apply(tx, row, key, stored, change.body);
    return stored;
  }

  /** Judges once more what was lawful when it was proposed and writes it into the case. */
  async apply(tx: Tx, locked: CaseRow, key: DataKey, change: ChangeRow, body: ChangeBody): Promise<void> {
    await this.assertLawful(tx, locked, change.kind, body);
    if (isDebt(change.kind, body)) await applyDebt(tx, locked, key, debtOf(body, locked.currency), this.watch);
    else await applyCourtAccount(tx, this.vault, locked, key, body);
  }

  async record(tx: Tx, row: CaseRow, key: DataKey, type: string, by: Principal, content: CanonicalValue): Promise<void> {
    const { id: caseId, case_number: caseNumber } = row;
    await this.facts.record(tx, { type, subject: `case:${caseId}`, actor: by.userId, caseNumber, caseId, caseKey: key, content });
  }

  private async assertLawful(tx: Tx, row: CaseRow, kind: ChangeKind, body: ChangeBody): Promise<void> {
    if (isDebt(kind, body)) debtOf(body, row.currency);
    else await assertAccountMayChange(tx, this.vault, row, body);
  }

  private async assertNoneWaits(tx: Tx, caseId: string, kind: ChangeKind): Promise<void> {
    const waiting = await tx.one<{ id: string }>(
      "SELECT id FROM case_changes WHERE case_id = ? AND kind = ? AND status = 'awaiting' AND lapse_at > ?",
      [caseId, kind, this.parts.clock.now()],
    );
    if (waiting) throw new AppError('wrong-state', '已有同类变更等待审批', { extra: { changeId: waiting.id } });
  }

  private async store(
    tx: Tx,
    row: CaseRow,
    key: DataKey,
    change: ProposedChange,
    by: Principal,
    required: readonly ApproverRole[],
  ): Promise<ChangeRow> {
    const { clock, entropy, policy } = this.parts;
    const id = newId(clock, entropy);
    const at = clock.now();
    await insert(tx, 'case_changes', {
      id,
      case_id: row.id,
      kind: change.kind,
      status: required.length === 0 ? 'approved' : 'awaiting',
      body_sealed: this.vault.seal(key, 'case_changes', 'body_sealed', id, change.body),
      approvals: '[]',
      required: JSON.stringify(required),
      by_user: by.userId,
      at,
      lapse_at: approvalLapsesAt(policy, at),
      version: 1,
    });
    const stored = await findChange(tx, row.id, id);
    if (!stored) throw new AppError('invariant-broken', 'a change that was inserted is not there', { level: 'fatal' });
    return stored;
  }
}

export function isDebt(kind: ChangeKind, _body: ChangeBody): _body is DebtChange {
  return kind === 'debt';
}

export function assertOpen(row: CaseRow): void {
  if (row.status === 'closed') throw new AppError('case-closed', '案件已结案');
}

/** The change as facts hold it, in clear under the salted commitment. */
export function contentOf(body: ChangeBody): Readonly<Record<string, CanonicalValue>> {
  return { proposed: { ...body } };
}
