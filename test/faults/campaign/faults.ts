import { errorText } from '#kernel';
import { eventually } from '#testing';
import type { AutomaticBank } from '../../scenarios/stage/stage.js';
import type { ArmedPoint } from './places.js';
import { isAlive, pause, type Rig } from './rig.js';
import { decideAtBothGateways } from './one-case.js';

const PAUSED_MS = 4_000;
const DEATH_MS_MAX = 20_000;
const CHURN_TURNS = 4;
const CHURN_EVERY_MS = 1_200;
const BANK_FAULT_MS = 4_000;

/** What a fault did: when it was over or struck, whether each named point was reached, and what else there is to say. */
export interface Struck {
  /** performance.now() from which the recovery counts: the death, the end of a pause, the end of a bank's trouble. */
  readonly at: number;
  readonly kills: readonly { readonly name: string; readonly reached: boolean }[];
  readonly wrong?: readonly string[];
}

export interface Fault {
  readonly name: string;
  /** Processes that must be ready again. */
  readonly processes: readonly string[];
  /** The bank through which orders must flow again. */
  readonly bank: AutomaticBank;
  /** Only a bank's own fault may leave an order with a person. */
  readonly isBankFault: boolean;
  strike(rig: Rig): Promise<Struck>;
}

type Plain = Omit<Fault, 'strike' | 'isBankFault'>;

export function killed(of: Plain): Fault {
  const [name = ''] = of.processes;
  const strike = async (rig: Rig): Promise<Struck> => {
    const pid = rig.signal(name, 'SIGKILL');
    const at = performance.now();
    await rig.reborn(name, pid);
    return { at, kills: [{ name: of.name, reached: true }] };
  };
  return { ...of, isBankFault: false, strike };
}

/** Stopped long enough to lose its lease or its place in a group, then woken. */
export function paused(of: Plain): Fault {
  const [name = ''] = of.processes;
  const strike = async (rig: Rig): Promise<Struck> => {
    const pid = rig.signal(name, 'SIGSTOP');
    try {
      await pause(PAUSED_MS);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    return { at: performance.now(), kills: [{ name: of.name, reached: true }] };
  };
  return { ...of, isBankFault: false, strike };
}

/** Kills each process of each point with the point armed for its next life, and waits until it has died there. */
export function diedAt(points: readonly ArmedPoint[], bank: AutomaticBank): Fault {
  const processes = points.flatMap((each) => each.processes);
  const name = points.map(({ point, hit, processes: armed }) => `${point}@${hit} in ${armed.join('/')}`).join(' + ');
  const strike = async (rig: Rig): Promise<Struck> => {
    rig.arm(Object.fromEntries(points.flatMap(({ point, hit, processes: armed }) => armed.map((each) => [each, `${point}@${hit}`]))));
    const deaths = await Promise.all(points.map((each) => dieOnce(rig, each)));
    const at = Math.max(...deaths.map((death) => death.at));
    return { at, kills: points.map(({ point }, n) => ({ name: point, reached: deaths[n]?.reached ?? false })) };
  };
  return { name, processes, bank, isBankFault: false, strike };
}

async function dieOnce(rig: Rig, { processes }: ArmedPoint): Promise<{ at: number; reached: boolean }> {
  const before = processes.map((name) => [name, rig.signal(name, 'SIGKILL')] as const);
  const armed = await Promise.all(before.map(async ([name, pid]) => [name, await rig.reborn(name, pid)] as const));
  const death = (): string | undefined => armed.find(([, pid]) => !isAlive(pid))?.[0];
  const dead = await eventually(death, DEATH_MS_MAX).catch(() => undefined);
  const at = performance.now();
  // Those that are armed still get a life without the point.
  for (const [, pid] of armed) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await Promise.all(armed.map(([name, pid]) => rig.reborn(name, pid)));
  const how = dead === undefined ? '' : (rig.lastEnding(dead) ?? '');
  return { at, reached: how.includes('SIGKILL') };
}

export function troubledBank(name: string, bank: AutomaticBank, faults: unknown): Fault {
  const strike = async (rig: Rig): Promise<Struck> => {
    await rig.stage.setFaults(bank, faults);
    await pause(BANK_FAULT_MS);
    await eventually(async () => {
      await rig.stage.setFaults(bank, {});
      return true;
    });
    return { at: performance.now(), kills: [{ name, reached: true }] };
  };
  return { name: `${name} at ${bank}`, processes: [], bank, isBankFault: true, strike };
}

/** Members leave and join: each gateway ends in order, one after the other, faster than the groups come to rest. */
export function churn(gateways: readonly string[], bank: AutomaticBank): Fault {
  const strike = async (rig: Rig): Promise<Struck> => {
    for (let turn = 0; turn < CHURN_TURNS; turn += 1) {
      const name = gateways[turn % gateways.length] ?? '';
      const pid = rig.signal(name, 'SIGTERM');
      await rig.reborn(name, pid);
      await pause(CHURN_EVERY_MS);
    }
    return { at: performance.now(), kills: [{ name: 'group churn', reached: true }] };
  };
  return { name: 'group churn', processes: gateways, bank, isBankFault: false, strike };
}

export function oneCase(gateways: readonly string[], bank: AutomaticBank): Fault {
  const name = 'two gateways decide on one case';
  const strike = async (rig: Rig): Promise<Struck> => {
    const wrong = await decideAtBothGateways(rig, gateways, bank).catch((error: unknown) => [errorText(error)]);
    return { at: performance.now(), kills: [{ name, reached: true }], wrong };
  };
  return { name, processes: gateways, bank, isBankFault: false, strike };
}
