import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { SM2_HERE, type Sm2Task, type Sm2Work } from './sm2-work.js';

const THREADS_MAX = 2;
/** Tasks that wait; at five milliseconds each the last one waits for two seconds. What comes beyond is worked out at once, on this thread. */
const WAITING_MAX = 512;
const IDLE_MS = 30_000;
/** The compiled entry lies beside this file. */
const THREAD_FILE = fileURLToPath(new URL('./sm2-thread.js', import.meta.url));

/** Arithmetic in a bounded pool of worker threads, started with the first signature and ended when there is nothing to do. */
export class Sm2Threads implements Sm2Work {
  private pool: Piscina<Sm2Task, Uint8Array | boolean | undefined> | undefined;

  /** @param threadFile the compiled entry; beside this file unless told otherwise */
  constructor(private readonly threadFile = THREAD_FILE) {}

  async sign(task: Extract<Sm2Task, { kind: 'sign' }>): Promise<Buffer> {
    const pool = this.free();
    return pool ? Buffer.from((await pool.run(task)) as Uint8Array) : SM2_HERE.sign(task);
  }

  async verify(task: Extract<Sm2Task, { kind: 'verify' }>): Promise<boolean> {
    const pool = this.free();
    return pool ? (await pool.run(task)) === true : SM2_HERE.verify(task);
  }

  async encrypt(task: Extract<Sm2Task, { kind: 'encrypt' }>): Promise<Buffer> {
    const pool = this.free();
    return pool ? Buffer.from((await pool.run(task)) as Uint8Array) : SM2_HERE.encrypt(task);
  }

  async decrypt(task: Extract<Sm2Task, { kind: 'decrypt' }>): Promise<Buffer | undefined> {
    const pool = this.free();
    if (!pool) return SM2_HERE.decrypt(task);
    const bytes = await pool.run(task);
    return bytes instanceof Uint8Array ? Buffer.from(bytes) : undefined;
  }

  async close(): Promise<void> {
    await this.pool?.destroy();
  }

  /** Undefined when too much waits: late is right, and refused would be taken for a wrong signature. */
  private free(): Piscina<Sm2Task, Uint8Array | boolean | undefined> | undefined {
    const maxThreads = Math.max(1, Math.min(THREADS_MAX, availableParallelism() - 1));
    this.pool ??= new Piscina({ filename: this.threadFile, minThreads: 0, maxThreads, idleTimeout: IDLE_MS, maxQueue: WAITING_MAX * 2 });
    return this.pool.queueSize < WAITING_MAX ? this.pool : undefined;
  }
}
