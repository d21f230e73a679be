import { Inject, Injectable } from '@nestjs/common';
import { AppError, errorText, type LegalDate } from '#kernel';
import type { DataKey } from '#privacy';
import type { Tx } from '#persistence';
import { casesOfOrders, type OrderPlace } from '../../adapters/store/order-reading.js';
import { bankTaskKey, openSubjects, Tasks, type NewTask } from '../../adapters/store/task-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { differenceText } from './statement-text.js';
import type { DifferenceView, StatementContent } from './statement-content.js';

/** Differences with a task of their own; the others share one, so that one broken day does not bury everything else. */
export const TASKS_MAX = 200;
const TEXT_CHARS_MAX = 500;

/** The tasks that a statement leaves, made before its transaction. */
export interface StatementTasksMade {
  readonly prefix: string;
  readonly tasks: readonly NewTask[];
}

/** One task for each difference, at the court whose order it is; what concerns no order of ours is the leaders'. */
@Injectable()
export class StatementTasks {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Tasks) private readonly tasks: Tasks,
  ) {}

  /** Fetches cases and their keys, so that the transaction waits for nothing. `changedTo`: the version of the bank's word that replaced another. */
  async prepare(content: StatementContent, changedTo: number | undefined): Promise<StatementTasksMade> {
    const { bank, bankName, date, bankSide, differences } = content;
    const items = (differences?.items ?? []).slice(0, TASKS_MAX);
    const places = await this.placesOf(bank, items);
    const tasks = await Promise.all(items.map((one) => this.taskOf(content, one, places)));
    const more = (differences?.total ?? 0) - items.length;
    const say = (key: string, text: string): NewTask => this.ofBank(bank, date, key, `${bankName}${date}日终对账：${text}`);
    if (more > 0) tasks.push(say('more', `另有${more}项差异，见对账单`));
    if (bankSide === 'awaited') tasks.push(say('awaited', '银行尚未提供当日对账单，请催要'));
    if (changedTo !== undefined) tasks.push(say(`changed-${changedTo}`, `银行更改了已提供的对账单（第${changedTo}次），请核实原因`));
    return { prefix: `${bank}/${date}/`, tasks };
  }

  /** Opens the tasks, and closes those of the version before whose difference is gone. That a bank changed its word stays to be looked into. */
  async write(tx: Tx, { prefix, tasks }: StatementTasksMade): Promise<void> {
    const now = new Set(tasks.map(({ subject }) => subject));
    const gone = (await openSubjects(tx, 'statement', prefix)).filter(
      (subject) => !now.has(subject) && !subject.startsWith(`${prefix}changed-`),
    );
    await this.tasks.settle(tx, ['statement'], gone);
    for (const task of tasks) await this.tasks.open(tx, task);
  }

  private async placesOf(bank: string, items: readonly DifferenceView[]): Promise<ReadonlyMap<string, OrderPlace>> {
    const numbers = items.flatMap((one) => (one.kind === 'order' ? [one.orderNumber] : []));
    const rows = await casesOfOrders(this.parts.database.reader, bank, numbers);
    return new Map(rows.map((row) => [row.order_number, row]));
  }

  private async taskOf(
    { bank, bankName, date }: StatementContent,
    one: DifferenceView,
    places: ReadonlyMap<string, OrderPlace>,
  ): Promise<NewTask> {
    const key = one.kind === 'order' ? one.orderNumber : `${one.kind}-${one.action}`;
    const general = this.ofBank(bank, date, key, `${bankName}${date}日终对账：${differenceText(one)}`);
    const place = one.kind === 'order' ? places.get(one.orderNumber) : undefined;
    const caseKey = place && (await this.keyOf(place.case_id));
    if (!place || !caseKey) return general;
    const of = { caseId: place.case_id, courtCode: place.court_code, requestId: place.request_id, orderNumber: place.order_number };
    return { ...general, ...of, caseKey };
  }

  private ofBank(bank: string, date: LegalDate, key: string, text: string): NewTask {
    const detail = { text: text.slice(0, TEXT_CHARS_MAX), bank, date };
    return { kind: 'statement', subject: `${bank}/${date}/${key}`, caseKey: bankTaskKey(this.vault), detail };
  }

  /** A case whose content was erased keeps its orders; what differs about them is then the leaders' to look into. */
  private async keyOf(caseId: string): Promise<DataKey | undefined> {
    try {
      return await this.vault.keyOf(caseId);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'content-erased') throw error;
      this.parts.log.write('info', 'statement-task-without-case', { caseId, reason: errorText(error) });
      return undefined;
    }
  }
}
