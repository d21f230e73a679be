import { Body, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { WritesOnce } from '#http';
import { instantText, moneyJson } from '#kernel';
import { maskAccount } from '#privacy';
import { PlanFreeze, type MadePlan } from '../../use-cases/plan-freeze/plan-freeze.js';
import { ApiController, Enter } from './principal.js';
import { PlanBody } from './request-bodies.js';
import { PLAN_EXAMPLE } from './request-examples.js';
import { Write, Writes, type WriteCall } from './writes.js';

@ApiController('cases/:id', '案件')
export class PlansController {
  constructor(
    @Inject(Writes) private readonly writes: Writes,
    @Inject(PlanFreeze) private readonly planFreeze: PlanFreeze,
  ) {}

  @Post('freeze-plan')
  @HttpCode(200)
  @Enter('freeze-plan.make')
  @WritesOnce({
    summary: '制作冻结方案：在案件上限内，按各财产可冻结的金额分配',
    description: '不通知银行的，先重新查询。方案一小时内有效；案件金额或财产情况变化后提交冻结时答复 plan-stale。',
    example: PLAN_EXAMPLE,
    errors: ['not-found', 'case-closed'],
  })
  plan(@Param('id') id: string, @Body() body: PlanBody, @Write() call: WriteCall): Promise<unknown> {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const prepared = await this.planFreeze.prepare(principal, id);
      return {
        ...prepared,
        work: async (tx) => ({ status: 200, body: planView(await this.planFreeze.make(tx, prepared, body, principal)) }),
      };
    });
  }
}

function planView({ id, row, committed, plan, validTo }: MadePlan) {
  const { currency } = row;
  return {
    planId: id,
    ceiling: moneyJson(BigInt(row.ceiling), currency),
    committed: moneyJson(committed, currency),
    lines: plan.lines.map(({ holdingId, bank, account, amount }) => ({
      holdingId,
      bank,
      account: maskAccount(account),
      amount: moneyJson(amount, currency),
    })),
    total: moneyJson(plan.total, currency),
    uncovered: moneyJson(plan.uncovered, currency),
    validTo: instantText(validTo),
  };
}
