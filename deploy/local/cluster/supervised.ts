import { spawn, type ChildProcess } from 'node:child_process';
import { FAIL_POINT_LINE } from '#foundation';
import type { RealTime } from '#kernel';
import { takeFailPoint } from './armed.js';

/** A process that dies is started again after this long, doubled with every death in a row. Real time. */
const RESTART_MS_FIRST = 100;
const RESTART_MS_MAX = 5_000;
/** One that has lived this long has recovered: its next death counts as the first. Real time. */
const RECOVERED_MS = 30_000;
/** How long a process may take to end before it is killed. Real time. */
const STOP_MS_MAX = 25_000;
const TAIL_CHARS_MAX = 4_000;

export interface ProcessSpec {
  readonly name: string;
  /** Compiled entry. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A process that is kept alive until it is stopped. */
export class Supervised {
  private child: ChildProcess | undefined;
  private deathsInARow = 0;
  private startedAt = 0;
  private firstStartedAt: number | undefined;
  private stopping = false;
  private tail = '';

  constructor(
    readonly spec: ProcessSpec,
    private readonly time: RealTime,
    /** Told after each new start, with the new pid. */
    private readonly onRestart: (name: string) => void,
    private readonly say: (line: string) => void,
  ) {}

  get pid(): number | undefined {
    return this.child?.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  /** The end of what it has written, for the message when it does not come up. */
  get lastWords(): string {
    return this.tail;
  }

  start(): void {
    const { script, args = [], env, name } = this.spec;
    this.startedAt = this.time.monotonicMs();
    this.firstStartedAt ??= this.startedAt;
    // Standard input stays open while this process lives: its end is how a child learns that the supervisor was killed.
    const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], {
      env: { ...process.env, ...env, ...this.failPoint(), CHAKONG_END_WITH_PARENT: 'on' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    const keep = (chunk: Buffer): void => {
      this.tail = (this.tail + chunk.toString('utf8')).slice(-TAIL_CHARS_MAX);
      process.stderr.write(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    // Its end closes the pipe while something may still be written to it.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.say(`${name}: ${error.message}`));
    child.once('close', (code, signal) => this.ended(code, signal));
  }

  /** Hands over the fail-point that a campaign has left for this process, while it runs. */
  arm(): void {
    if (this.pid === undefined) return;
    const { name, env } = this.spec;
    const armed = takeFailPoint(env['DATA_DIR'] ?? '', name, this.say);
    if (armed !== undefined) this.child?.stdin?.write(`${FAIL_POINT_LINE}${armed}\n`);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.child;
    if (!child || this.pid === undefined) return;
    const gone = new Promise<void>((resolve) => void child.once('close', () => resolve()));
    child.kill('SIGTERM');
    // A stopped process (SIGSTOP) does not hear SIGTERM until it goes on.
    child.kill('SIGCONT');
    const insist = this.time.setRealTimer(STOP_MS_MAX, () => child.kill('SIGKILL'));
    await gone;
    insist.cancel();
  }

  /**
   * A fail-point kills once: the process that comes after must not die of it again. One that is meant for this very start is taken out
   * of `DATA_DIR/fail-points.json` ({"<process>": "<point>@<hit>"}), into which a campaign writes it before it ends the process.
   */
  private failPoint(): Readonly<Record<string, string>> {
    const { name, env } = this.spec;
    const armed = takeFailPoint(env['DATA_DIR'] ?? '', name, this.say);
    if (armed !== undefined) return { CHAKONG_FAIL_POINT: armed };
    return this.startedAt === this.firstStartedAt ? {} : { CHAKONG_FAIL_POINT: '' };
  }

  private ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.stopping) return;
    const lived = this.time.monotonicMs() - this.startedAt;
    this.deathsInARow = lived > RECOVERED_MS ? 1 : this.deathsInARow + 1;
    const wait = Math.min(RESTART_MS_FIRST * 2 ** (this.deathsInARow - 1), RESTART_MS_MAX);
    this.say(`${this.spec.name} has ended (${signal ?? `exit code ${code}`}); started again in ${wait} ms`);
    this.time.setRealTimer(wait, () => {
      if (this.stopping) return;
      this.start();
      this.onRestart(this.spec.name);
    });
  }
}
