import { errorText } from '#kernel';
import { eventually } from '#testing';
import type { AutomaticBank } from '../../scenarios/stage/stage.js';
import { isPassedAtStart, type ArmedPoint } from './places.js';
import { isAlive, pause, type Rig } from './rig.js';
import { decideAtBothGateways } from './one-case.js';

const PAUSED_MS = 4_000;
const DEATH_MS_MAX = 30_000;
const CHURN_TURNS = 4;
const CHURN_EVERY_MS = 1_200;
const BANK_FAULT_MS = 4_000;

/** What a step did: when it was over or struck, whether each named point was reached, and what else there is to say. */
export interface Struck {
  /** performance.now() from which the recovery counts: the death, the end of a pause, the end of a bank's trouble. */
  readonly at: number;
  readonly kills: readonly { readonly name: string; readonly reached: boolean }[];
  readonly wrong?: readonly string[];
}

/** What strikes at one moment; the recovery from it is waited for before the next one. */
export interface Step {
  /** Processes that must be ready again. */
  readonly processes: readonly string[];
  /** The bank through which orders must flow again. */
  readonly bank: AutomaticBank;
  strike(rig: Rig): Promise<Struck>;
}

/** What one round brings, step by step under the same load, before it is judged. */
export interface Fault {
  readonly name: string;
  /** Only a bank's own fault may leave an order with a person. */
  readonly isBankFault: boolean;
  readonly steps: readonly Step[];
}

type Plain = Omit<Step, 'strike'> & { readonly name: string };

export function killed(of: Plain): Fault {
  const [name = ''] = of.processes;
  const strike = async (rig: Rig): Promise<Struck> => {
    const pid = rig.signal(name, 'SIGKILL');
    const at = performance.now();
    await rig.reborn(name, pid);
    return { at, kills: [{ name: of.name, reached: true }] };
  };
  return oneStep(of, strike);
}

function oneStep({ name, processes, bank }: Plain, strike: Step['strike'], isBankFault = false): Fault {
  return { name, isBankFault, steps: [{ processes, bank, strike }] };
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
  return oneStep(of, strike);
}

/** Deaths at named places, one group after another on the same cluster; the processes of a group die side by side. */
export function diedAt(groups: readonly (readonly ArmedPoint[])[], bankOf: (process: string) => AutomaticBank): Fault {
  const nameOf = ({ point, hit, processes }: ArmedPoint): string => `${point}@${hit} in ${processes.join('/')}`;
  const steps = groups.map((points) => ({
    processes: points.flatMap((each) => each.processes),
    bank: bankOf(points[0]?.processes[0] ?? ''),
    strike: (rig: Rig) => dieAt(rig, points),
  }));
  return { name: `points ${groups.map((points) => points.map(nameOf).join(' + ')).join(', then ')}`, isBankFault: false, steps };
}

/** Arms each process and waits until it has died there. */
async function dieAt(rig: Rig, points: readonly ArmedPoint[]): Promise<Struck> {
  const when = points.some(isPassedAtStart) ? 'next start' : 'now';
  const armed = await Promise.all(points.map(({ processes }) => pidsOf(rig, processes)));
  rig.arm(Object.fromEntries(points.flatMap(({ point, hit, processes }) => processes.map((each) => [each, `${point}@${hit}`]))), when);
  const deaths = await Promise.all(armed.map(async (lives) => dieOnce(rig, when === 'now' ? lives : await nextLives(rig, lives))));
  const at = Math.max(...deaths.map((death) => death.at));
  return { at, kills: points.map(({ point }, n) => ({ name: point, reached: deaths[n]?.reached ?? false })) };
}

/** A process and the pid of one of its lives. */
type Life = readonly [name: string, pid: number];

/** One that is being started again has no pid for a moment. */
function pidsOf(rig: Rig, processes: readonly string[]): Promise<readonly Life[]> {
  return Promise.all(processes.map(async (name): Promise<Life> => [name, await rig.reborn(name, 0)]));
}

async function nextLives(rig: Rig, lives: readonly Life[]): Promise<readonly Life[]> {
  for (const [name] of lives) rig.signal(name, 'SIGKILL');
  return Promise.all(lives.map(async ([name, pid]): Promise<Life> => [name, await rig.reborn(name, pid)]));
}

async function dieOnce(rig: Rig, armed: readonly Life[]): Promise<{ at: number; reached: boolean }> {
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
  return oneStep({ name: `${name} at ${bank}`, processes: [], bank }, strike, true);
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
  return oneStep({ name: 'group churn', processes: gateways, bank }, strike);
}

export function oneCase(gateways: readonly string[], bank: AutomaticBank): Fault {
  const name = 'two gateways decide on one case';
  const strike = async (rig: Rig): Promise<Struck> => {
    const wrong = await decideAtBothGateways(rig, gateways, bank).catch((error: unknown) => [errorText(error)]);
    return { at: performance.now(), kills: [{ name, reached: true }], wrong };
  };
  return oneStep({ name, processes: gateways, bank }, strike);
}
