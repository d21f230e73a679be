import pMap from 'p-map';
import { errorText } from '#kernel';
import { eventually } from '#testing';
import { AUTOMATIC_BANKS, type Stage } from '../../scenarios/stage/stage.js';
import type { JournalRow, OrderView, RequestView } from '../../scenarios/stage/views.js';
import { allRequests, ledgerVerdict, type ClientMemory } from '../promises.js';
import type { Approval, Known } from './load.js';

const AT_ONCE = 8;
const REPEAT_MS_MAX = 60_000;
const SETTLE_MS_MAX = 90_000;
const PROOF_MS_MAX = 60_000;
const FAULTS_TOLD_MAX = 5;
const UNDER_WAY = ['queued', 'sent', 'received', 'undetermined'];

export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly stuck: readonly string[];
  /** Tables, ledger, journals and lanes that do not say the same. */
  readonly disagreed: readonly string[];
  /** Orders that are with a person because the bank's word on them is missing; only faults of banks may lead there. */
  readonly withPerson: number;
  readonly acknowledged: number;
}

/** Holds one round's promises against the cluster, the banks' journals and the ledger. */
export class Judge {
  /** Every order of the rounds before: what a journal holds beside them is nobody's. */
  private readonly ours = new Set<string>();
  private readonly seen = new Set<string>();

  constructor(private readonly stage: Stage) {}

  private know({ id, orders }: RequestView): void {
    this.seen.add(id);
    for (const { orderNumber } of orders) this.ours.add(orderNumber);
  }

  /** Requests that were made beside the clients, such as the first inquiries of the cases. */
  private async knowOthers(): Promise<void> {
    const others = (await allRequests(this.stage)).filter(({ id }) => !this.seen.has(id));
    await pMap(others, async ({ id }) => this.know(await this.stage.request(id)), { concurrency: AT_ONCE });
  }

  async judge(memory: ClientMemory, approvals: readonly Approval[], cases: readonly Known[], bankFault: boolean): Promise<Verdict> {
    const lost: string[] = [];
    // Repeating is the client's right and duty: it goes on until each call has its 202.
    await eventually(async () => {
      await memory.repeatUnanswered(this.stage);
      return true;
    }, REPEAT_MS_MAX).catch((error: unknown) => lost.push(`never answered: ${errorText(error)}`));
    const ids = memory.heard.map(({ id }) => id);
    await this.approveAll(ids);
    const { open, withPerson } = await this.settled(ids, bankFault);
    lost.push(...(await memory.missing(this.stage)));
    const requests = await pMap(ids, (id) => this.stage.request(id), { concurrency: AT_ONCE });
    const journals = (await pMap(AUTOMATIC_BANKS, (bank) => this.stage.journal(bank))).flat();
    for (const request of requests) this.know(request);
    if (journals.some(({ orderNumber }) => !this.ours.has(orderNumber))) await this.knowOthers();
    const { doubled, disagreed } = this.againstJournals(requests, journals);
    return {
      lost: lost.slice(0, FAULTS_TOLD_MAX),
      doubled,
      stuck: open,
      disagreed: [...disagreed, ...brokenLanes(approvals, cases, requests, journals), ...(await this.ledger(ids))].slice(
        0,
        FAULTS_TOLD_MAX,
      ),
      withPerson,
      acknowledged: ids.length,
    };
  }

  /** An approval whose answer was lost may have been given, so each is looked at again before it is repeated. */
  private async approveAll(ids: readonly string[]): Promise<void> {
    const approve = async (id: string): Promise<boolean> => {
      if ((await this.stage.request(id)).status === 'awaiting-approval') await this.stage.approve(id);
      return true;
    };
    await pMap(ids, (id) => eventually(() => approve(id), REPEAT_MS_MAX), { concurrency: AT_ONCE });
  }

  /** Waits until nothing is under way; the manual desk's orders stay where they are. */
  private async settled(ids: readonly string[], bankFault: boolean): Promise<{ open: readonly string[]; withPerson: number }> {
    let left: readonly string[] = ids;
    let open: readonly string[] = [];
    let withPerson = 0;
    const look = async (): Promise<boolean> => {
      const parked = bankFault ? await this.withPersons() : new Set<string>();
      const requests = await pMap(left, (id) => this.stage.request(id), { concurrency: AT_ONCE });
      const ours = requests.flatMap(({ orders }) => orders);
      const lanes = new Set(ours.filter(({ orderNumber }) => parked.has(orderNumber)).map(laneOf));
      const waits = (order: OrderView): boolean => !parked.has(order.orderNumber) && !lanes.has(laneOf(order));
      withPerson = ours.filter((order) => isUnderWay(order) && !waits(order)).length;
      const openOf = (request: RequestView): readonly OrderView[] => request.orders.filter((order) => isUnderWay(order) && waits(order));
      open = requests.flatMap(openOf).map(({ orderNumber, bank, status }) => `${orderNumber} at ${bank} ${status}`);
      left = requests.filter(({ orders }) => orders.some(isUnderWay)).map(({ id }) => id);
      return open.length === 0;
    };
    try {
      await eventually(look, SETTLE_MS_MAX);
      return { open: [], withPerson };
    } catch (error) {
      return { open: [...open.slice(0, FAULTS_TOLD_MAX), errorText(error)], withPerson };
    }
  }

