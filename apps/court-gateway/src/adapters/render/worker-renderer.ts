import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { AppError, errorText, type Log, type RealTime } from '#kernel';
import type { DocumentContent, Renderer } from '../../use-cases/make-instrument/renderer.js';

/** Threads at most: rendering may take a core, never all of them. */
const THREADS_MAX = 2;
/** Documents that may wait; at some 50 ms each the last one waits a quarter of a minute. */
export const WAITING_MAX = 512;
/** A document that takes longer is given up together with its thread. */
const RENDER_MS_MAX = 30_000;
/** How long a thread with nothing to do keeps its parsed font. */
const IDLE_MS = 30_000;
/** The compiled worker lies beside this file. */
const WORKER_FILE = fileURLToPath(new URL('./render-worker.js', import.meta.url));

export interface WorkerOptions {
  /** The compiled worker; beside this file unless told otherwise. */
  readonly workerFile?: string;
  readonly waitingMax?: number;
}

/** Renders in a bounded pool of worker threads, started with the first document. */
export class WorkerRenderer implements Renderer {
  private pool: Piscina<DocumentContent, ArrayBuffer> | undefined;

  constructor(
    private readonly time: RealTime,
    private readonly log: Log,
    private readonly options: WorkerOptions = {},
  ) {}

  async render(content: DocumentContent): Promise<Buffer> {
    const pool = (this.pool ??= this.start());
    // Counted here, because the pool's own limit does not tell a full queue from other failures.
    if (pool.queueSize >= (this.options.waitingMax ?? WAITING_MAX)) throw this.busy();
    const abort = new AbortController();
    const timer = this.time.setRealTimer(RENDER_MS_MAX, () => abort.abort());
    try {
      return Buffer.from(await pool.run(content, { signal: abort.signal }));
    } catch (cause) {
      this.log.write('error', 'render-failed', { type: content.type, reason: errorText(cause) });
      throw new AppError('unavailable', '文书生成失败，请稍后再试', { retryable: true, level: 'error', cause });
    } finally {
      timer.cancel();
    }
  }

  async close(): Promise<void> {
    await this.pool?.destroy();
  }

  private start(): Piscina<DocumentContent, ArrayBuffer> {
    const maxThreads = Math.max(1, Math.min(THREADS_MAX, availableParallelism() - 1));
    return new Piscina({
      filename: this.options.workerFile ?? WORKER_FILE,
      minThreads: 0,
      maxThreads,
      idleTimeout: IDLE_MS,
      maxQueue: WAITING_MAX * 2,
    });
  }

  private busy(): AppError {
    return new AppError('unavailable', '待生成的文书过多，请稍后再试', { retryable: true, level: 'warn' });
  }
}
