import { Inject, Injectable } from '@nestjs/common';
import { afterClause, type PageStart } from '#http';
import { newId, type Instant } from '#kernel';
import type { Scope } from '#access';
import { isStateOf, type LifeCycle, type TaskKind } from '#orders';
import { compareAndSet, placeholders, type Reader, type Row, type SqlValue, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';

type TaskState = 'open' | 'done';

const TASK_LIFE: LifeCycle<TaskState> = { name: 'task', initial: ['open'], next: { open: ['done'], done: [] } };

/** A row of `tasks`. `subject` is the id or number of what must be looked at. */
export interface TaskRow extends Row {
  readonly id: string;
  readonly version: number;
  readonly kind: TaskKind;
  readonly subject: string;
  readonly case_id: string | null;
  readonly court_code: string | null;
  readonly request_id: string | null;
  readonly order_number: string | null;
  readonly seq: number | null;
  readonly detail_sealed: Buffer | null;
  readonly state: TaskState;
  readonly due_at: Instant | null;
  readonly at: Instant;
  readonly done_by: string | null;
  readonly done_at: Instant | null;
}

/** What must be done, in Chinese, and what else the screen may show; no account or id number in clear. */
export interface TaskDetail {
  readonly text: string;
  readonly [name: string]: string | number | undefined;
}

export interface NewTask {
  readonly kind: TaskKind;
  readonly subject: string;
  /** Left out, with the court, where it concerns a bank and no case: then it is the leaders'. */
  readonly caseId?: string;
  readonly courtCode?: string;
  /** Of the case; where there is none, a system key (`bankTaskKey`). */
  readonly caseKey: DataKey;
  readonly requestId?: string;
  readonly orderNumber?: string;
  readonly seq?: number;
  readonly dueAt?: Instant;
  readonly detail: TaskDetail;
}

/** Done by the system itself, because what the task asked for has happened. */
export const DONE_BY_SYSTEM = 'system';

/** Opens and closes what persons must decide or do. There is at most one open task of a kind on one subject. */
@Injectable()
export class Tasks {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /** Opens a task unless one of this kind is open on the subject; says whether it did. */
  async open(tx: Tx, task: NewTask): Promise<boolean> {
    const id = newId(this.parts.clock, this.parts.entropy);
    return tx.insertOnce('tasks', {
      id,
      version: 1,
      kind: task.kind,
      subject: task.subject,
      case_id: task.caseId ?? null,
      court_code: task.courtCode ?? null,
      request_id: task.requestId ?? null,
      order_number: task.orderNumber ?? null,
      seq: task.seq ?? null,
      detail_sealed: this.vault.seal(task.caseKey, 'tasks', 'detail_sealed', id, task.detail),
      state: 'open',
      open_key: 'open',
      due_at: task.dueAt ?? null,
      at: this.parts.clock.now(),
      done_by: null,
      done_at: null,
    });
  }

  /** Closes the open tasks of some kinds on some subjects, because what they asked for has happened. */
  async settle(tx: Tx, kinds: readonly TaskKind[], subjects: readonly string[]): Promise<void> {
    if (subjects.length === 0) return;
    await tx.run(
      `UPDATE tasks SET state = 'done', open_key = id, version = version + 1, done_by = ?, done_at = ?
       WHERE state = 'open' AND kind IN (${placeholders(kinds.length)}) AND subject IN (${placeholders(subjects.length)})`,
      [DONE_BY_SYSTEM, this.parts.clock.now(), ...kinds, ...subjects],
    );
  }

  /** Closes one task by a person; false when it was closed meanwhile. */
  finish(tx: Tx, row: TaskRow, by: string): Promise<boolean> {
    return compareAndSet(
      tx,
      'tasks',
      { state: 'done', open_key: row.id, version: row.version + 1, done_by: by, done_at: this.parts.clock.now() },
      { id: row.id, version: row.version, state: 'open' },
    );
  }

  detailOf(caseKey: DataKey, row: TaskRow): TaskDetail | undefined {
    if (row.detail_sealed === null) return undefined;
    return this.vault.open<TaskDetail>(caseKey, 'tasks', 'detail_sealed', row.id, row.detail_sealed);
  }
}

/** What tasks without a case are sealed under. */
export function bankTaskKey(vault: Vault): DataKey {
  return vault.systemKey('statements');
}

/** Subjects of a kind's open tasks that begin with a text. */
export async function openSubjects(reader: Reader, kind: TaskKind, prefix: string): Promise<readonly string[]> {
  const rows = await reader.all<{ subject: string }>(
    "SELECT subject FROM tasks WHERE kind = ? AND subject >= ? AND subject < ? AND state = 'open' ORDER BY subject",
    [kind, prefix, `${prefix}\u{10ffff}`],
  );
  return rows.map(({ subject }) => subject);
}

export function findTask(reader: Reader, taskId: string): Promise<TaskRow | undefined> {
  return reader.one<TaskRow>('SELECT * FROM tasks WHERE id = ?', [taskId]);
}

export function isTaskState(text: string): text is TaskState {
  return isStateOf(TASK_LIFE, text);
}

export interface TaskFilter {
  readonly scope: Scope;
  readonly kind?: TaskKind;
  readonly state: TaskState;
  readonly caseId?: string;
  /** Only tasks due by then. */
  readonly dueBy?: Instant;
  /** Whether tasks that concern a bank and no court are listed beside the court's. */
  readonly ofBanks?: boolean;
}

/** One row more than the page holds, newest first. */
export async function listTasks(reader: Reader, filter: TaskFilter, start: PageStart): Promise<TaskRow[]> {
  if (filter.scope.kind !== 'all' && filter.scope.kind !== 'court') return [];
  const where = ['state = ?'];
  const params: SqlValue[] = [filter.state];
  const narrow = (sql: string, value: SqlValue | undefined): void => {
    if (value === undefined) return;
    where.push(sql);
    params.push(value);
  };
  const ofCourt = filter.ofBanks === true ? '(court_code = ? OR court_code IS NULL)' : 'court_code = ?';
  narrow(ofCourt, filter.scope.kind === 'court' ? filter.scope.courtCode : undefined);
  narrow('kind = ?', filter.kind);
  narrow('case_id = ?', filter.caseId);
  narrow('due_at <= ?', filter.dueBy);
  const after = afterClause(start, 'at', 'id');
  return reader.all<TaskRow>(
    `SELECT * FROM tasks WHERE ${where.join(' AND ')}${after.sql} ORDER BY at DESC, id DESC LIMIT ${start.limit + 1}`,
    [...params, ...after.params],
  );
}
