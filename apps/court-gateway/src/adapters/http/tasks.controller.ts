import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { courtScopeOf, mayEnter, type Principal } from '#access';
import { cutPage, Id, OneOf, PageQuery, pageStart, Reads, Text, WritesOnce } from '#http';
import { AppError, endOfLegalDate, isLegalDate, parseInstant, type Instant } from '#kernel';
import { TASK_KINDS, type TaskKind } from '#orders';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { DoTask } from '../../use-cases/do-task/do-task.js';
import { taskView } from '../../use-cases/show-money/money-views.js';
import { Vault } from '../../vault.js';
import { bankTaskKey, listTasks, Tasks, type TaskRow } from '../store/task-rows.js';
import { invalidAt } from './base64.js';
import { TASK_EXAMPLE } from './money-examples.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';
import { optionalBody } from './request-bodies.js';
import { Write, Writes, type WriteCall } from './writes.js';

const NOTE_MAX = 500;

export class TaskListQuery extends PageQuery {
  @OneOf(TASK_KINDS, { optional: true })
  kind?: TaskKind;

  @Text({ max: 40, optional: true, description: '只列到期时间不晚于此的：日期（当日24时）或 RFC 3339 时间', example: '2026-03-12' })
  due?: string;

  @OneOf(['open', 'done'], { optional: true, description: '默认 open' })
  state?: 'open' | 'done';

  @Id({ optional: true })
  caseId?: string;
}

export class TaskDoneBody {
  @Text({ max: NOTE_MAX, optional: true, lines: true, description: '如何处理的' })
  note?: string;
}

@ApiController('tasks', '待办')
export class TasksController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(Tasks) private readonly tasks: Tasks,
    @Inject(DoTask) private readonly doTask: DoTask,
  ) {}

  @Get()
  @Enter('task.list')
  @Reads({ summary: '待办列表，新的在前', example: { items: [TASK_EXAMPLE], nextCursor: null } })
  async list(@Query() query: TaskListQuery, @CurrentPrincipal() principal: Principal) {
    const start = pageStart(query);
    const filter = {
      scope: courtScopeOf(principal),
      ofBanks: mayEnter(principal, 'bank-task.done'),
      state: query.state ?? 'open',
      ...(query.kind === undefined ? {} : { kind: query.kind }),
      ...(query.caseId === undefined ? {} : { caseId: query.caseId }),
      ...(query.due === undefined ? {} : { dueBy: dueByOf(query.due) }),
    };
    const rows = await listTasks(this.parts.database.reader, filter, start);
    const { rows: shown, nextCursor } = cutPage(rows, start, ({ at, id }) => ({ at, id }));
    const items: unknown[] = [];
    for (const row of shown) items.push(await this.view(row));
    return { items, nextCursor };
  }

  @Post(':id/done')
  @HttpCode(200)
  @Enter('task.done')
  @WritesOnce(
    { summary: '办结待办', example: { ...TASK_EXAMPLE, state: 'done' }, errors: ['not-found', 'wrong-state'] },
    { done: { note: '已与银行核实' } },
  )
  done(@Param('id') id: string, @Body() body: unknown, @Write() call: WriteCall) {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const { note } = await optionalBody(body, TaskDoneBody);
      const prepared = await this.doTask.prepare(principal, id);
      return {
        ...prepared.ofCase,
        work: async (tx) => {
          const row = await this.doTask.execute(tx, prepared, note, principal);
          return { status: 200, body: taskView(row, this.tasks.detailOf(prepared.key, row)) };
        },
      };
    });
  }

  /** A case whose content was erased keeps its tasks, without what they say. */
  private async view(row: TaskRow) {
    if (row.case_id === null) return taskView(row, this.tasks.detailOf(bankTaskKey(this.vault), row));
    try {
      return taskView(row, this.tasks.detailOf(await this.vault.keyOf(row.case_id), row));
    } catch (error) {
      if (error instanceof AppError && error.code === 'content-erased') return taskView(row, undefined);
      throw error;
    }
  }
}

function dueByOf(text: string): Instant {
  if (isLegalDate(text)) return endOfLegalDate(text);
  try {
    return parseInstant(text);
  } catch (error) {
    if (error instanceof AppError) throw invalidAt('/due', '是日期或 RFC 3339 时间');
    throw error;
  }
}
