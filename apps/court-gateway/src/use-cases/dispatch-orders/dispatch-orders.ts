import { Inject, Injectable } from '@nestjs/common';
import { encodeBody, ordersTopic } from '#contracts';
import { invariant, sha256Hex } from '#kernel';
import { traceHeaders, FactRecorder, type Fact, type Message } from '#messaging';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { laneIdOf, nextLaneNumber } from '../../adapters/store/lanes.js';
import { openParty, type PartyRow } from '../../adapters/store/party-rows.js';
import { Vault } from '../../vault.js';
import type { Situation } from '../judge-request/situation.js';
import { orderBodyOf, type Debtor, type Lane, type OrderToSend, type SharedBody } from './order-body.js';

/** What a dispatched order's row keeps: its place in its lane. */
export interface DispatchedOrder {
  readonly order_number: string;
  readonly lane_id: string | null;
  readonly lane_number: number | null;
}

export interface Dispatch extends SharedBody {
  readonly caseKey: DataKey;
  /** User id of whoever's act releases the orders: who posts, or the last approver. */
  readonly actor: string;
}

const TYPE = 'order.dispatched.v1';

/** The message of an order has one id for ever, so that a second dispatch could never be a second order. */
export function dispatchMessageId(orderNumber: string): string {
  return `dispatched-${orderNumber}`;
}

export function dispatchAad(orderNumber: string): string {
  return `message|${TYPE}|${dispatchMessageId(orderNumber)}`;
}

/**
 * Hands orders to the outbox in the transaction that released them (docs/design.md "Life of one order", step 3): the gates have just
 * passed; each control order gets the next number of its lane, under the lane's row; messages, facts and rows commit together (I3).
 */
@Injectable()
export class DispatchOrders {
  constructor(
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  /** Keeps the exact bytes that leave (I11) and returns what the caller writes into the orders' rows. The facts in `before` are recorded first, in the same statements. */
  async send(
    tx: Tx,
    dispatch: Dispatch,
    orders: readonly OrderToSend[],
    before: readonly Fact[] = [],
  ): Promise<readonly DispatchedOrder[]> {
    const messages: Message[] = [];
    const facts: Fact[] = [...before];
    const dispatched: DispatchedOrder[] = [];
    const originals: { readonly order_number: string; readonly body_sealed: Buffer }[] = [];
    const debtors = new Map<string, Debtor>();
    for (const order of orders) {
      const lane = await this.laneOf(tx, dispatch, order);
      const debtor = debtors.get(order.debtorId) ?? this.debtorOf(dispatch, order);
      debtors.set(order.debtorId, debtor);
      const clear = encodeBody(TYPE, orderBodyOf(dispatch, order, debtor, lane));
      const body = this.vault.cipher.sealBytes(dispatch.caseKey, dispatchAad(order.orderNumber), clear);
      messages.push(messageOf(dispatch, order, lane, body));
      facts.push(factOf(dispatch, order, lane, clear));
      dispatched.push({
        order_number: order.orderNumber,
        lane_id: lane?.id ?? null,
        lane_number: lane?.number ?? null,
      });
      originals.push({ order_number: order.orderNumber, body_sealed: body });
    }
    tx.append('order_originals', originals);
    this.facts.note(tx, facts, messages);
    return dispatched;
  }

  private debtorOf({ situation, caseKey }: Dispatch, order: OrderToSend): Debtor {
    const { id, kind, name, idType, idNumber } = openParty(this.vault, caseKey, partyOf(situation, order));
    return { id, kind, name, idType, idNumber };
  }

  /** Control orders travel in lanes; an inquiry waits for nobody. */
  private async laneOf(tx: Tx, { request, situation }: Dispatch, order: OrderToSend): Promise<Lane | undefined> {
    if (request.action === 'inquire') return undefined;
    const id = laneIdOf(partyOf(situation, order).id_index, order.bank, order.legalPerson);
    return { id, number: await nextLaneNumber(tx, id) };
  }
}

function partyOf({ parties }: Situation, order: OrderToSend): PartyRow {
  const party = parties.find(({ id }) => id === order.debtorId);
  invariant(party, 'the gates have found the debtor in the case');
  return party;
}

function messageOf({ at, situation, requestId }: Dispatch, order: OrderToSend, lane: Lane | undefined, body: Buffer): Message {
  return {
    id: dispatchMessageId(order.orderNumber),
    topic: ordersTopic(order.bank),
    key: lane?.id ?? order.orderNumber,
    type: TYPE,
    at,
    headers: { caseId: situation.case.id, ...traceHeaders(requestId) },
    body,
  };
}

function factOf(dispatch: Dispatch, order: OrderToSend, lane: Lane | undefined, clear: Buffer): Fact {
  const { case: row } = dispatch.situation;
  return {
    type: 'order.dispatched',
    subject: `order:${order.orderNumber}`,
    actor: dispatch.actor,
    orderNumber: order.orderNumber,
    caseNumber: row.case_number,
    caseId: row.id,
    caseKey: dispatch.caseKey,
    requestId: dispatch.requestId,
    content: {
      orderNumber: order.orderNumber,
      requestId: dispatch.requestId,
      action: dispatch.request.action,
      bank: order.bank,
      legalPerson: order.legalPerson,
      lane: lane ? { id: lane.id, number: lane.number } : undefined,
      bodySha256: sha256Hex(clear),
    },
  };
}
