import { spawn } from 'node:child_process';
import { AppError, type RealTime } from '#kernel';
import { Entrance } from './entrance.js';
import type { ClusterOptions } from './options.js';
import { migrateSpec, planCluster, playSpec, type Plan, type Servers } from './plan.js';
import { Supervised, type ProcessSpec } from './supervised.js';

/** A process that is not ready after this long keeps the cluster from starting. Real time. */
const READY_MS_MAX = 120_000;
const LOOK_EVERY_MS = 100;
const CALL_MS_MAX = 5_000;

export interface ClusterSettings {
  readonly options: ClusterOptions;
  readonly servers: Servers;
  /** Pids of the servers that were started for this cluster. */
  readonly serverPids: () => Readonly<Record<string, number>>;
  readonly port: number;
  readonly demo: string;
  readonly time: RealTime;
  /** Lines for people and for programs that wait for `ready` and `pids`. */
  readonly write: (line: string) => void;
}

/** The distributed profile as processes of one machine: started in order, kept alive, stopped in order. */
export class Cluster {
  private readonly processes: readonly Supervised[];
  private isReady = false;

  private constructor(
    private readonly settings: ClusterSettings,
    private readonly plan: Plan,
    private readonly entrance: Entrance,
  ) {
    const { time, write } = settings;
    this.processes = plan.processes.map((spec) => new Supervised(spec, time, () => this.sayPids(), write));
  }

  /** Resolves when everything serves. @throws AppError `unavailable` with the last words of what did not */
  static async start(settings: ClusterSettings): Promise<Cluster> {
    const { options, servers, demo } = settings;
    await runOnce(migrateSpec(options, servers, demo), settings.write);
    const plan = await planCluster(options, servers, demo);
    const cluster = new Cluster(settings, plan, new Entrance(plan.routes));
    try {
      await cluster.begin();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The pids of all processes that run now, servers included. */
  pids(): Readonly<Record<string, number>> {
    const own = this.processes.flatMap(({ spec, pid }) => (pid === undefined ? [] : [[spec.name, pid] as const]));
    return { ...Object.fromEntries(own), ...this.settings.serverPids() };
  }

  get court(): string {
    return `http://127.0.0.1:${this.settings.port}`;
  }

  /** Where each process listens by itself: health and metrics are asked there. */
  get origins(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.plan.origins);
  }

  get addresses(): Plan['addresses'] {
    return this.plan.addresses;
  }

  /** Hands the fail-points that a campaign has left to the processes that run; the others find theirs when they start. */
  arm(): void {
    for (const process of this.processes) process.arm();
  }

  play(): Promise<void> {
    return runOnce(playSpec(this.settings.options, this.court), this.settings.write);
  }

  /** New calls end first, then those who make work, last the ledger, which takes their facts. */
  async stop(): Promise<void> {
    this.isReady = false;
    await this.entrance.close();
    const ledgerLast = (a: Supervised, b: Supervised): number =>
      Number(a.spec.name === 'audit-ledger') - Number(b.spec.name === 'audit-ledger');
    const inOrder = [...this.processes].sort(ledgerLast);
    await Promise.all(inOrder.slice(0, -1).map((process) => process.stop()));
    await inOrder.at(-1)?.stop();
  }

  private async begin(): Promise<void> {
    await this.entrance.listen(this.settings.port);
    for (const process of this.processes) process.start();
    await Promise.all(this.processes.map((process) => this.untilReady(process)));
    this.isReady = true;
  }

  private async untilReady(process: Supervised): Promise<void> {
    const { time } = this.settings;
    const { name } = process.spec;
    const end = time.monotonicMs() + READY_MS_MAX;
    while (!(await isReady(this.plan.origins.get(name) ?? ''))) {
      if (time.monotonicMs() > end) {
        throw new AppError('unavailable', `${name} did not become ready:\n${process.lastWords}`, { level: 'fatal' });
      }
      await time.realSleep(LOOK_EVERY_MS);
    }
  }

  /** After a restart: whoever kills processes must know the new ones. */
  sayPids(): void {
    if (this.isReady) this.settings.write(`pids ${JSON.stringify(this.pids())}`);
  }
}

async function isReady(origin: string): Promise<boolean> {
  try {
    const answer = await fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(CALL_MS_MAX) });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    // Not listening yet is the normal case here; the limit of the wait tells of anything else.
    return false;
  }
}

/** Runs a process to its end and hands on what it says. @throws AppError `unavailable` when it fails */
function runOnce({ name, script, env }: ProcessSpec, write: (line: string) => void): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', script], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) write(line);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (rest !== '') write(rest);
      if (code === 0) resolve();
      else reject(new AppError('unavailable', `${name} failed with exit code ${code}`, { level: 'fatal' }));
    });
  });
}
