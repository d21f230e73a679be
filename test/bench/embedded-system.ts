import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDir, TestSystem } from '#testing';
import type { BenchSystem } from './bench-system.js';
import { cpuTimes } from './cpu-time.js';
import { ofMetric, scrape, sumOf } from './metrics.js';
import type { BenchOptions } from './options.js';
import { say } from './say.js';
import { readStore } from './sqlite-store.js';

const MIB = 1024 * 1024;

/** The compiled standalone, in one process. */
export async function startEmbedded(held: boolean, { cpuProfile, keep }: BenchOptions): Promise<BenchSystem> {
  const folder = await tempDir('bench');
  const entry = fileURLToPath(new URL('../../apps/standalone/src/main.js', import.meta.url));
  const nodeFlags = cpuProfile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(cpuProfile)}`];
  const env = { CHAKONG_HOLD_DELIVERY: held ? 'on' : 'off', LOG_LEVEL: 'error' };
  const dataDir = path.join(folder.path, 'data');
  const system = await TestSystem.start({ dataDir, entry, env, nodeFlags, profile: 'embedded' });
  const metric = async (name: string): Promise<ReadonlyMap<string, number>> => ofMetric(await scrape(system.origin), name);
  return {
    system,
    folder,
    ports: [Number(new URL(system.origin).port)],
    toggleDelivery: () => void process.kill(system.process.pid, 'SIGUSR2'),
    commits: async () => countedCommits(await metric('chakong_store_commits_total')),
    statements: () => Promise.resolve(null),
    cpuTimes: () => cpuTimes({ standalone: system.process.pid }),
    openOrders: async () => sumOf((await metric('chakong_orders_open')).values()),
    hasUnpublished: async () => (await metric('chakong_outbox_unpublished')).get('database="gateway"') !== 0,
    readStore: (label) => readStore(dataDir, 'gateway', path.join(folder.path, label)),
    referencePlace: () => ({ kind: 'folder' }),
    sayStanding: async (label) => {
      const bytes = (await metric('process_resident_memory_bytes')).get('') ?? Number.NaN;
      say(`${label}: ${Math.round(bytes / MIB)} MiB resident`);
    },
    end: async () => {
      const ending = await system.stop();
      if (ending.code !== 0) say(`the system ended with ${JSON.stringify(ending)}:\n${system.process.output().slice(-2000)}`);
      if (keep) say(`data kept in ${folder.path}`);
      else await folder.remove();
    },
  };
}

/** Commits by label of the database. The books of the simulated banks are no part of the system. */
export function countedCommits(byDatabase: ReadonlyMap<string, number>): number {
  return sumOf([...byDatabase].filter(([label]) => !label.startsWith('database="sim/')).map(([, commits]) => commits));
}
