import pMap from 'p-map';
import { errorText } from '#kernel';
import { eventually } from '#testing';
import { AUTOMATIC_BANKS, type Stage } from '../scenarios/stage/stage.js';
import { verify } from '../scenarios/stage/verifier.js';
import type { List, OrderView, RequestView } from '../scenarios/stage/views.js';

/** How long nothing may get done while orders are open. */
const SETTLE_MS_MAX = 60_000;
const CHECKED_AT_ONCE = 8;
const BANKS = [...AUTOMATIC_BANKS, 'wrcb'] as const;

/** A write that was sent: by whom, what, under which key, and the 202 if it was heard. */
interface Sent {
  readonly user: string;
  readonly path: string;
  readonly body: unknown;
  readonly key: string;
  heard: RequestView | undefined;
}

/** What a client remembers of its own calls across the deaths of the system, and how it holds the system to its word. */
export class ClientMemory {
  private readonly sent: Sent[] = [];
  private count = 0;

  /** @param name sets its keys apart from those of other memories of one system */
  constructor(private readonly name = 'client') {}

  /** Posts a request under a key of its own and remembers it, whatever becomes of it. @throws what the connection throws */
  async post(stage: Stage, body: unknown, user = 'officer'): Promise<RequestView | undefined> {
    this.count += 1;
    const call: Sent = { user, path: '/api/v1/requests', body, key: `${this.name}-${process.pid}-${this.count}`, heard: undefined };
    this.sent.push(call);
    const reply = await stage.as(user).post<RequestView>(call.path, body, call.key);
    if (reply.status === 202) call.heard = reply.body;
    return call.heard;
  }

  get promised(): number {
    return this.sent.filter(({ heard }) => heard !== undefined).length;
  }

  /** The 202s that were heard. */
  get heard(): readonly RequestView[] {
    return this.sent.flatMap(({ heard }) => (heard === undefined ? [] : [heard]));
  }

  /** Sends again, under the same keys, what was never answered: it must be accepted now, or prove to have been accepted before. */
  async repeatUnanswered(stage: Stage): Promise<void> {
    for (const call of this.sent.filter(({ heard }) => heard === undefined)) {
      const reply = await stage.as(call.user).post<RequestView>(call.path, call.body, call.key);
      if (reply.status !== 202) throw new Error(`a repeated call was answered ${reply.status} ${reply.bytes.toString('utf8')}`);
      call.heard = reply.body;
    }
  }

  /** Each 202 is there under its id, with its orders, and is replayed word for word. Returns what is missing. */
  async missing(stage: Stage): Promise<readonly string[]> {
    return (await pMap(this.sent, (call) => missingOf(stage, call), { concurrency: CHECKED_AT_ONCE })).flat();
  }
}

async function missingOf(stage: Stage, { heard, user, path, body, key }: Sent): Promise<readonly string[]> {
  if (!heard) return [];
  const faults: string[] = [];
  const found = await stage.officer.get<RequestView>(`/api/v1/requests/${heard.id}`);
  if (found.status !== 200) faults.push(`${heard.id}: ${found.status}`);
  else if (!sameOrders(found.body.orders, heard.orders)) faults.push(`${heard.id}: other orders`);
  const replay = await stage.as(user).post<RequestView>(path, body, key);
  if (replay.status !== 202 || replay.body.id !== heard.id) faults.push(`${heard.id}: replayed as ${replay.status} ${replay.body.id}`);
  else if (JSON.stringify(replay.body) !== JSON.stringify(heard)) faults.push(`${heard.id}: replayed in other words`);
  return faults;
}

function sameOrders(a: readonly OrderView[], b: readonly OrderView[]): boolean {
  const numbers = (orders: readonly OrderView[]): string =>
    orders
      .map(({ orderNumber }) => orderNumber)
      .sort()
      .join();
  return numbers(a) === numbers(b);
}

/**
 * Approves what waits and waits until nothing is on its way; orders of the manual desk stay where they are. Control orders on one debtor at
 * one bank go one after another, so many of them take as long as they take: what must not be is a minute in which none gets done.
 */
export async function settle(stage: Stage): Promise<void> {
  for (const { id, status } of await allRequests(stage)) if (status === 'awaiting-approval') await stage.approve(id);
  let open = await openOrders(stage);
  while (open.length > 0) {
    const before = open;
    await eventually(async () => {
      open = await openOrders(stage);
      return open.length < before.length;
    }, SETTLE_MS_MAX).catch((error: unknown) => {
      throw new Error(`orders stay open: ${open.slice(0, 10).map(describeOrder).join('; ')} (${errorText(error)})`, { cause: error });
    });
  }
}

async function openOrders(stage: Stage): Promise<readonly OrderView[]> {
  const requests = (await allRequests(stage)).filter(({ status }) => status === 'dispatched');
  const orders = (await Promise.all(requests.map(({ id }) => stage.request(id)))).flatMap((request) => request.orders);
  return orders.filter(({ bank, status }) => bank !== 'wrcb' && ['queued', 'sent', 'received', 'undetermined'].includes(status));
}

function describeOrder({ orderNumber, bank, status }: OrderView): string {
  return `${orderNumber} at ${bank} ${status}`;
}

/** All requests of the court, page by page. */
export async function allRequests(stage: Stage): Promise<readonly RequestView[]> {
  const found: RequestView[] = [];
  let cursor: string | undefined;
  do {
    const page = await stage.officer.read<List<RequestView>>(
      `/api/v1/requests?limit=500${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

/**
 * Holds the banks' journals against our orders: no effect twice, none without an order of ours, and each answered order executed.
 * Returns every contradiction.
 */
export async function contradictions(stage: Stage): Promise<readonly string[]> {
  const details = await Promise.all((await allRequests(stage)).map(({ id }) => stage.request(id)));
  const orders = new Map(
    details.flatMap((request) => request.orders.map((order) => [order.orderNumber, { order, action: request.action }] as const)),
  );
  const faults: string[] = [];
  const effects = new Map<string, number>();
  for (const bank of BANKS) {
    for (const { orderNumber, line, action } of await stage.journal(bank)) {
      const effect = `${orderNumber}/${line ?? 0}/${action}`;
      effects.set(effect, (effects.get(effect) ?? 0) + 1);
      if (!orders.has(orderNumber)) faults.push(`${bank} executed ${orderNumber}, which is no order of ours`);
    }
  }
  for (const [effect, times] of effects) if (times > 1) faults.push(`${effect} was executed ${times} times`);
  for (const { order, action } of orders.values()) {
    if (order.status !== 'answered' || order.bank === 'wrcb') continue;
    const seqs = action === 'inquire' ? [0] : (order.lines ?? []).filter(({ status }) => status === 'executed').map(({ seq }) => seq);
    for (const seq of seqs)
      if (!effects.has(`${order.orderNumber}/${seq}/${action}`))
        faults.push(`${order.orderNumber}/${seq}/${action} is answered and was not executed`);
  }
  return faults;
}

/** The verifier's verdict on the running log once it covers what was committed. */
export async function ledgerVerdict(stage: Stage): Promise<string> {
  const { code, output } = await verify('--log', `${stage.system.origin}/ledger`);
  return code === 0 ? 'ok' : output.trim();
}
