import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDir, TestSystem } from '#testing';
import { BenchServers } from './bench-servers.js';
import type { BenchSystem, ReferencePlace } from './bench-system.js';
import { cpuTimes, type CpuTimes } from './cpu-time.js';
import { countedCommits } from './embedded-system.js';
import { ofMetric, scrape, sumOf, type Scraped } from './metrics.js';
import { readDatabase } from './mysql-store.js';
import type { BenchOptions } from './options.js';
import { say } from './say.js';
import type { StoreReading } from './store-reading.js';

const MIB = 1024 * 1024;

/** What the line `ready {…}` of a cluster says. */
interface ReadyLine {
  readonly pids: Readonly<Record<string, number>>;
  readonly origins: Readonly<Record<string, string>>;
}

/** The compiled cluster: every app as a process, on a MariaDB and a Kafka of the run. */
export async function startCluster(held: boolean, { cpuProfile, keep }: BenchOptions): Promise<BenchSystem> {
  const folder = await tempDir('bench');
  const servers = await BenchServers.start(folder.path);
  try {
    const entry = fileURLToPath(new URL('../../deploy/local/cluster/main.js', import.meta.url));
    const env = {
      ...servers.env,
      ...(cpuProfile === undefined ? {} : profiled(path.resolve(cpuProfile))),
      CHAKONG_HOLD_DELIVERY: held ? 'on' : 'off',
      LOG_LEVEL: 'error',
    };
    const system = await TestSystem.start({ dataDir: path.join(folder.path, 'data'), entry, env, profile: 'distributed' });
    const [, text = ''] = await system.process.waitForLine(/^ready (\{.*\})$/m);
    return new ClusterSystem(system, folder, { servers, ready: JSON.parse(text) as ReadyLine, keep });
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

/** Each process keeps a CPU profile and writes it to the folder at its end, under its name. */
function profiled(folder: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import ${new URL('./cpu-profile.js', import.meta.url).href}`, CHAKONG_BENCH_PROFILES: folder };
}

interface ClusterParts {
  readonly servers: BenchServers;
  readonly ready: ReadyLine;
  readonly keep: boolean;
}

class ClusterSystem implements BenchSystem {
  constructor(
    readonly system: TestSystem,
    readonly folder: BenchSystem['folder'],
    private readonly parts: ClusterParts,
  ) {}

  /** The gateways themselves: the entrance stands for a load balancer, which is not what is measured. */
  get ports(): readonly number[] {
    return this.gateways().map((name) => Number(new URL(this.parts.ready.origins[name] ?? '').port));
  }

  toggleDelivery(): void {
    for (const name of this.gateways()) {
      const pid = this.parts.ready.pids[name];
      if (pid !== undefined) process.kill(pid, 'SIGUSR2');
    }
  }

  async commits(): Promise<number> {
    return sumOf((await this.commitsByProcess()).map(([, commits]) => commits));
  }

  statements(): Promise<ReadonlyMap<string, number>> {
    return this.parts.servers.statements();
  }

  cpuTimes(): CpuTimes {
    return cpuTimes({ ...this.parts.ready.pids, ...this.parts.servers.pids });
  }

  /** Asked of the database: a scrape of the metrics several times a second would be a good part of a gateway's work. */
  async openOrders(): Promise<number> {
    const sql = `SELECT COUNT(*) AS n FROM ${this.gatewayDatabase()}.orders WHERE status IN ('queued', 'sent', 'received', 'undetermined')`;
    return (await this.parts.servers.database.reader.one<{ n: number }>(sql))?.n ?? 0;
  }

  async hasUnpublished(): Promise<boolean> {
    const sql = `SELECT 1 AS one FROM ${this.gatewayDatabase()}.outbox WHERE published_at IS NULL LIMIT 1`;
    return (await this.parts.servers.database.reader.one(sql)) !== undefined;
  }

  readStore(): Promise<StoreReading> {
    return readDatabase(this.parts.servers.database.reader, this.gatewayDatabase());
  }

  referencePlace(): ReferencePlace {
    const { url, prefix, brokers } = this.parts.servers;
    return { kind: 'server', url, database: `${prefix}_reference`, brokers, prefix };
  }

  async sayStanding(label: string): Promise<void> {
    const processes = await this.scrapeAll();
    const memory = processes.map(([name, samples]) => {
      const mib = (metric: string): number => Math.round((samples.get(metric) ?? 0) / MIB);
      const inside = `heap ${mib('nodejs_heap_size_used_bytes')} of ${mib('nodejs_heap_size_total_bytes')}, external ${mib('nodejs_external_memory_bytes')}`;
      return `${name} ${mib('process_resident_memory_bytes')} (${inside})`;
    });
    say(`${label}: MiB resident: ${memory.join(', ')}`);
    say(`${label}: commits: ${(await this.commitsByProcess()).map(([name, commits]) => `${name} ${commits}`).join(', ')}`);
  }

  async end(): Promise<void> {
    const ending = await this.system.stop();
    if (ending.code !== 0) say(`the system ended with ${JSON.stringify(ending)}:\n${this.system.process.output().slice(-2000)}`);
    if (this.parts.keep) return say(`data kept in ${this.folder.path}, databases ${this.parts.servers.prefix}_*`);
    await this.parts.servers.stop();
    await this.folder.remove();
  }

  private gateways(): readonly string[] {
    return Object.keys(this.parts.ready.origins).filter((name) => name.startsWith('court-gateway-'));
  }

  private gatewayDatabase(): string {
    return `${this.parts.servers.prefix}_gateway`;
  }

  private async commitsByProcess(): Promise<(readonly [string, number])[]> {
    const processes = await this.scrapeAll();
    return processes.map(([name, samples]) => [name, countedCommits(ofMetric(samples, 'chakong_store_commits_total'))] as const);
  }

  private scrapeAll(): Promise<(readonly [string, Scraped])[]> {
    const { origins } = this.parts.ready;
    return Promise.all(Object.entries(origins).map(async ([name, origin]) => [name, await scrape(origin)] as const));
  }
}
