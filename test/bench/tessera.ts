import { hash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { newSignerKey } from '#merkle';
import { freePort, startProcess, startProgram, withTempDir, type TestProcess } from '#testing';
import { buildTessera } from '../interop/go-tools.js';
import { cpuTimes } from './cpu-time.js';
import { closedLoad, type Load } from './load.js';
import { say } from './say.js';
import type { WireRequest } from './wire.js';

/** Writers at once; Tessera fills batches of 256 and ours of 1,000, so both have some batches' worth waiting. */
const WRITERS = 1_024;
const WARM_UP_SECONDS = 2;
const START_MS_MAX = 20_000;
const SEED_BYTES = 32;
const GO_SOURCES = 'test/interop/go';

/** Entries per second that each log took, over HTTP from this process, one log after the other. */
export interface Peers {
  readonly ours: number;
  readonly tessera: number;
}

/**
 * Our ledger and Tessera's POSIX conformance server under the same generator: the same leaves of about 400 bytes, the same number of writers, each of
 * which waits for its answer, and the same file system. Ours answers when a published checkpoint covers the leaf, after a commit that stages it and one
 * that places it, both synced, and synced tiles; Tessera answers when its synced bundle, tiles and state hold it, and publishes each second.
 * @returns undefined, with the reason said, where Go or its modules are not there
 */
export async function measureBesideTessera(seconds: number): Promise<Peers | undefined> {
  return withTempDir(async (folder) => {
    const built = await buildTessera(path.resolve(GO_SOURCES), folder);
    if (!('program' in built)) {
      say(`tessera: skipped: ${'missing' in built ? built.missing : built.broken}`);
      return undefined;
    }
    const ours = await measure('ours', seconds, (port) => startOurs(path.join(folder, 'ours'), port));
    const tessera = await measure('tessera', seconds, (port) => startTessera(built.program, path.join(folder, 'tessera'), port));
    say(`beside tessera: ours ${Math.round(ours)}/s, Tessera POSIX ${Math.round(tessera)}/s, ratio ${(ours / tessera).toFixed(2)}`);
    return { ours, tessera };
  }, 'bench-tessera');
}

async function measure(name: string, seconds: number, start: (port: number) => Promise<TestProcess>): Promise<number> {
  const port = await freePort();
  const server = await start(port);
  try {
    await closedLoad([port], WRITERS, WARM_UP_SECONDS, leaves().load, WRITERS);
    const { load, taken } = leaves();
    const cpuBefore = cpuMs(server);
    const result = await closedLoad([port], WRITERS, seconds, load, WRITERS);
    const cpu = ((cpuMs(server) - cpuBefore) * 1000) / Math.max(1, taken());
    const { min, median, max } = result.latencies.spread();
    const p50 = result.latencies.quantile(0.5)?.toFixed(0);
    say(
      `${name}: ${taken()} entries in ${result.seconds.toFixed(1)} s, a second ${min}..${median}..${max}, p50 ${p50} ms, ${cpu.toFixed(0)} µs of processor time each`,
    );
    if (taken() !== result.sent) say(`${name}: ${result.sent - taken()} were not taken\n${server.output().slice(-500)}`);
    return taken() / result.seconds;
  } finally {
    await server.stop();
  }
}

/** Of the server alone: on a machine that others use it is the figure to compare. */
function cpuMs({ pid }: TestProcess): number {
  return cpuTimes({ server: pid }).get('server') ?? 0;
}

async function startOurs(folder: string, port: number): Promise<TestProcess> {
  const script = fileURLToPath(new URL('../../apps/audit-ledger/src/testing/add-server.js', import.meta.url));
  const server = startProcess(script, [folder, String(port)]);
  await server.waitForLine(/^ready$/m, START_MS_MAX);
  return server;
}

async function startTessera(program: string, folder: string, port: number): Promise<TestProcess> {
  await mkdir(folder, { recursive: true });
  const key = path.join(folder, '..', 'tessera.key');
  await writeFile(key, newSignerKey('bench.test/tessera', randomBytes(SEED_BYTES)));
  const server = startProgram(program, ['-storage_dir', folder, '-private_key', key, '-listen', `127.0.0.1:${port}`, '-logtostderr']);
  await server.waitForLine(/Environment variables useful/, START_MS_MAX);
  return server;
}

/** Leaves as the ledger knows them, each the first of a subject of its own. */
function leaves(): { load: Load; taken: () => number } {
  let taken = 0;
  const run = randomBytes(8).toString('hex');
  const next = (n: number): WireRequest => ({ method: 'POST', path: '/add', headers: {}, body: leafOf(`${run}${n}`) });
  return { load: { next, heard: (_n, { status }) => void (taken += status === 200 ? 1 : 0) }, taken: () => taken };
}

function leafOf(name: string): string {
  const commitment = hash('sha256', name);
  return (
    `{"actor":"${commitment.slice(0, 32)}","at":"2026-03-01T02:03:04.005Z","case":"${commitment.slice(32)}","commitment":"${commitment}",` +
    `"order":"${commitment.slice(16, 48)}","source":"court-gateway","subject":"order:${name}","subjectSeq":1,"type":"order.dispatched","v":1}`
  );
}
