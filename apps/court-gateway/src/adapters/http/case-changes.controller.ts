import { Body, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { assertMay, type Action, type Principal } from '#access';
import { Reads, WritesOnce } from '#http';
import { maskAccount, type DataKey } from '#privacy';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { ApproveChange, type Decision } from '../../use-cases/change-case/approve-change.js';
import { ChangeCase } from '../../use-cases/change-case/change-case.js';
import {
  changesOf,
  changeView,
  openChange,
  type ChangeBody,
  type ChangeKind,
  type ChangeRow,
  type CourtAccountChange,
} from '../../use-cases/change-case/change-rows.js';
import { Vault } from '../../vault.js';
import { loadCase, notFound, pathId } from '../store/case-rows.js';
import { ChangeApprovalBody, CourtAccountChangeBody, DebtChangeBody } from './case-bodies.js';
import { CHANGE_EXAMPLE } from './case-examples.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

const APPROVAL_ERRORS = [
  'not-found',
  'own-approval',
  'wrong-state',
  'stale-version',
  'case-closed',
  'court-account-missing',
  'open-orders',
];

/** Debt and court account of a case: proposed by one person, in force when others have approved. */
@ApiController('cases/:id', '案件变更')
export class CaseChangesController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(ChangeCase) private readonly changeCase: ChangeCase,
    @Inject(ApproveChange) private readonly approveChange: ApproveChange,
  ) {}

  @Put('debt')
  @HttpCode(202)
  @Enter('case.debt.change')
  @WritesOnce({
    summary: '变更债权数额，待一人审批后生效',
    description: '审批：POST /cases/{id}/changes/{changeId}/approval，或 POST /cases/{id}/debt/approval。',
    status: 202,
    example: CHANGE_EXAMPLE,
    errors: ['not-found', 'stale-version', 'wrong-state', 'case-closed'],
  })
  debt(@Param('id') id: string, @Body() body: DebtChangeBody, @Write() call: WriteCall) {
    const { version, principal, interest = '0', interestTo, fee = '0', reason } = body;
    const change = { principal, interest, fee, reason, ...(interestTo === undefined ? {} : { interestTo }) };
    return this.propose(id, 'debt', version, change, call);
  }

  @Put('court-account')
  @HttpCode(202)
  @Enter('case.court-account.change')
  @WritesOnce({
    summary: '变更执行款账户，须在本院登记簿内，待二人（执行法官、局长）审批后生效',
    description: '审批：POST /cases/{id}/changes/{changeId}/approval，或 POST /cases/{id}/court-account/approval。',
    status: 202,
    example: { ...CHANGE_EXAMPLE, kind: 'court-account' },
    errors: ['not-found', 'stale-version', 'wrong-state', 'case-closed', 'court-account-missing', 'open-orders'],
  })
  courtAccount(@Param('id') id: string, @Body() body: CourtAccountChangeBody, @Write() call: WriteCall) {
    const { version, name, number, subAccount, bankName, bankNumber, reason } = body;
    const change = { name, number, bankName, bankNumber, reason, ...(subAccount === undefined ? {} : { subAccount }) };
    return this.propose(id, 'court-account', version, change, call);
  }

  @Get('changes')
  @Enter('case.read')
  @Reads({ summary: '案件变更及其审批', example: { items: [CHANGE_EXAMPLE] }, errors: ['not-found'] })
  async list(@Param('id') id: string, @CurrentPrincipal() principal: Principal) {
    const key = await this.keyFor(id, principal, 'case.read');
    const rows = await changesOf(this.parts.database.reader, id);
    return { items: rows.map((row) => this.view(row, key)) };
  }

  @Post('changes/:changeId/approval')
  @HttpCode(200)
  @Enter('case.debt.approve', 'case.court-account.approve')
  @WritesOnce({ summary: '审批案件变更', example: { ...CHANGE_EXAMPLE, status: 'approved' }, errors: APPROVAL_ERRORS })
  approve(@Param('id') id: string, @Param('changeId') changeId: string, @Body() body: ChangeApprovalBody, @Write() call: WriteCall) {
    return this.decide(id, () => Promise.resolve(pathId(changeId)), body, call);
  }

  @Post('debt/approval')
  @HttpCode(200)
  @Enter('case.debt.approve')
  @WritesOnce({ summary: '审批最近一次债权变更', example: { ...CHANGE_EXAMPLE, status: 'approved' }, errors: APPROVAL_ERRORS })
  approveDebt(@Param('id') id: string, @Body() body: ChangeApprovalBody, @Write() call: WriteCall) {
    return this.decide(id, () => this.newest(id, 'debt'), body, call);
  }

  @Post('court-account/approval')
  @HttpCode(200)
  @Enter('case.court-account.approve')
  @WritesOnce({ summary: '审批最近一次执行款账户变更', example: { ...CHANGE_EXAMPLE, status: 'approved' }, errors: APPROVAL_ERRORS })
  approveCourtAccount(@Param('id') id: string, @Body() body: ChangeApprovalBody, @Write() call: WriteCall) {
    return this.decide(id, () => this.newest(id, 'court-account'), body, call);
  }

  private propose(id: string, kind: ChangeKind, version: number, body: ChangeBody, call: WriteCall) {
    const action = kind === 'debt' ? 'case.debt.change' : 'case.court-account.change';
    return this.writes.run(call, async () => {
      const caseKey = await this.keyFor(id, call.principal, action);
      return {
        caseId: id,
        caseKey,
        work: async (tx) => {
          const row = await this.changeCase.propose(tx, id, caseKey, { kind, version, body }, call.principal);
          return { status: 202, location: `/api/v1/cases/${id}/changes`, body: this.view(row, caseKey) };
        },
      };
    });
  }

  private decide(id: string, changeOf: () => Promise<string>, body: ChangeApprovalBody, call: WriteCall) {
    const decision: Decision = { decision: body.decision, ...(body.reason === undefined ? {} : { reason: body.reason }) };
    return this.writes.run(call, async () => {
      const caseKey = await this.keyFor(id, call.principal, 'case.read');
      const changeId = await changeOf();
      return {
        caseId: id,
        caseKey,
        work: async (tx) => {
          const row = await this.approveChange.decide(tx, id, changeId, caseKey, decision, call.principal);
          return { status: 200, body: this.view(row, caseKey) };
        },
      };
    });
  }

  private async newest(caseId: string, kind: ChangeKind): Promise<string> {
    const rows = await changesOf(this.parts.database.reader, caseId);
    const row = rows.find((each) => each.kind === kind);
    if (!row) throw notFound();
    return row.id;
  }

  /** The case's key, once the caller may do this to the case. */
  private async keyFor(id: string, principal: Principal, action: Extract<Action, `case.${string}`>): Promise<DataKey> {
    const row = await loadCase(this.parts.database.reader, pathId(id));
    assertMay(principal, action as 'case.read', { courtCode: row.court_code });
    return this.vault.keyOf(id);
  }

  private view(row: ChangeRow, key: DataKey) {
    const body = openChange(this.vault, key, row);
    return changeView(row, row.kind === 'court-account' ? masked(body as CourtAccountChange) : { ...body }, this.parts.clock.now());
  }
}

function masked(account: CourtAccountChange) {
  const { number, subAccount } = account;
  return { ...account, number: maskAccount(number), ...(subAccount === undefined ? {} : { subAccount: maskAccount(subAccount) }) };
}
