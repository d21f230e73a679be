import { Inject, Injectable } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { AppError } from '#kernel';
import { FactRecorder } from '#messaging';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { loadCase, notFound, pathId } from '../../adapters/store/case-rows.js';
import { findTask, Tasks, type TaskRow } from '../../adapters/store/task-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';

export interface PreparedTask {
  readonly caseId: string;
  readonly caseKey: DataKey;
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
    if (!row || row.case_id === null || row.court_code === null) throw notFound();
    assertMay(principal, 'task.done', { courtCode: row.court_code });
    return { caseId: row.case_id, caseKey: await this.vault.keyOf(row.case_id), taskId };
  }

  /** @throws AppError `wrong-state` when it is done already */
  async execute(tx: Tx, { caseId, caseKey, taskId }: PreparedTask, note: string | undefined, by: Principal): Promise<TaskRow> {
    const row = await findTask(tx, taskId);
    if (!row) throw notFound();
    if (row.state === 'done' || !(await this.tasks.finish(tx, row, by.userId))) throw new AppError('wrong-state', '该待办已经办结');
    const ofCase = await loadCase(tx, caseId);
    await this.facts.record(tx, {
      type: 'task.done',
      subject: `case:${caseId}`,
      actor: by.userId,
      caseNumber: ofCase.case_number,
      caseId,
      caseKey,
      content: { taskId, kind: row.kind, subject: row.subject, note },
    });
    const done = await findTask(tx, taskId);
    return done ?? row;
  }
}
