import { Inject, Injectable } from '@nestjs/common';
import { assertMay, mayEnter, type Principal } from '#access';
import { AppError } from '#kernel';
import { FactRecorder } from '#messaging';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { loadCase, notFound, pathId } from '../../adapters/store/case-rows.js';
import { bankTaskKey, findTask, Tasks, type TaskRow } from '../../adapters/store/task-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';

export interface PreparedTask {
  /** Left out of a task that concerns a bank and no case. */
  readonly ofCase?: { readonly caseId: string; readonly caseKey: DataKey };
  /** What the task is sealed under. */
  readonly key: DataKey;
  readonly taskId: string;
}

/** A person says that he has dealt with a task, and how. It changes nothing but the task. */
@Injectable()
export class DoTask {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Tasks) private readonly tasks: Tasks,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  /** @throws AppError `not-found` */
  async prepare(principal: Principal, taskId: string): Promise<PreparedTask> {
    const row = await findTask(this.parts.database.reader, pathId(taskId));
    if (!row) throw notFound();
    if (row.case_id === null || row.court_code === null) {
      if (!mayEnter(principal, 'bank-task.done')) throw notFound();
      return { key: bankTaskKey(this.vault), taskId };
    }
    assertMay(principal, 'task.done', { courtCode: row.court_code });
    const caseKey = await this.vault.keyOf(row.case_id);
    return { ofCase: { caseId: row.case_id, caseKey }, key: caseKey, taskId };
  }

  /** @throws AppError `wrong-state` when it is done already */
  async execute(tx: Tx, { ofCase, taskId }: PreparedTask, note: string | undefined, by: Principal): Promise<TaskRow> {
    const row = await findTask(tx, taskId);
    if (!row) throw notFound();
    if (row.state === 'done' || !(await this.tasks.finish(tx, row, by.userId))) throw new AppError('wrong-state', '该待办已经办结');
    const about = ofCase
      ? { subject: `case:${ofCase.caseId}`, ...ofCase, caseNumber: (await loadCase(tx, ofCase.caseId)).case_number }
      : { subject: `task:${taskId}` };
    await this.facts.record(tx, {
      type: 'task.done',
      ...about,
      actor: by.userId,
      content: { taskId, kind: row.kind, subject: row.subject, note },
    });
    const done = await findTask(tx, taskId);
    return done ?? row;
  }
}
