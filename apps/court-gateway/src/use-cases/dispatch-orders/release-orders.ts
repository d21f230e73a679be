import { Inject, Injectable } from '@nestjs/common';
import type { DocumentRef } from '#contracts';
import { AppError, type Instant } from '#kernel';
import type { GateApprovals, GateStage } from '#orders';
import { compareAndSetOrStale, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { CaseRow } from '../../adapters/store/case-rows.js';
import { instrumentsOfRequest } from '../../adapters/store/order-instruments.js';
import { moveRequest, type RequestRow } from '../../adapters/store/request-rows.js';
import { Vault } from '../../vault.js';
import { assertPasses, RequestJudge } from '../judge-request/request-judge.js';
import type { Situation } from '../judge-request/situation.js';
import { recallRequest, type RecalledRequest } from '../judge-request/stored-request.js';
import { INSTRUMENTS, type InstrumentPort, type PreparedSeal } from '../make-instrument/instrument-port.js';
import { DispatchOrders } from './dispatch-orders.js';

/** A stored request under its case's lock. */
export interface LockedRequest {
  readonly row: CaseRow;
  readonly request: RequestRow;
  readonly caseKey: DataKey;
  readonly approvals: GateApprovals;
  /** User id of whoever's act it is. */
  readonly actor: string;
  readonly at: Instant;
}

interface Judged {
  readonly recalled: RecalledRequest;
  readonly situation: Situation;
}

/** Lets the orders of an approved request go: seals, gates once more, lanes, outbox, all in the transaction of the last approval. */
@Injectable()
export class ReleaseOrders {
  constructor(
    @Inject(Vault) private readonly vault: Vault,
    @Inject(RequestJudge) private readonly judge: RequestJudge,
    @Inject(INSTRUMENTS) private readonly instruments: InstrumentPort,
    @Inject(DispatchOrders) private readonly dispatch: DispatchOrders,
  ) {}

  /** I1: the gates at an approval that is not the last. @throws AppError with the code of the gate that is shut */
  async assertPasses(tx: Tx, locked: LockedRequest): Promise<void> {
    await this.judged(tx, locked, 'approval');
  }

  /** @throws AppError with the code of the gate that is shut, `stale-version`, `unavailable` */
  async release(
    tx: Tx,
    locked: LockedRequest,
    papers: { readonly seals: readonly PreparedSeal[]; readonly documentsOf: ReadonlyMap<string, readonly DocumentRef[]> },
  ): Promise<void> {
    const { request, caseKey, actor, at } = locked;
    await this.instruments.seal(tx, caseKey, papers.seals, actor);
    const { recalled, situation } = await this.judged(tx, locked, 'dispatch');
    const orders = recalled.orders.map((order) => ({
      ...order,
      orderNumber: order.row.order_number,
      documents: documentsFor(papers.documentsOf, order.row.order_number),
    }));
    const shared = { requestId: request.id, request: recalled.request, situation, at };
    const sent = await this.dispatch.send(tx, { ...shared, caseKey, actor }, orders);
    for (const { row } of recalled.orders) {
      const change = sent.find(({ order_number }) => order_number === row.order_number);
      const { order_number, version, status } = row;
      await compareAndSetOrStale(tx, 'orders', { ...change, version: version + 1 }, { order_number, version, status });
    }
    await this.instruments.markUsed(
      tx,
      papers.seals.map(({ instrumentId }) => instrumentId),
    );
    moveRequest(tx, request, 'dispatched', { dispatched_at: at });
  }

  /** The request stands under the instruments that it was posted with; one that was voided since is missing. */
  private async judged(tx: Tx, { row, request, caseKey, approvals, actor, at }: LockedRequest, stage: GateStage): Promise<Judged> {
    const recalled = await recallRequest(tx, this.vault, caseKey, request);
    const linked = new Set((await instrumentsOfRequest(tx, request.id)).map(({ instrumentId }) => instrumentId));
    const { lines } = recalled.request;
    const loaded = await this.judge.situation(tx, row, caseKey, {
      action: request.action,
      requestId: request.id,
      ...(request.officer_id === null ? {} : { officerId: request.officer_id }),
      holdingIds: lines.flatMap(({ holdingId }) => (holdingId === undefined ? [] : [holdingId])),
      accountIndexes: [],
    });
    const situation = { ...loaded, instruments: loaded.instruments.filter(({ id }) => linked.has(id)) };
    assertPasses(this.judge.facts(situation, recalled.request, { stage, at, actor, approvals }));
    return { recalled, situation };
  }
}

function documentsFor(documentsOf: ReadonlyMap<string, readonly DocumentRef[]>, orderNumber: string): readonly DocumentRef[] {
  const documents = documentsOf.get(orderNumber);
  if (!documents) throw new AppError('unavailable', '案件文书刚刚发生变化，请重试', { retryable: true });
  return documents;
}
