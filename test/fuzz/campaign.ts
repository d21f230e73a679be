import fc from 'fast-check';
import { errorText } from '#kernel';
import type { FuzzedParser } from './fuzzed-parser.js';
import { inputsOf } from './inputs.js';

/** An input that broke a parser, and how. */
export interface Failure {
  readonly reason: string;
  readonly input: Uint8Array;
}

/** What became of the inputs of one parser. */
export interface Tally {
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly failure?: Failure;
}

/** Tries `inputs` inputs, always the same for one seed, and stops at the first that breaks the property, which is then made small. */
export async function fuzz(
  parser: FuzzedParser,
  inputs: number,
  seed: number,
  /** Told of each input before the parser gets it, so that one from which it does not come back is known. */
  begins: (input: Buffer) => void = () => undefined,
): Promise<Tally> {
  let [accepted, refused, slowestMs] = [0, 0, 0];
  const property = fc.asyncProperty(inputsOf(parser), async (input) => {
    begins(input);
    const begun = performance.now();
    const taken = await parser.judge(input);
    slowestMs = Math.max(slowestMs, performance.now() - begun);
    if (taken) accepted++;
    else refused++;
  });
  const run = await fc.check(property, { numRuns: inputs, seed });
  const tally = { inputs: run.numRuns, accepted, refused, slowestMs };
  const input = run.counterexample?.[0];
  return run.failed && input ? { ...tally, failure: { reason: errorText(run.errorInstance), input } } : tally;
}
