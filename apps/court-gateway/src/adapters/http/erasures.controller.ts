import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { assertMay, courtScopeOf, type Principal } from '#access';
import { afterClause, cutPage, Filter, Id, OneOf, PageQuery, pageStart, Reads, Text, WritesOnce } from '#http';
import { AppError } from '#kernel';
import type { SqlValue } from '#persistence';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { EraseApproved } from '../../use-cases/erase-case/erase-approved.js';
import { ProposeErasure } from '../../use-cases/erase-case/propose-erasure.js';
import { pathId } from '../store/case-rows.js';
import { banksOf, findErasure, type ErasureRow } from '../store/erasure-rows.js';
import { ERASURE_EXAMPLE, erasureView } from './erasure-views.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

const DECISIONS = ['approve', 'reject'] as const;

export class ErasureBody {
  @Id()
  caseId!: string;

  @Text({ max: 500, lines: true, description: '销毁的法律依据；永久保存，不得写个人信息', example: '档案保管期限届满' })
  reason!: string;
}

export class ErasureDecisionBody {
  @OneOf(DECISIONS)
  decision!: (typeof DECISIONS)[number];

  @Text({ max: 500, optional: true, lines: true })
  reason?: string;
}

export class ErasureListQuery extends PageQuery {
  @Filter(80, '案件标识')
  caseId?: string;
}

/** Erasing the content of closed cases: proposed by one person, decided by another, done by the system. */
@ApiController('erasures', '销毁')
export class ErasuresController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(ProposeErasure) private readonly proposeErasure: ProposeErasure,
    @Inject(EraseApproved) private readonly eraseApproved: EraseApproved,
  ) {}

  @Post()
  @HttpCode(202)
  @Enter('case.erase')
  @WritesOnce({
    summary: '提议销毁已结案件的内容，待本院另一人复核',
    description: '案件须已结案，且无未解除的冻结、未办结的请求、未到账的执行款和待办。销毁后不可恢复；账本与证明不受影响。',
    status: 202,
    example: { ...ERASURE_EXAMPLE, state: 'awaiting', banks: [] },
    errors: ['not-found', 'wrong-state', 'live-measures', 'open-orders'],
  })
  propose(@Body() { caseId, reason }: ErasureBody, @Write() call: WriteCall) {
    return this.writes.run(call, () =>
      Promise.resolve({
        work: async (tx) => {
          const row = await this.proposeErasure.propose(tx, pathId(caseId), reason, call.principal);
          return { status: 202, location: `/api/v1/erasures/${row.id}`, body: erasureView(row, []) };
        },
      }),
    );
  }

  @Post(':id/approval')
  @HttpCode(202)
  @Enter('case.erase.approve')
  @WritesOnce({
    summary: '复核销毁提议；批准后即行销毁，进度见销毁详情（destroyed：本系统已销毁，erased：各银行前置亦已确认）',
    status: 202,
    example: { ...ERASURE_EXAMPLE, state: 'approved', banks: [] },
    errors: ['not-found', 'own-approval', 'wrong-state', 'stale-version', 'live-measures', 'open-orders'],
  })
  async decide(@Param('id') id: string, @Body() body: ErasureDecisionBody, @Write() call: WriteCall) {
    const answer = await this.writes.run(call, () =>
      Promise.resolve({
        work: async (tx) => ({
          status: 202,
          body: erasureView(await this.proposeErasure.decide(tx, pathId(id), body, call.principal), []),
        }),
      }),
    );
    this.eraseApproved.wake();
    return answer;
  }

  @Get()
  @Enter('case.erasure.list')
  @Reads({ summary: '销毁提议及进度，新的在前', example: { items: [ERASURE_EXAMPLE], nextCursor: null } })
  async list(@Query() query: ErasureListQuery, @CurrentPrincipal() principal: Principal) {
    const { reader } = this.parts.database;
    const start = pageStart(query);
    const after = afterClause(start, 'asked_at', 'id');
    const where = filterOf(query, principal);
    const rows = await reader.all<ErasureRow>(
      `SELECT * FROM erasures WHERE ${where.sql}${after.sql} ORDER BY asked_at DESC, id DESC LIMIT ?`,
      [...where.params, ...after.params, start.limit + 1],
    );
    const page = cutPage(rows, start, ({ asked_at: at, id }) => ({ at, id }));
    return { items: await this.views(page.rows), nextCursor: page.nextCursor };
  }

  @Get(':id')
  @Enter('case.erasure.read')
  @Reads({ summary: '一项销毁的进度', example: ERASURE_EXAMPLE, errors: ['not-found'] })
  async read(@Param('id') id: string, @CurrentPrincipal() principal: Principal) {
    const row = await findErasure(this.parts.database.reader, pathId(id));
    if (!row) throw new AppError('not-found', '没有该销毁提议');
    assertMay(principal, 'case.erasure.read', { courtCode: row.court_code });
    return (await this.views([row]))[0];
  }

  private async views(rows: readonly ErasureRow[]) {
    const banks = await banksOf(
      this.parts.database.reader,
      rows.map(({ id }) => id),
    );
    return rows.map((row) =>
      erasureView(
        row,
        banks.filter(({ erasure_id }) => erasure_id === row.id),
      ),
    );
  }
}

/** What a caller may see stands in the query itself. */
function filterOf({ caseId }: ErasureListQuery, principal: Principal): { sql: string; params: readonly SqlValue[] } {
  const scope = courtScopeOf(principal);
  const clauses = caseId === undefined ? [] : ['case_id = ?'];
  const params: SqlValue[] = caseId === undefined ? [] : [caseId];
  if (scope.kind === 'court') {
    clauses.push('court_code = ?');
    params.push(scope.courtCode);
  } else if (scope.kind !== 'all') clauses.push('1 = 0');
  return { sql: clauses.length === 0 ? '1 = 1' : clauses.join(' AND '), params };
}
