import { Inject, Injectable } from '@nestjs/common';
import type { TaskKind } from '#orders';
import type { Tx } from '#persistence';
import type { OrderRow } from '../../adapters/store/order-rows.js';
import { Tasks } from '../../adapters/store/task-rows.js';
import type { Scene } from '../scene.js';

/** What an answer leaves for a person to look at. */
const TEXTS: Readonly<Partial<Record<TaskKind, string>>> = {
  undetermined: '结果不能确定，须查明后登记处理结论',
  mismatch: '银行反馈与已知情况不符，须核实',
  'control-lost': '执行款已退回且银行未确认恢复控制，须立即处理',
};

/** The order that a task is about. */
export type TaskOrder = Pick<OrderRow, 'order_number' | 'case_id' | 'bank'> & { readonly request_id?: string };

const REASON_CHARS_MAX = 200;

@Injectable()
export class AnswerTasks {
  constructor(@Inject(Tasks) private readonly tasks: Tasks) {}

  /** An undetermined order has one task; every other kind one for each line. */
  async open(tx: Tx, scene: Scene, order: TaskOrder, seq: number | undefined, kinds: readonly TaskKind[], reason?: string): Promise<void> {
    for (const kind of new Set(kinds)) {
      const text = TEXTS[kind] ?? '须核实';
      const ofOrder = kind === 'undetermined' || seq === undefined;
      await this.tasks.open(tx, {
        kind,
        subject: ofOrder ? order.order_number : `${order.order_number}/${seq}`,
        caseId: order.case_id,
        courtCode: scene.case.court_code,
        caseKey: scene.caseKey,
        ...(order.request_id === undefined ? {} : { requestId: order.request_id }),
        orderNumber: order.order_number,
        ...(seq === undefined ? {} : { seq }),
        detail: { text: reason === undefined ? text : `${text}：${reason.slice(0, REASON_CHARS_MAX)}`, bank: order.bank },
      });
    }
  }

  /** What the tasks about an order asked for has happened. */
  settle(tx: Tx, kinds: readonly TaskKind[], orderNumber: string): Promise<void> {
    return this.tasks.settle(tx, kinds, [orderNumber]);
  }
}
