import { Inject, Injectable } from '@nestjs/common';
import type { BankNotified } from '#contracts';
import { FactRecorder } from '#messaging';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { lockCase } from '../../adapters/store/case-rows.js';
import { insertNotice } from '../../adapters/store/notice-rows.js';
import { findOrder, type OrderRow } from '../../adapters/store/order-rows.js';
import { RequestEvents } from '../../adapters/store/request-events.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { MONEY_WATCH, type MoneyWatch } from '../money-watch.js';
import { bankActor, happened, type Scene } from '../scene.js';
import { isOfPayment, NoticeEffects } from './notice-effects.js';

/** Only ports are grouped here, so that the use case itself stays readable. */
@Injectable()
export class NoticePorts {
  constructor(
    @Inject(PARTS) readonly parts: GatewayParts,
    @Inject(Vault) readonly vault: Vault,
    @Inject(FactRecorder) readonly facts: FactRecorder,
    @Inject(RequestEvents) readonly events: RequestEvents,
    @Inject(MONEY_WATCH) readonly watch: MoneyWatch,
  ) {}
}

/** Takes a bank's notice into effect once, however often it is sent (I4): coverage, promotion, lapse, redemption, credit, return. */
@Injectable()
export class RecordNotice {
  constructor(
    @Inject(NoticePorts) private readonly ports: NoticePorts,
    @Inject(NoticeEffects) private readonly effects: NoticeEffects,
  ) {}

  async execute(tx: Tx, notice: BankNotified, caseId: string, caseKey: DataKey): Promise<void> {
    const { parts, vault, facts, watch } = this.ports;
    if (!(await insertNotice(tx, vault, caseKey, notice, parts.clock.now()))) return;
    const order = await findOrder(tx, notice.orderNumber);
    const row = await lockCase(tx, caseId);
    const ours = order?.case_id === caseId && order.bank === notice.bank ? order : undefined;
    const scene: Scene = {
      case: row,
      caseKey,
      actor: bankActor(notice.bank),
      orderNumber: notice.orderNumber,
      ...(ours ? { requestId: ours.request_id } : {}),
      facts: [],
    };
    const refused = refusalOf(notice, ours);
    const effect = refused === undefined ? await this.effects.apply(tx, scene, notice) : 'ignored';
    happened(scene, 'notice.recorded', `order:${notice.orderNumber}`, {
      noticeId: notice.noticeId,
      bank: notice.bank,
      kind: notice.kind,
      orderNumber: notice.orderNumber,
      seq: notice.seq,
      at: notice.at,
      originalDigest: notice.original.digest,
      bankFact: notice.factLeafHash,
      effect: refused ?? effect,
    });
    if (effect === 'applied') {
      await this.tell(tx, notice, ours);
      await watch.moneyChanged(tx, caseId, caseKey);
    }
    facts.note(tx, scene.facts);
  }

  private async tell(tx: Tx, notice: BankNotified, order: OrderRow | undefined): Promise<void> {
    if (!order) return;
    const { events, parts } = this.ports;
    const body = { orderNumber: notice.orderNumber, seq: notice.seq, kind: notice.kind };
    events.record(tx, order.request_id, isOfPayment(notice) ? 'payment' : 'measure', parts.clock.now(), body);
  }
}

/** Why a notice may not change anything. */
function refusalOf(notice: BankNotified, order: OrderRow | undefined): string | undefined {
  if (!order) return 'unknown-order';
  if (notice.original.signature === 'invalid') return 'signature-invalid';
  return order.action === (isOfPayment(notice) ? 'deduct' : 'freeze') ? undefined : 'wrong-action';
}
