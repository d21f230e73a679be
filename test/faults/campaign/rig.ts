import { Caller, eventually, type TestSystem } from '#testing';
import { leaveFailPoints } from '../../../deploy/local/cluster/armed.js';
import { Stage } from '../../scenarios/stage/stage.js';

const START_MS_MAX = 90_000;
const READY_MS_MAX = 90_000;
const CALL_MS_MAX = 2_000;

export type Pids = Readonly<Record<string, number>>;

interface Announced {
  readonly pids: Pids;
  readonly origins: Readonly<Record<string, string>>;
}

/** A running cluster with its hands on each process: what a campaign kills, stops, and waits for. */
export class Rig {
  private known: Pids;

  private constructor(
    readonly stage: Stage,
    private readonly announced: Announced,
  ) {
    this.known = announced.pids;
  }

  static async open(): Promise<Rig> {
    const stage = await Stage.open({ profile: 'distributed', env: { LOG_LEVEL: process.env['LOG_LEVEL'] || 'warn' } });
    const [, announced = ''] = /^ready (\{.*\})$/m.exec(stage.system.process.output()) ?? [];
    return new Rig(stage, JSON.parse(announced) as Announced);
  }

  get system(): TestSystem {
    return this.stage.system;
  }

  /** Whether the cluster has started its servers itself, so that they may be killed. */
  get ownsServers(): boolean {
    return this.known['mariadb'] !== undefined && this.known['kafka'] !== undefined;
  }

  /** The interface of one gateway, past the entrance. */
  at(name: string, username: string): Caller {
    return new Caller(this.announced.origins[name] ?? '', () => this.system.token(username));
  }

  /** The pids of all processes, as the cluster said them last. */
  pids(): Pids {
    const output = this.system.process.output();
    const from = output.lastIndexOf('\npids {');
    const to = output.indexOf('\n', from + 1);
    if (from >= 0 && to >= 0) this.known = JSON.parse(output.slice(from + '\npids '.length, to)) as Pids;
    return this.known;
  }

  /** @returns the pid that got the signal. @throws Error when there is no such process */
  signal(name: string, signal: NodeJS.Signals): number {
    const pid = this.pids()[name];
    if (pid === undefined) throw new Error(`no process ${name} runs`);
    process.kill(pid, signal);
    return pid;
  }

  /** Waits until the supervisor has started a process again. @returns the new pid */
  reborn(name: string, than: number): Promise<number> {
    return eventually(() => {
      const pid = this.pids()[name];
      return pid !== undefined && pid !== than ? pid : undefined;
    }, START_MS_MAX);
  }

  /** Waits until a process, which is not a server, says that it is ready. */
  async ready(name: string): Promise<void> {
    const origin = this.announced.origins[name];
    if (origin === undefined) return;
    await eventually(async () => {
      const answer = await fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(CALL_MS_MAX) });
      await answer.arrayBuffer();
      return answer.status === 200;
    }, READY_MS_MAX);
  }

  allReady(): Promise<unknown> {
    return Promise.all(Object.keys(this.announced.origins).map((name) => this.ready(name)));
  }

  /** Leaves a fail-point for each of these processes: for its next start, or to be handed to it while it runs. */
  arm(points: Readonly<Record<string, string>>, when: 'now' | 'next start'): void {
    leaveFailPoints(this.stage.dataDir, points);
    if (when === 'now') process.kill(this.system.process.pid, 'SIGUSR2');
  }

  /** What the supervisor said last about the end of a process. */
  lastEnding(name: string): string | undefined {
    const output = this.system.process.output();
    const from = output.lastIndexOf(`${name} has ended (`);
    return from < 0 ? undefined : output.slice(from, output.indexOf('\n', from));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process: that is the answer.
    return false;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
