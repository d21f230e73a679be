import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '#access';
import { Caller, EnterBy } from '#http';
import { MisuseService } from '../../misuse-service.js';
import type { FindingView } from '../../use-cases/list-findings/list-findings.js';
import { problem } from './entries.controller.js';
import { FINDING_EXAMPLE, FindingQuery, findingQuestionOf, findingId, MarkBody } from './finding-query.js';
import { LedgerGuard } from './ledger-access.js';
import { cursorOf, pageOf } from './search-query.js';

/** What the misuse watch has found (责任追究), for auditors. */
@ApiTags('ledger')
@ApiBearerAuth()
@UseGuards(LedgerGuard)
@Controller('ledger/v1/findings')
export class FindingsController {
  constructor(private readonly misuse: MisuseService) {}

  @Get()
  @EnterBy('ledger.findings.read')
  @ApiOperation({
    summary: '责任追究线索（审计员），最新在前',
    description:
      '线索是对人的提问，不是结论。规则、阈值和说明见 deploy/policy.yaml；evidence 逐条列出账本及叶的序号，可用 /ledger/<year>/v1/proofs/inclusion 证明。行为人为用户 id，属账本之外的私有属性；叶中只有按年变化的化名。',
  })
  @ApiOkResponse({ example: { items: [FINDING_EXAMPLE], nextCursor: null } })
  @problem('invalid')
  @problem('unauthenticated')
  @problem('forbidden')
  async list(@Query() query: FindingQuery): Promise<Record<string, unknown>> {
    const { limit, after } = pageOf(query);
    const { items, next } = await this.misuse.listFindings.page(findingQuestionOf(query), limit, after);
    return { items, nextCursor: cursorOf(next) };
  }

  @Post(':id/mark')
  @HttpCode(200)
  @EnterBy('ledger.finding.mark')
  @ApiOperation({
    summary: '将线索标记为误报，须说明理由（审计员；不得标记针对本人的线索）',
    description:
      '标记本身是账本中的一条事实（misuse.marked），不可撤回。理由加密保存，不进入账本；请勿写入当事人信息。同一人以同一理由重复提交，结果相同。',
  })
  @ApiOkResponse({ example: FINDING_EXAMPLE })
  @problem('invalid')
  @problem('unauthenticated')
  @problem('forbidden')
  @problem('not-found')
  @problem('wrong-state')
  async mark(@Caller() by: Principal, @Param('id') id: string, @Body() { reason }: MarkBody): Promise<FindingView> {
    const row = await this.misuse.markFinding.execute(findingId(id), reason, by);
    this.misuse.nudge();
    return this.misuse.listFindings.view(row);
  }
}
