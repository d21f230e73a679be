import { Body, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { WritesOnce } from '#http';
import { moneyJson, parseAmount } from '#kernel';
import { CloseCase } from '../../use-cases/close-case/close-case.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { RecordSatisfaction } from '../../use-cases/record-satisfaction/record-satisfaction.js';
import { CaseViews, figuresView } from '../../use-cases/show-case/case-view.js';
import { figuresOfCase } from '../store/case-figures.js';
import { loadCase, pathId } from '../store/case-rows.js';
import { CloseBody, SatisfactionBody } from './case-bodies.js';
import { CASE_EXAMPLE, FIGURES_EXAMPLE } from './case-examples.js';
import { ApiController, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

/** What happens to a whole case: satisfactions from outside, and its closing. */
@ApiController('cases/:id', '案件')
export class CaseActsController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(RecordSatisfaction) private readonly recordSatisfaction: RecordSatisfaction,
    @Inject(CloseCase) private readonly closeCase: CloseCase,
    @Inject(CaseViews) private readonly views: CaseViews,
  ) {}

  @Post('satisfactions')
  @Enter('case.satisfaction.add')
  @WritesOnce({
    summary: '记录扣划以外的履行；reversal 冲回',
    status: 201,
    example: { id: '0199…', kind: 'voluntary', amount: { amount: '10000.00', currency: 'CNY' }, on: '2026-03-10', ...FIGURES_EXAMPLE },
    errors: ['not-found', 'case-closed'],
  })
  satisfy(@Param('id') id: string, @Body() body: SatisfactionBody, @Write() call: WriteCall) {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const caseKey = await this.keyFor(id, principal, 'case.satisfaction.add');
      return {
        caseId: id,
        caseKey,
        work: async (tx) => {
          const satisfactionId = await this.recordSatisfaction.execute(tx, id, caseKey, body, principal);
          const row = await loadCase(tx, id);
          const { kind, on, amount } = body;
          return {
            status: 201,
            location: `/api/v1/cases/${id}`,
            body: {
              id: satisfactionId,
              kind,
              amount: moneyJson(parseAmount(amount, row.currency), row.currency),
              on,
              version: row.version,
              ...figuresView(row, await figuresOfCase(tx, row)),
            },
          };
        },
      };
    });
  }

  @Post('close')
  @HttpCode(200)
  @Enter('case.close')
  @WritesOnce({
    summary: '结案',
    description: '尚有控制措施、未办结请求或未到账执行款时拒绝；no-assets（终本）保留措施，须三个月内查询过全部银行。',
    example: { ...CASE_EXAMPLE, status: 'closed', closed: { manner: 'paid', reason: '执行完毕', at: '2026-04-09T01:02:03.000Z' } },
    errors: ['not-found', 'not-handler', 'case-closed', 'live-measures', 'open-orders'],
  })
  close(@Param('id') id: string, @Body() body: CloseBody, @Write() call: WriteCall) {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const caseKey = await this.keyFor(id, principal, 'case.close');
      return {
        caseId: id,
        caseKey,
        work: async (tx) => {
          await this.closeCase.execute(tx, id, caseKey, body, principal);
          return { status: 200, body: await this.views.one(tx, await loadCase(tx, id), new Map([[id, caseKey]]), principal) };
        },
      };
    });
  }

  private async keyFor(id: string, principal: Principal, action: 'case.satisfaction.add' | 'case.close') {
    const row = await loadCase(this.parts.database.reader, pathId(id));
    assertMay(principal, action, { courtCode: row.court_code });
    return this.views.keyOf(id);
  }
}
