import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '#kernel';
import { eventually } from './eventually.js';

/** What of a child's output is kept for assertions and for the message of a failure; the oldest goes first. */
const OUTPUT_CHARS_MAX = 1_000_000;
const STOP_MS_MAX = 15_000;

/** How a child ended: an exit code, or the signal that ended it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A real process under test. */
export interface TestProcess {
  readonly pid: number;
  /** Standard output and standard error so far, in the order in which they came. */
  output(): string;
  /** Resolves when a line of the output matches; fails at once when the process ends before. */
  waitForLine(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray>;
  /** Resolves when the process has ended. */
  ended(): Promise<Ending>;
  /** How it ended, or undefined while it runs. */
  ending(): Ending | undefined;
  /** Asks it to end, insists after a while, and waits until it is gone. Safe to call twice. */
  stop(signal?: NodeJS.Signals): Promise<Ending>;
}

/**
 * Starts `node <script> …args`. Pair it with `stop()` in `afterEach`: a test must leave no process behind.
 * @param env set on top of this process's environment
 */
export function startProcess(script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): TestProcess {
  return startProgram(process.execPath, [script, ...args], env);
}

/** Starts a program of somebody else, under the same care. @throws AppError `unavailable` when there is no such program */
export function startProgram(program: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): TestProcess {
  const inherited = { ...process.env, NODE_OPTIONS: '' };
  const child = spawn(program, args, { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  // Node tells of a program that cannot be started twice: here, and as an event that nobody may miss.
  if (pid === undefined) {
    child.once('error', () => undefined);
    throw new AppError('unavailable', `could not start ${[program, ...args].slice(0, 2).join(' ')}`);
  }
  let text = '';
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let known: Ending | undefined;
  const ending = new Promise<Ending>((resolve) =>
    child.once('close', (code, signal) => {
      known = { code, signal };
      resolve(known);
    }),
  );
  return {
    pid,
    output: () => text,
    waitForLine: (pattern, limitMs) => waitForLine(child, () => text, pattern, limitMs),
    ended: () => ending,
    ending: () => known,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      const how = await ending;
      clearTimeout(insist);
      return how;
    },
  };
}

async function waitForLine(child: ChildProcess, output: () => string, pattern: RegExp, limitMs?: number): Promise<RegExpExecArray> {
  const found = await eventually(() => {
    const match = pattern.exec(output());
    if (match) return match;
    return child.exitCode !== null || child.signalCode !== null ? ('ended' as const) : undefined;
  }, limitMs);
  if (found === 'ended') throw new AppError('unavailable', `the process ended before ${String(pattern)} came:\n${output().slice(-4000)}`);
  return found;
}

/** What a program of ours said and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `node <script> …args` to its end. */
export async function runScript(script: string, args: readonly string[] = []): Promise<Outcome> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as Outcome;
  }
}
