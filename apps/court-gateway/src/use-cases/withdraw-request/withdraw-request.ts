import { Inject, Injectable } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { encodeBody, ordersTopic } from '#contracts';
import { AppError, newId, type Instant } from '#kernel';
import { enqueueMany, FactRecorder, type Message } from '#messaging';
import { compareAndSetOrStale, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { lockCase } from '../../adapters/store/case-rows.js';
import { linesOfOrders, ordersOfRequest, sealOutcome, withdrawUnsent, type OrderRow } from '../../adapters/store/order-rows.js';
import { RequestEvents } from '../../adapters/store/request-events.js';
import { loadRequest, moveRequest, type RequestRow } from '../../adapters/store/request-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';

export interface PreparedWithdrawal {
  readonly request: RequestRow;
  readonly caseKey: DataKey;
}

const TYPE = 'order.withdrawal-asked.v1';
const NO_REASON = '法院撤回';

/**
 * Takes a request back. While it awaits approval it is withdrawn at once and frees the ceiling. Once dispatched, each order that has
 * not left as far as we know is asked back from its connector, which alone knows whether it is in time; what had left stays as it is.
 */
@Injectable()
export class WithdrawRequest {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(RequestEvents) private readonly events: RequestEvents,
  ) {}

  /** @throws AppError `not-found` */
  async prepare(principal: Principal, requestId: string): Promise<PreparedWithdrawal> {
    const request = await loadRequest(this.parts.database.reader, requestId);
    assertMay(principal, 'request.withdraw', { courtCode: request.court_code });
    return { request, caseKey: await this.vault.keyOf(request.case_id) };
  }

  /** @throws AppError `wrong-state` when the request was rejected, returned, withdrawn or has lapsed */
  async withdraw(tx: Tx, { request: { id, case_id }, caseKey }: PreparedWithdrawal, principal: Principal, reason?: string): Promise<void> {
    const at = this.parts.clock.now();
    const row = await lockCase(tx, case_id);
    const request = await loadRequest(tx, id);
    const orders = await ordersOfRequest(tx, id);
    if (request.status === 'awaiting-approval') await this.takeBack(tx, request, caseKey, orders, reason ?? NO_REASON, at);
    else if (request.dispatched_at !== null && request.status !== 'withdrawn')
      await this.askBack(tx, caseKey, orders, reason ?? NO_REASON, at);
    else throw new AppError('wrong-state', '该请求已有结论，无可撤回');
    await this.facts.record(tx, {
      type: request.status === 'awaiting-approval' ? 'request.withdrawn' : 'request.withdrawal-asked',
      subject: `request:${id}`,
      actor: principal.userId,
      caseNumber: row.case_number,
      caseId: row.id,
      caseKey,
      requestId: id,
      content: { requestId: id, reason },
    });
  }

  private async takeBack(
    tx: Tx,
    request: RequestRow,
    caseKey: DataKey,
    orders: readonly OrderRow[],
    reason: string,
    at: Instant,
  ): Promise<void> {
    const lines = await linesOfOrders(
      tx,
      orders.map(({ order_number }) => order_number),
    );
    withdrawUnsent(tx, this.vault, caseKey, orders, lines, { code: 'withdrawn-by-officer', note: reason });
    moveRequest(tx, request, 'withdrawn', { ended_at: at });
    this.events.record(tx, request.id, 'status', at, { status: 'withdrawn' });
  }

  /** The officer's words stay here, under the case's key: the message travels in clear and rests on a broker. */
  private async askBack(tx: Tx, caseKey: DataKey, orders: readonly OrderRow[], reason: string, at: Instant): Promise<void> {
    const messages: Message[] = [];
    for (const order of orders) {
      if (order.withdrawal !== null || order.status === 'withdrawn') continue;
      const withdrawal = order.status === 'queued' ? 'asked' : 'already-sent';
      const { order_number, version } = order;
      const words: Record<string, Buffer> =
        withdrawal === 'asked' ? { outcome_sealed: sealOutcome(this.vault, caseKey, order_number, { note: reason }) } : {};
      if (withdrawal === 'asked') messages.push(this.messageFor(order, at));
      await compareAndSetOrStale(tx, 'orders', { withdrawal, ...words, version: version + 1 }, { order_number, version });
    }
    enqueueMany(tx, messages);
  }

  private messageFor(order: OrderRow, at: Instant): Message {
    return {
      id: newId(this.parts.clock, this.parts.entropy),
      topic: ordersTopic(order.bank),
      key: order.lane_id ?? order.order_number,
      type: TYPE,
      at,
      headers: {},
      body: encodeBody(TYPE, { orderNumber: order.order_number, reason: NO_REASON }),
    };
  }
}