  private async withPersons(): Promise<ReadonlySet<string>> {
    return new Set((await this.stage.tasks()).flatMap(({ orderNumber }) => (orderNumber === undefined ? [] : [orderNumber])));
  }

  private againstJournals(requests: readonly RequestView[], journals: readonly JournalRow[]): { doubled: string[]; disagreed: string[] } {
    const disagreed: string[] = [];
    const effects = new Map<string, number>();
    for (const { orderNumber, line, action } of journals) {
      const effect = `${orderNumber}/${line ?? 0}/${action}`;
      effects.set(effect, (effects.get(effect) ?? 0) + 1);
      if (!this.ours.has(orderNumber)) disagreed.push(`a bank executed ${orderNumber}, which is no order of ours`);
    }
    const doubled = [...effects].filter(([, times]) => times > 1).map(([effect, times]) => `${effect} was executed ${times} times`);
    for (const { action, orders } of requests) {
      for (const { orderNumber, bank, status, lines = [] } of orders) {
        if (status !== 'answered' || bank === 'wrcb') continue;
        const seqs = action === 'inquire' ? [0] : lines.filter((line) => line.status === 'executed').map(({ seq }) => seq);
        const missing = seqs.filter((seq) => !effects.has(`${orderNumber}/${seq}/${action}`));
        disagreed.push(...missing.map((seq) => `${orderNumber}/${seq}/${action} is answered and was not executed`));
      }
    }
    return { doubled, disagreed };
  }

  /** The log verifies, and of each request every fact that the tables hold is in it: a proof is given only when none is missing. */
  private async ledger(ids: readonly string[]): Promise<readonly string[]> {
    const faults: string[] = [];
    await pMap(
      ids,
      (id) =>
        eventually(async () => {
          const { status, body } = await this.stage.officer.get<{ proofs?: readonly unknown[] }>(`/api/v1/requests/${id}/proof`);
          if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
          return (body.proofs?.length ?? 0) > 0;
        }, PROOF_MS_MAX).catch((error: unknown) => faults.push(`no proof of ${id}: ${errorText(error)}`)),
      { concurrency: AT_ONCE },
    );
    const verdict = await ledgerVerdict(this.stage);
    return verdict === 'ok' ? faults : [...faults, `the ledger: ${verdict}`];
  }
}

function isUnderWay({ bank, status }: OrderView): boolean {
  return bank !== 'wrcb' && UNDER_WAY.includes(status);
}

function laneOf({ debtorId, legalPerson }: OrderView): string {
  return `${debtorId}/${legalPerson}`;
}

/**
 * The banks froze in the order of the lanes: an approval whose answer had come before another one left is released first, so its freeze
 * must not stand behind the other's in the journal of the bank. Approvals that overlapped may stand either way.
 */
export function brokenLanes(
  approvals: readonly Approval[],
  cases: readonly Pick<Known, 'id'>[],
  requests: readonly RequestView[],
  journals: readonly JournalRow[],
): readonly string[] {
  const numbers = new Map(requests.map(({ id, orders }) => [id, orders[0]?.orderNumber ?? '']));
  const places = new Map(journals.filter(({ action }) => action === 'freeze').map(({ orderNumber, seq }) => [orderNumber, seq]));
  const broken: string[] = [];
  for (const { id } of cases) {
    const placed = approvals
      .filter(({ caseId }) => caseId === id)
      .map((approval) => ({ ...approval, place: places.get(numbers.get(approval.requestId) ?? '') }))
      .filter(({ place }) => place !== undefined)
      .sort((a, b) => (a.place ?? 0) - (b.place ?? 0));
    let latestSent = -Infinity;
    for (const { requestId, sentAt, heardAt } of placed) {
      if (heardAt < latestSent) broken.push(`the freeze of ${requestId} came behind one that was approved after it`);
      latestSent = Math.max(latestSent, sentAt);
    }
  }
  return broken;
}
