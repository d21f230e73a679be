import { Body, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { assertMay, courtScopeOf, may, type Principal } from '#access';
import { afterClause, cutPage, pageStart, Reads, WritesOnce } from '#http';
import { AppError } from '#kernel';
import { parseCaseNumber } from '#orders';
import type { SqlValue } from '#persistence';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { FileCase } from '../../use-cases/file-case/file-case.js';
import { readNewCase } from '../../use-cases/file-case/new-case.js';
import { CaseViews } from '../../use-cases/show-case/case-view.js';
import { loadCase, pathId, readAtOnce, type CaseRow } from '../store/case-rows.js';
import { CaseListQuery, FileCaseBody } from './case-bodies.js';
import { CASE_EXAMPLE } from './case-examples.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

@ApiController('cases', '案件')
export class CasesController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(FileCase) private readonly fileCase: FileCase,
    @Inject(CaseViews) private readonly views: CaseViews,
  ) {}

  @Post()
  @Enter('case.create')
  @WritesOnce({ summary: '立案登记', status: 201, example: CASE_EXAMPLE, errors: ['already-exists', 'court-account-missing'] })
  file(@Body() body: FileCaseBody, @Write() call: WriteCall) {
    const { principal } = call;
    if (may(principal, 'case.create', { courtCode: body.courtCode }).kind !== 'allowed') {
      throw new AppError('forbidden', '只能登记本院案件', { errors: [{ pointer: '/courtCode', detail: '不是本院代码' }] });
    }
    const newCase = readNewCase(body);
    return this.writes.run(call, async () => {
      const [identity] = await this.fileCase.identities(1);
      if (!identity) throw new AppError('invariant-broken', 'no identity was made', { level: 'fatal' });
      const { id, key } = identity;
      return {
        caseId: id,
        caseKey: key,
        work: async (tx) => {
          await this.fileCase.insert(tx, identity, newCase, { userId: principal.userId, handlers: [principal.userId] });
          const view = await this.views.one(tx, await loadCase(tx, id), new Map([[id, key]]), principal);
          return { status: 201, location: `/api/v1/cases/${id}`, body: view };
        },
      };
    });
  }

  @Get()
  @Enter('case.list')
  @Reads({ summary: '案件列表，新立案件在前', example: { items: [CASE_EXAMPLE], nextCursor: null } })
  async list(@Query() query: CaseListQuery, @CurrentPrincipal() principal: Principal) {
    const start = pageStart(query);
    const { reader } = this.parts.database;
    const where = filterOf(query, principal);
    const after = afterClause(start, 'c.created_at', 'c.id');
    const rows = await reader.all<CaseRow>(
      `SELECT c.* FROM cases c WHERE ${where.sql}${after.sql} ORDER BY c.created_at DESC, c.id DESC LIMIT ?`,
      [...where.params, ...after.params, start.limit + 1],
    );
    const page = cutPage(rows, start, (row) => ({ at: row.created_at, id: row.id }));
    const items = await this.views.many(reader, page.rows, await this.views.keysOf(page.rows), principal);
    return { items, nextCursor: page.nextCursor };
  }

  @Get(':id')
  @Enter('case.read')
  @Reads({ summary: '案件详情', example: CASE_EXAMPLE, errors: ['not-found'] })
  async read(@Param('id') id: string, @CurrentPrincipal() principal: Principal) {
    const { reader } = this.parts.database;
    const row = await loadCase(reader, pathId(id));
    assertMay(principal, 'case.read', { courtCode: row.court_code });
    const keys = await this.views.keysOf([row]);
    return readAtOnce(reader, row.id, (seen) => this.views.one(reader, seen, keys, principal));
  }
}

/** What a caller may see stands in the query itself, never behind it. */
function filterOf(query: CaseListQuery, principal: Principal): { sql: string; params: readonly SqlValue[] } {
  const scope = courtScopeOf(principal);
  const clauses: string[] = [];
  const params: SqlValue[] = [];
  const add = (clause: string, value: SqlValue): void => {
    clauses.push(clause);
    params.push(value);
  };
  if (scope.kind === 'court') add('c.court_code = ?', scope.courtCode);
  else if (scope.kind !== 'all') clauses.push('1 = 0');
  if (query.caseNumber !== undefined) add('c.case_number = ?', parseCaseNumber(query.caseNumber)?.text ?? query.caseNumber);
  if (query.status !== undefined) add('c.status = ?', query.status);
  if (query.tag !== undefined) add('EXISTS (SELECT 1 FROM case_tags t WHERE t.case_id = c.id AND t.tag = ?)', query.tag);
  return { sql: clauses.length === 0 ? '1 = 1' : clauses.join(' AND '), params };
}
