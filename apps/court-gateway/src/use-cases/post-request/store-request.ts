import { Inject, Injectable } from '@nestjs/common';
import type { DocumentRef } from '#contracts';
import { AppError, invariant, legalDateOf, newId, type Instant } from '#kernel';
import { FactRecorder, type Fact } from '#messaging';
import { approvalLapsesAt, type ApproverRole } from '#orders';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { OrderNumbers } from '../../adapters/store/order-numbers.js';
import { insertOrderInstruments } from '../../adapters/store/order-instruments.js';
import { insertLines, insertOrders, type NewLine, type NewOrder } from '../../adapters/store/order-rows.js';
import { insertRequest, type RequestTerms } from '../../adapters/store/request-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { DispatchOrders } from '../dispatch-orders/dispatch-orders.js';
import type { OrderToSend } from '../dispatch-orders/order-body.js';
import { splitIntoOrders, type OrderDraft, type ResolvedRequest } from '../judge-request/lines.js';
import type { Situation } from '../judge-request/situation.js';
import { conductOfRequest } from '../tell-conduct/conduct-of-request.js';

/** A request that has passed its gates, with everything that is written down of it. */
export interface JudgedRequest {
  readonly id: string;
  readonly request: ResolvedRequest;
  readonly terms: RequestTerms;
  readonly situation: Situation;
  readonly caseKey: DataKey;
  readonly required: readonly ApproverRole[];
  readonly by: string;
  readonly draftedBySystem: boolean;
  readonly at: Instant;
  /** Ids of the instruments of each bank's orders. */
  readonly instrumentsOf: (bank: string) => readonly string[];
  /** Their sealed documents, for a request that needs no approval and leaves at once. */
  readonly documentOf: (instrumentId: string) => DocumentRef;
}

export interface StoredOrder extends OrderDraft {
  readonly orderNumber: string;
}

/** What was written: the answer to the poster is made from it. */
export interface StoredRequest {
  readonly id: string;
  readonly status: 'awaiting-approval' | 'dispatched';
  readonly orders: readonly StoredOrder[];
}

/**
 * Writes a judged request down in one transaction: request, orders, lines, facts and, where no approval is asked for, the
 * orders' messages (docs/design.md "Life of one order", steps 1 and 3).
 */
@Injectable()
export class StoreRequest {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(OrderNumbers) private readonly numbers: OrderNumbers,
    @Inject(DispatchOrders) private readonly dispatch: DispatchOrders,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  newRequestId(): string {
    return newId(this.parts.clock, this.parts.entropy);
  }

  /** @throws AppError `invalid` when the request makes more orders or lines than policy allows */
  async store(tx: Tx, judged: JudgedRequest): Promise<StoredRequest> {
    const orders = await this.numbered(tx, judged);
    const isDispatched = judged.required.length === 0;
    const status = isDispatched ? ('dispatched' as const) : ('awaiting-approval' as const);
    await this.insertRequest(tx, judged, status);
    const accepted = acceptedFact(judged, orders);
    const told = [accepted, ...conductOfRequest(accepted, judged, this.parts.policy, this.vault)];
    const sent = isDispatched ? await this.dispatch.send(tx, { ...dispatchOf(judged) }, toSend(judged, orders), told) : [];
    if (!isDispatched) await this.facts.recordMany(tx, told);
    const rows = orders.map((order): NewOrder => ({
      ...orderRow(judged, order),
      ...sent.find((one) => one.order_number === order.orderNumber),
    }));
    await insertOrders(tx, rows);
    await insertLines(
      tx,
      this.vault,
      judged.caseKey,
      orders.flatMap((order) => lineRows(judged, order)),
    );
    if (!isDispatched || judged.request.action !== 'inquire') await this.linkInstruments(tx, judged, orders);
    return { id: judged.id, status, orders };
  }

