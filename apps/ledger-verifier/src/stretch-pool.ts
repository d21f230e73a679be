import { Worker } from 'node:worker_threads';
import type { LogSource } from './log-source.js';
import { checkStretch, type Stretch, type StretchFindings } from './stretch.js';
import { TileFiles } from './tile-files.js';

/** Checks stretches of one log, as many at once as it has hands. */
export interface StretchPool {
  /** Stretches that may usefully be asked for at once. */
  readonly atOnce: number;
  check(stretch: Stretch): Promise<StretchFindings>;
  close(): Promise<void>;
}

/** @param threads 0 to check in this thread */
export function openPool(source: LogSource, threads: number): StretchPool {
  if (threads > 0) return new Threads(source, threads);
  const files = new TileFiles(source);
  return { atOnce: 1, check: (stretch) => checkStretch(stretch, files), close: () => Promise.resolve() };
}

interface Job {
  readonly stretch: Stretch;
  readonly resolve: (findings: StretchFindings) => void;
  readonly reject: (error: Error) => void;
}

class Threads implements StretchPool {
  /** One stretch in work and one waiting for each thread: enough that none idles, and a bound on what is held. */
  readonly atOnce: number;
  private readonly workers: Worker[];
  private readonly idle: Worker[];
  private readonly waiting: Job[] = [];
  private readonly running = new Map<Worker, Job>();
  private failure: Error | undefined;

  constructor(source: LogSource, threads: number) {
    this.atOnce = threads * 2;
    this.workers = Array.from({ length: threads }, () => this.hire(source));
    this.idle = [...this.workers];
  }

  check(stretch: Stretch): Promise<StretchFindings> {
    const findings = new Promise<StretchFindings>((resolve, reject) => this.waiting.push({ stretch, resolve, reject }));
    this.assign();
    return findings;
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private hire(source: LogSource): Worker {
    const worker = new Worker(new URL('./stretch-worker.js', import.meta.url), { workerData: source.name });
    worker.on('message', (findings: StretchFindings) => {
      this.running.get(worker)?.resolve(findings);
      this.running.delete(worker);
      this.idle.push(worker);
      this.assign();
    });
    worker.on('error', (error: Error) => this.fail(error));
    return worker;
  }

  private assign(): void {
    if (this.failure) return this.fail(this.failure);
    while (this.idle.length > 0 && this.waiting.length > 0) {
      const [worker, job] = [this.idle.pop(), this.waiting.shift()];
      if (!worker || !job) return;
      this.running.set(worker, job);
      worker.postMessage(job.stretch);
    }
  }

  private fail(error: Error): void {
    this.failure = error;
    for (const { reject } of [...this.running.values(), ...this.waiting.splice(0)]) reject(error);
    this.running.clear();
  }
}
