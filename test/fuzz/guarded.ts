import { Worker } from 'node:worker_threads';
import { errorText, SystemClock, type Timer } from '#kernel';
import type { Tally } from './campaign.js';
import { begunInputs, newestInput, watchedInput } from './watched-input.js';

/** What a thread is to do. */
export interface Campaign {
  /** The module with the table of parsers, as a URL. */
  readonly table: string;
  readonly parser: string;
  readonly inputs: number;
  readonly seed: number;
}

/** What one input may take. */
export interface InputLimits {
  /** From one input to the next, in turns of `WATCH_MS`. */
  readonly turns: number;
  readonly heapMib: number;
  /** Of the whole process, because what lies outside of the engine's heap belongs to no thread. */
  readonly residentBytes: number;
}

const WATCH_MS = 100;
/**
 * Ten seconds for what takes a millisecond: far from what a busy machine does to an honest parser, near enough that a person still waits.
 * Turns of the watcher are counted and not a clock, so that a machine that sleeps takes no time away.
 */
export const INPUT_LIMITS: InputLimits = { turns: 100, heapMib: 512, residentBytes: 1536 * 1024 * 1024 };
/** As deep as the main thread of a server may call; a thread would have four times as much. */
const STACK_MIB = 1;

/**
 * Runs one campaign in a worker thread. An input on which the thread hangs, outgrows its memory or ends is a failure like any other,
 * named and with its bytes; it is not made small, because that would hang again.
 */
export function fuzzGuarded(campaign: Campaign, limits: InputLimits = INPUT_LIMITS): Promise<Tally> {
  const shared = watchedInput();
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { ...campaign, shared },
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMib, stackSizeMb: STACK_MIB },
  });
  return new Promise((resolve) => {
    let settled: Tally | undefined;
    const settle = (tally: Tally): void => void (settled ??= tally);
    const fail = (reason: string): void => settle(failedTally(shared, reason));
    const watch = watcher(shared, limits, (reason) => {
      fail(reason);
      // Its end is heard of below.
      worker.terminate().catch((error: unknown) => fail(errorText(error)));
    });
    worker.on('message', settle);
    worker.on('error', (error) => fail(errorText(error)));
    worker.on('exit', () => {
      watch.cancel();
      fail('the thread ended in the middle of an input');
      if (settled) resolve(settled);
    });
  });
}

function failedTally(shared: SharedArrayBuffer, reason: string): Tally {
  const inputs = begunInputs(shared);
  return { inputs, accepted: 0, refused: 0, slowestMs: 0, failure: { reason, input: newestInput(shared) } };
}

/** Looks again and again whether the thread has come to another input, and how large the process has become. */
function watcher(shared: SharedArrayBuffer, { turns, residentBytes }: InputLimits, give: (reason: string) => void): Timer {
  const clock = new SystemClock();
  let [seen, still] = [begunInputs(shared), 0];
  let timer: Timer;
  const look = (): void => {
    const begun = begunInputs(shared);
    still = begun === seen ? still + 1 : 0;
    seen = begun;
    if (still >= turns) return give(`no answer within ${(turns * WATCH_MS) / 1000} s`);
    if (process.memoryUsage.rss() > residentBytes) return give(`more than ${residentBytes} bytes of memory`);
    timer = clock.setRealTimer(WATCH_MS, look);
  };
  timer = clock.setRealTimer(WATCH_MS, look);
  return { cancel: () => timer.cancel() };
}
