import { builtFile, startProcess } from '#testing';

/** The command's entry as it is built. */
const ENTRY = 'apps/bank-connector/src/conformance/main.js';
const RUN_MS_MAX = 120_000;

export interface KitRun {
  readonly code: number | null;
  readonly output: string;
  readonly lastLine: string;
  /** Names of the cases that passed, and of those that failed. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/** Runs `npm run -s conformance -- …args` and reads what it says. */
export async function runKit(...args: readonly string[]): Promise<KitRun> {
  const child = startProcess(await builtFile(ENTRY), args);
  const timer = setTimeout(() => process.kill(child.pid, 'SIGKILL'), RUN_MS_MAX);
  const { code } = await child.ended();
  clearTimeout(timer);
  const output = child.output();
  const named = (word: string): string[] =>
    [...output.matchAll(new RegExp(`^${word} +(\\S+) \\[`, 'gm'))].map(([, name]) => name ?? '').sort();
  return { code, output, lastLine: output.trimEnd().split('\n').at(-1) ?? '', passed: named('ok'), failed: named('FAIL') };
}
