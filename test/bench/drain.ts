import { setTimeout as pause } from 'node:timers/promises';
import type { TestSystem } from '#testing';

/** A drain that makes no progress for this long has come to its end; what is open then counts as lost. */
const STALL_MS_MAX = 60_000;
const LOOK_EVERY_MS = 250;
const COUNT_EVERY_MS = 3_000;

export interface Drained {
  readonly lost: number;
  readonly doubled: number;
  readonly seconds: number;
  /** Whether every request of the officers has come to its end, answers applied. */
  readonly settled: boolean;
}

interface JournalAnswer {
  readonly items: readonly { readonly orderNumber: string; readonly action: string }[];
}

/** How often each order was executed, by the banks' own journals. */
export async function executions(system: TestSystem, banks: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const bank of banks) {
    const { items } = await system.as('admin').read<JournalAnswer>(`/sim/${bank}/journal`);
    for (const { orderNumber, action } of items) if (action === 'inquire') counts.set(orderNumber, (counts.get(orderNumber) ?? 0) + 1);
  }
  return counts;
}

/** Waits until nothing is on its way any more, then compares what was promised by 202 with what the banks say they did. */
export async function drain(system: TestSystem, banks: readonly string[], promised: readonly string[]): Promise<Drained> {
  const started = performance.now();
  const settled = await untilSettled(system, banks);
  const counts = await executions(system, banks);
  return {
    lost: promised.filter((orderNumber) => !counts.has(orderNumber)).length,
    doubled: promised.filter((orderNumber) => (counts.get(orderNumber) ?? 0) > 1).length,
    seconds: (performance.now() - started) / 1000,
    settled,
  };
}

/** False when a minute went by without a bank executing anything while requests were still open. */
async function untilSettled(system: TestSystem, banks: readonly string[]): Promise<boolean> {
  let executed = -1;
  let movedAt = performance.now();
  let countedAt = 0;
  for (;;) {
    if (await nothingOpen(system)) return true;
    const now = performance.now();
    if (now - countedAt > COUNT_EVERY_MS) {
      const total = (await executions(system, banks)).size;
      if (total !== executed) movedAt = now;
      executed = total;
      countedAt = performance.now();
    }
    if (now - movedAt > STALL_MS_MAX) return false;
    await pause(LOOK_EVERY_MS);
  }
}

/** Whether no request is dispatched and unanswered. */
export async function nothingOpen(system: TestSystem): Promise<boolean> {
  const list = await system.as('officer').read<{ items: readonly unknown[] }>('/api/v1/requests?status=dispatched&limit=1');
  return list.items.length === 0;
}
