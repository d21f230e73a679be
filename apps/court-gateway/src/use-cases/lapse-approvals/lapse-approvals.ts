import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { errorText, Recurring } from '#kernel';
import { FactRecorder, type Relay } from '#messaging';
import type { DataKey } from '#privacy';
import type { Tx } from '#persistence';
import { lockCase } from '../../adapters/store/case-rows.js';
import { linesOfOrders, ordersOfRequest, withdrawUnsent } from '../../adapters/store/order-rows.js';
import { RequestEvents } from '../../adapters/store/request-events.js';
import { lapsedRequests, loadRequest, moveRequest, SYSTEM_USER, type RequestRow } from '../../adapters/store/request-rows.js';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';

/** How often overdue approvals are looked for: what fell due shows within a second. */
const EVERY_MS = 500;
/** Requests that one turn lets lapse; the next turn follows at once while there are more. */
const PER_TURN_MAX = 100;

/** Lets requests lapse whose approval was not given in time, which frees the ceiling. Goes by business time. */
@Injectable()
export class LapseApprovals implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Recurring;

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(RequestEvents) private readonly events: RequestEvents,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {
    const failed = (error: unknown): void => parts.log.write('error', 'lapse-approvals-failed', { reason: errorText(error) });
    this.loop = new Recurring(parts.clock, EVERY_MS, () => this.turn(), failed);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  private async turn(): Promise<void> {
    if (this.parts.leader?.held === false) return;
    const due = await lapsedRequests(this.parts.database.reader, this.parts.clock.now(), PER_TURN_MAX);
    for (const request of due) {
      const caseKey = await this.vault.keyOf(request.case_id);
      await this.parts.database.run((tx) => this.lapse(tx, request, caseKey));
    }
    if (due.length > 0) this.relay.nudge();
    if (due.length === PER_TURN_MAX) this.loop.wake();
  }

  private async lapse(tx: Tx, seen: RequestRow, caseKey: DataKey): Promise<void> {
    const row = await lockCase(tx, seen.case_id);
    const request = await loadRequest(tx, seen.id);
    // It may have been decided or withdrawn since it was looked for.
    if (request.status !== 'awaiting-approval') return;
    const at = this.parts.clock.now();
    const orders = await ordersOfRequest(tx, request.id);
    const lines = await linesOfOrders(
      tx,
      orders.map(({ order_number }) => order_number),
    );
    withdrawUnsent(tx, this.vault, caseKey, orders, lines, { code: 'approval-lapsed', note: '审批逾期，请求失效' });
    moveRequest(tx, request, 'lapsed', { ended_at: at });
    this.events.record(tx, request.id, 'status', at, { status: 'lapsed' });
    await this.facts.record(tx, {
      type: 'request.lapsed',
      subject: `request:${request.id}`,
      actor: SYSTEM_USER,
      caseNumber: row.case_number,
      caseId: row.id,
      caseKey,
      requestId: request.id,
      content: { requestId: request.id },
    });
  }
}
