import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { rounded } from './samples.js';
import { say } from './say.js';

/** Linux counts a process's time in hundredths of a second, whatever the kernel's own clock. */
const MS_PER_TICK = 10;
/** Where user and system time stand behind the program's name, which may itself hold blanks and brackets (proc(5)). */
const USER_TICKS_AT = 11;
const SYSTEM_TICKS_AT = 12;
/** The books of the simulated banks are no part of the system. */
const STAND_IN = 'bank-simulator';

/** Milliseconds of processor time since their starts, by kind of process: replicas and the connectors of all banks count as one. */
export type CpuTimes = ReadonlyMap<string, number>;

/** @param pids by name, such as `court-gateway-2`; a process that is gone, or a system without /proc, counts as nothing */
export function cpuTimes(pids: Readonly<Record<string, number>>): CpuTimes {
  const times = new Map<string, number>();
  for (const [name, pid] of Object.entries(pids)) times.set(kindOf(name), (times.get(kindOf(name)) ?? 0) + cpuMsOf(pid));
  return times;
}

/**
 * What one order has cost each kind of process, and all of them together without the simulated banks. Under foreign load this stays an honest figure
 * where rates do not.
 */
export function cpuPerOrder(before: CpuTimes, after: CpuTimes, orders: number): Readonly<Record<string, number>> {
  const each: Record<string, number> = {};
  let all = 0;
  for (const [kind, ms] of after) {
    const spent = (ms - (before.get(kind) ?? 0)) / Math.max(1, orders);
    each[kind] = rounded(spent, 2) ?? 0;
    if (kind !== STAND_IN) all += spent;
  }
  const result = { all: rounded(all, 2) ?? 0, ...each };
  say(
    `CPU ms per order: ${Object.entries(result)
      .map(([kind, ms]) => `${kind} ${ms}`)
      .join(', ')}`,
  );
  return result;
}

const REST_MS = 3_000;

/** What the processes cost while nobody asks them for anything: it is part of every order's share, the greater the slower orders come. */
export async function sayCpuAtRest(times: () => CpuTimes): Promise<void> {
  const before = times();
  await pause(REST_MS);
  const spent = [...times()].map(([kind, ms]) => `${kind} ${rounded((ms - (before.get(kind) ?? 0)) / (REST_MS / 1000), 0) ?? 0}`);
  say(`CPU ms per second at rest: ${spent.join(', ')}`);
}

/** `court-gateway-1` and `court-gateway-2` are one kind, as are `connector-hubeibank` and `connector-wrcb`. */
function kindOf(name: string): string {
  return /^(court-gateway|connector|kafka)\b/.exec(name)?.[1] ?? name;
}

function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[USER_TICKS_AT]) + Number(fields[SYSTEM_TICKS_AT])) * MS_PER_TICK;
  } catch (error) {
    say(`no CPU time of process ${pid}: ${error instanceof Error ? error.message : String(error)}`);
    return 0;
  }
}
