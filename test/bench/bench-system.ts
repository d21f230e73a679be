import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from './options.js';
import { tempDir, TestSystem, type TempDir } from '#testing';

/** The system under measurement: the compiled standalone of this same build, in a process of its own. */
export interface BenchSystem {
  readonly system: TestSystem;
  /** Scratch space of the run; the system's data folder is `dataDir` in it. */
  readonly folder: TempDir;
  readonly dataDir: string;
  readonly port: number;
  /** Lets held-back delivery go. */
  release(): void;
  /** Commits of the gateway's store since its start, or null when the system does not say. */
  commits(): Promise<number | null>;
  /** Orders that have no last word yet. */
  openOrders(): Promise<number>;
  end(): Promise<void>;
}

/** Starts with delivery held back when `held`. */
export async function startBenchSystem(held: boolean, { cpuProfile, keep }: BenchOptions): Promise<BenchSystem> {
  const folder = await tempDir('bench');
  const entry = fileURLToPath(new URL('../../apps/standalone/src/main.js', import.meta.url));
  const nodeFlags = cpuProfile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(cpuProfile)}`];
  const env = { CHAKONG_HOLD_DELIVERY: held ? 'on' : 'off', LOG_LEVEL: 'error' };
  const dataDir = path.join(folder.path, 'data');
  const system = await TestSystem.start({ dataDir, entry, env, nodeFlags });
  return {
    system,
    folder,
    dataDir,
    port: Number(new URL(system.origin).port),
    release: () => void process.kill(system.process.pid, 'SIGUSR2'),
    commits: async () => (await samplesOf(system, 'chakong_store_commits_total')).get('database="gateway"') ?? null,
    openOrders: async () => [...(await samplesOf(system, 'chakong_orders_open')).values()].reduce((sum, count) => sum + count, 0),
    end: async () => {
      const ending = await system.stop();
      if (ending.code !== 0) say(`the system ended with ${JSON.stringify(ending)}:\n${system.process.output().slice(-2000)}`);
      if (keep) say(`data kept in ${folder.path}`);
      else await folder.remove();
    },
  };
}

/** The samples of one metric of /metrics by their labels; asking for them costs the system less than reading its lists. */
async function samplesOf(system: TestSystem, metric: string): Promise<ReadonlyMap<string, number>> {
  const { body } = await system.as('admin').get<string>('/metrics');
  const lines = String(body).matchAll(new RegExp(`^${metric}\\{(.*)\\} (\\S+)$`, 'gm'));
  return new Map([...lines].map(([, labels = '', value]) => [labels, Number(value)]));
}

/** Progress and details; the last line of standard output is the result alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
