import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePath, newSignerKey, parseSignerKey, RightEdge, signCheckpoint, TILE_WIDTH } from '#merkle';
import { startProcess, withTempDir } from '#testing';
import { proofTimes } from './proof-times.js';
import { say } from './say.js';
import type { BenchOptions } from './options.js';
import type { BenchResult } from './result.js';

/** Entries of the log for each second of measuring: the aim of the verifier. */
const ENTRIES_PER_SECOND = 200_000;
const ENTRIES_MIN = 1_000_000;
const ENTRIES_MAX = 10_000_000;
/** Entries of a batch while the log is made: whole tiles. */
const BATCH = 256 * TILE_WIDTH;
/** Facts of one subject, and subjects that grow at the same time, as orders do. */
const FACTS_PER_SUBJECT = 8;
const SUBJECTS_AT_ONCE = 512;
const VERIFY_MS_MAX = 3_600_000;

/** A log of realistic leaves is made, then the auditors' program derives it again from the folder and over HTTP, both as whole runs. */
export async function runVerify({ seconds }: BenchOptions): Promise<BenchResult> {
  const entries = Math.min(ENTRIES_MAX, Math.max(ENTRIES_MIN, seconds * ENTRIES_PER_SECOND));
  return withTempDir(async (folder) => {
    const log = path.join(folder, '2026');
    await makeLog(log, entries);
    const proofs = await proofTimes(log, entries);
    const reference = await plainPass(log, entries);
    const fromFolder = await verify(log, entries);
    const server = await serve(log);
    const bound = server.address();
    const overHttp = await verify(`http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`, entries);
    server.close();
    server.closeAllConnections();
    say(`verify: ${entries} entries; from the folder ${Math.round(fromFolder.rate)}/s, over HTTP ${Math.round(overHttp.rate)}/s`);
    return {
      ratePerSec: Math.min(fromFolder.rate, overHttp.rate),
      p50Ms: proofs.quantile(0.5),
      p99Ms: proofs.quantile(0.99),
      lost: entries - Math.min(fromFolder.size, overHttp.size),
      doubled: 0,
      commitsPerOrder: null,
      reference: { name: 'sha256-of-each-entry-read-once-one-thread', ratePerSec: reference },
    };
  }, 'bench-verify');
}

async function makeLog(folder: string, entries: number): Promise<void> {
  const signer = parseSignerKey(newSignerKey('bench.example/ledger/2026', Buffer.alloc(32, 3)));
  const started = performance.now();
  let edge = RightEdge.empty();
  const chains = new Map<number, { seq: number; hash: string }>();
  for (let from = 0; from < entries; from += BATCH) {
    const growth = edge.grow(Array.from({ length: Math.min(BATCH, entries - from) }, (_, i) => leafAt(from + i, chains)));
    for (const file of growth.files) await put(path.join(folder, file.path), file.bytes);
    edge = growth.edge;
  }
  await put(path.join(folder, 'checkpoint'), signCheckpoint(signer.name, edge.size, edge.root(), [signer]));
  await put(path.join(folder, 'vkey'), Buffer.from(`${signer.verifier.vkey}\n`));
  const memory = Math.round(process.memoryUsage.rss() / 1024 / 1024);
  say(
    `verify: made a log of ${entries} entries in ${Math.round((performance.now() - started) / 1000)} s, with ${memory} MiB of memory at its end`,
  );
}

/** Entry `i`: some hundred subjects grow in turn, each until it has its facts. */
function leafAt(i: number, chains: Map<number, { seq: number; hash: string }>): Buffer {
  const generation = Math.floor(i / (SUBJECTS_AT_ONCE * FACTS_PER_SUBJECT));
  const subject = generation * SUBJECTS_AT_ONCE + (i % SUBJECTS_AT_ONCE);
  const head = chains.get(i % SUBJECTS_AT_ONCE);
  const seq = head && head.seq < FACTS_PER_SUBJECT ? head.seq + 1 : 1;
  const commitment = hash('sha256', String(i));
  const pseudonym = hash('sha256', `order ${subject}`).slice(0, 32);
  const prev = seq === 1 ? '' : `"prev":"${head?.hash ?? ''}",`;
  const leaf = Buffer.from(
    `{"actor":"${commitment.slice(0, 32)}","at":"2026-03-01T02:03:04.005Z","case":"${commitment.slice(32)}","commitment":"${commitment}",` +
      `"order":"${pseudonym}",${prev}"source":"court-gateway","subject":"order:4201062026${String(subject).padStart(8, '0')}","subjectSeq":${seq},"type":"order.dispatched","v":1}`,
  );
  chains.set(i % SUBJECTS_AT_ONCE, { seq, hash: hash('sha256', Buffer.concat([Buffer.of(0), leaf])) });
  return leaf;
}

async function put(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

/** The least that anybody could do: read each bundle once and hash its entries, with no tree, no chains and no second thread. */
async function plainPass(folder: string, entries: number): Promise<number> {
  const started = performance.now();
  for (let first = 0; first < entries; first += TILE_WIDTH) {
    const bundle = await readFile(path.join(folder, bundlePath(first / TILE_WIDTH, Math.min(TILE_WIDTH, entries - first))));
    for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at))
      hash('sha256', bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at)));
  }
  return entries / ((performance.now() - started) / 1000);
}

/** The rate is of the whole run as its user sees it, the start of the process included. */
async function verify(log: string, entries: number): Promise<{ size: number; rate: number }> {
  const script = fileURLToPath(new URL('../../apps/ledger-verifier/src/main.js', import.meta.url));
  const started = performance.now();
  const run = startProcess(script, ['--log', log]);
  const memory = new PeakMemory(run.pid);
  try {
    const line = await run.waitForLine(/^(?:ok|broken) .*$/m, VERIFY_MS_MAX);
    const rate = entries / ((performance.now() - started) / 1000);
    say(`verify: ${String(line)}; ${memory.end()} MiB of memory at the most`);
    return { size: Number(/ size=(\d+) /.exec(String(line))?.[1] ?? 0), rate };
  } finally {
    memory.end();
    await run.stop();
  }
}

const LOOK_AT_MEMORY_EVERY_MS = 100;

/** The most memory that a process was seen with, where the system says so (Linux). */
class PeakMemory {
  private peakKiB = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pid: number) {
    this.timer = setInterval(() => this.look(), LOOK_AT_MEMORY_EVERY_MS);
  }

  /** MiB, or `?` where nothing was seen. */
  end(): string {
    clearInterval(this.timer);
    return this.peakKiB === 0 ? '?' : String(Math.round(this.peakKiB / 1024));
  }

  private look(): void {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
      this.peakKiB = Math.max(this.peakKiB, Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0));
    } catch {
      // The process has ended, or the system has no such file: what was seen so far stands.
    }
  }
}

function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    readFile(path.join(folder, path.normalize(request.url ?? '/'))).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