  private async numbered(tx: Tx, judged: JudgedRequest): Promise<readonly StoredOrder[]> {
    const { limits } = this.parts.policy;
    const drafts = splitIntoOrders(judged.request.lines);
    if (drafts.length > limits.ordersPerRequestMax || judged.request.lines.length > limits.linesPerRequestMax) {
      throw new AppError('invalid', `一次请求至多${limits.ordersPerRequestMax}个请求单、${limits.linesPerRequestMax}行`);
    }
    if (drafts.length === 0) throw new AppError('invalid', '没有可查控的对象');
    const { court_code } = judged.situation.case;
    const numbers = await this.numbers.take(tx, legalDateOf(judged.at), court_code, drafts.length);
    return drafts.map((draft, index) => {
      const orderNumber = numbers[index];
      invariant(orderNumber !== undefined, 'as many numbers as drafts were taken');
      return { ...draft, orderNumber };
    });
  }

  private async insertRequest(tx: Tx, judged: JudgedRequest, status: StoredRequest['status']): Promise<void> {
    const { case: row, officer } = judged.situation;
    await insertRequest(
      tx,
      this.vault,
      judged.caseKey,
      {
        id: judged.id,
        case_id: row.id,
        court_code: row.court_code,
        action: judged.request.action,
        status,
        required: judged.required.join(','),
        drafted_by_system: judged.draftedBySystem ? 1 : 0,
        officer_id: officer?.id ?? null,
        by_user: judged.by,
        at: judged.at,
        lapse_at: status === 'awaiting-approval' ? approvalLapsesAt(this.parts.policy, judged.at) : null,
        dispatched_at: status === 'dispatched' ? judged.at : null,
      },
      judged.terms,
    );
  }

  private async linkInstruments(tx: Tx, judged: JudgedRequest, orders: readonly StoredOrder[]): Promise<void> {
    const links = orders.flatMap(({ orderNumber, bank }) =>
      judged.instrumentsOf(bank).map((instrumentId) => ({ orderNumber, instrumentId })),
    );
    await insertOrderInstruments(tx, judged.id, links);
  }
}

function dispatchOf(judged: JudgedRequest) {
  const { id, request, situation, caseKey, at, by } = judged;
  return { requestId: id, request, situation, caseKey, at, actor: by };
}

function toSend(judged: JudgedRequest, orders: readonly StoredOrder[]): readonly OrderToSend[] {
  return orders.map((order) => ({ ...order, documents: judged.instrumentsOf(order.bank).map((id) => judged.documentOf(id)) }));
}

function orderRow(judged: JudgedRequest, order: StoredOrder): NewOrder {
  return {
    order_number: order.orderNumber,
    request_id: judged.id,
    case_id: judged.situation.case.id,
    bank: order.bank,
    legal_person: order.legalPerson,
    debtor_id: order.debtorId,
    action: judged.request.action,
  };
}

function lineRows({ id, request, situation }: JudgedRequest, order: StoredOrder): readonly NewLine[] {
  return order.lines.map((line, index) => ({
    order_number: order.orderNumber,
    seq: index + 1,
    request_id: id,
    case_id: situation.case.id,
    action: request.action,
    currency: line.currency,
    kind: line.kind,
    ...(line.holdingId === undefined ? {} : { holding_id: line.holdingId }),
    ...(line.measureId === undefined ? {} : { measure_id: line.measureId }),
    ...(line.account ? { account: line.account } : {}),
    ...(line.amount === undefined ? {} : { amount: line.amount }),
    ...(line.newLimit === undefined ? {} : { new_limit: line.newLimit }),
    ...(line.scope === undefined ? {} : { scope: line.scope }),
    ...(request.action === 'freeze' && request.term ? { from_date: request.term.from, to_date: request.term.to } : {}),
    ...(request.action === 'renew' && request.until !== undefined ? { to_date: request.until } : {}),
  }));
}

function acceptedFact(judged: JudgedRequest, orders: readonly StoredOrder[]): Fact {
  const { id, request, situation, caseKey, by, required, terms } = judged;
  return {
    type: 'request.accepted',
    subject: `request:${id}`,
    actor: by,
    caseNumber: situation.case.case_number,
    caseId: situation.case.id,
    caseKey,
    requestId: id,
    content: {
      requestId: id,
      action: request.action,
      approvals: [...required],
      bodySha256: terms.bodySha256,
      orders: orders.map(({ orderNumber, bank, legalPerson, debtorId }) => ({ orderNumber, bank, legalPerson, debtorId })),
    },
  };
}
