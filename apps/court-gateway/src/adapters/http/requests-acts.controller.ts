import { Body, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { GATE_CODES, WritesOnce } from '#http';
import { DecideApproval } from '../../use-cases/decide-approval/decide-approval.js';
import { PrepareApproval } from '../../use-cases/decide-approval/prepare-approval.js';
import { ReadRequests } from '../../use-cases/read-request/read-requests.js';
import { WithdrawRequest } from '../../use-cases/withdraw-request/withdraw-request.js';
import { loadRequest } from '../store/request-rows.js';
import { ApiController, Enter } from './principal.js';
import { ApprovalBody, optionalBody, WithdrawBody } from './request-bodies.js';
import { REQUEST_EXAMPLE } from './request-examples.js';
import { Write, Writes, type WriteCall } from './writes.js';

/** What persons do with a request that has been posted: decide on it, or take it back. */
@ApiController('requests/:id', '请求')
export class RequestActsController {
  constructor(
    @Inject(Writes) private readonly writes: Writes,
    @Inject(PrepareApproval) private readonly prepareApproval: PrepareApproval,
    @Inject(DecideApproval) private readonly decideApproval: DecideApproval,
    @Inject(WithdrawRequest) private readonly withdrawRequest: WithdrawRequest,
    @Inject(ReadRequests) private readonly requests: ReadRequests,
  ) {}

  @Post('approval')
  @HttpCode(200)
  @Enter('request.approve')
  @WritesOnce({
    summary: '审批请求；最后一项审批同时签章、发出',
    description: '由具有相应角色的其他人审批，同一人不得审批两次。批准时各项条件再检查一遍；退回或不批准的，释放已占用的上限。',
    example: REQUEST_EXAMPLE,
    errors: ['own-approval', 'not-found', 'wrong-state', 'stale-version', 'unavailable', ...GATE_CODES],
  })
  approve(@Param('id') id: string, @Body() body: ApprovalBody, @Write() call: WriteCall): Promise<unknown> {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const prepared = await this.prepareApproval.prepare(principal, id, body.decision === 'approve');
      const { caseKey } = prepared;
      return {
        caseId: prepared.request.case_id,
        caseKey,
        work: async (tx) => {
          const row = await this.decideApproval.decide(tx, prepared, principal, body);
          return { status: 200, body: await this.requests.view(tx, row, this.requests.openerWith(caseKey)) };
        },
      };
    });
  }

  @Post('withdraw')
  @HttpCode(202)
  @Enter('request.withdraw')
  @WritesOnce({
    summary: '撤回请求',
    description:
      '等待审批的立即撤回；已发出的，尚未送达银行的请求单由前置撤回（withdrawal: asked，随后 status: withdrawn），已送达的不变并标明 already-sent。',
    status: 202,
    example: { ...REQUEST_EXAMPLE, orders: REQUEST_EXAMPLE.orders.map((order) => ({ ...order, code: 'already-sent' })) },
    errors: ['not-found', 'wrong-state', 'stale-version'],
  })
  withdraw(@Param('id') id: string, @Body() body: unknown, @Write() call: WriteCall): Promise<unknown> {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const { reason } = await optionalBody(body, WithdrawBody);
      const prepared = await this.withdrawRequest.prepare(principal, id);
      const { caseKey } = prepared;
      return {
        caseId: prepared.request.case_id,
        caseKey,
        work: async (tx) => {
          await this.withdrawRequest.withdraw(tx, prepared, principal, reason);
          const view = await this.requests.view(tx, await loadRequest(tx, id), this.requests.openerWith(caseKey));
          return { status: 202, body: view, location: `/api/v1/requests/${id}` };
        },
      };
    });
  }
}
