import fc from 'fast-check';
import { errorText } from '#kernel';
import type { FuzzedParser } from './parsers.js';

const RAW_BYTES_MAX = 400;
const CHANGES_MAX = 4;
const CUT_BYTES_MAX = 40;

/** What became of the inputs of one parser. */
export interface Tally {
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMs: number;
  /** What broke, with the input in hexadecimal digits; undefined when nothing did. */
  readonly failure: string | undefined;
}

/** Raw bytes, bent samples (a bit, a cut, a splice, a repeat) and heaps of the parser's own pieces. */
export function inputsOf({ samples, pieces }: FuzzedParser): fc.Arbitrary<Buffer> {
  const raw = fc.uint8Array({ maxLength: RAW_BYTES_MAX }).map((bytes) => Buffer.from(bytes));
  const heap = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((some) => Buffer.from(some.join('')));
  const put = fc.oneof(
    fc.constantFrom(...pieces).map((piece) => Buffer.from(piece)),
    fc.constantFrom(...samples),
    fc.constant(Buffer.of()),
  );
  const change = fc.tuple(fc.nat(), fc.nat(CUT_BYTES_MAX), put, fc.nat(7));
  const bent = fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: CHANGES_MAX }), fc.boolean())
    .map(([sample, changes, bits]) =>
      changes.reduce((now, [at, cut, piece, bit]) => (bits ? flipped(now, at, bit) : spliced(now, at, cut, piece)), sample),
    );
  return fc.oneof({ weight: 1, arbitrary: raw }, { weight: 2, arbitrary: heap }, { weight: 5, arbitrary: bent });
}

/** Tries `inputs` inputs, always the same for one seed, and stops at the first that breaks the property. */
export function fuzz(parser: FuzzedParser, inputs: number, seed: number): Tally {
  let [accepted, refused, slowestMs] = [0, 0, 0];
  const property = fc.property(inputsOf(parser), (input) => {
    const begun = performance.now();
    const taken = judge(parser, input);
    const took = performance.now() - begun;
    slowestMs = Math.max(slowestMs, took);
    if (took > parser.msMax) throw new Error(`took ${took.toFixed(0)} ms`);
    if (taken) accepted++;
    else refused++;
  });
  const run = fc.check(property, { numRuns: inputs, seed });
  const input = run.counterexample?.[0].toString('hex');
  const failure = run.failed ? `${errorText(run.errorInstance)}: ${input}` : undefined;
  return { inputs: run.numRuns, accepted, refused, slowestMs, failure };
}

/** @returns whether the input was accepted @throws when it broke the parser, or was accepted in a spelling that reads otherwise */
export function judge(parser: FuzzedParser, input: Buffer): boolean {
  let written: Buffer;
  try {
    written = parser.rewrite(input);
  } catch (error) {
    if (parser.refuses(error)) return false;
    throw error;
  }
  if (!written.equals(input)) throw new Error('an accepted input is not the one spelling of what was read');
  return true;
}

function flipped(now: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(now);
  if (copy.length > 0) copy.writeUInt8(copy.readUInt8(at % copy.length) ^ (1 << bit), at % copy.length);
  return copy;
}

function spliced(now: Buffer, at: number, cut: number, piece: Buffer): Buffer {
  const from = at % (now.length + 1);
  return Buffer.concat([now.subarray(0, from), piece, now.subarray(from + cut)]);
}
