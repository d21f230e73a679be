import { parseArgs } from 'node:util';
import { errorText } from '#kernel';
import { PARSERS } from './parsers.js';

export const USAGE = 'usage: npm run -s fuzz -- [--parser <name>] [--inputs <1..10000000>] [--seed <whole number>] [--list]';

const INPUTS_DEFAULT = 100_000;
const INPUTS_MAX = 10_000_000;
const SEED_DEFAULT = 1;
const SEED_MAX = 2 ** 31 - 1;
const OPTIONS = { parser: { type: 'string' }, inputs: { type: 'string' }, seed: { type: 'string' }, list: { type: 'boolean' } } as const;

export interface FuzzOptions {
  readonly parser: string | undefined;
  readonly inputs: number;
  /** The same seed gives the same inputs. */
  readonly seed: number;
  readonly list: boolean;
}

/** Reads the command line. @returns what is wrong with it as a text */
export function parseFuzzOptions(args: readonly string[]): FuzzOptions | string {
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: OPTIONS }));
  } catch (error) {
    return errorText(error);
  }
  const { parser, list = false } = values;
  const [inputs, seed] = [Number(values.inputs ?? INPUTS_DEFAULT), Number(values.seed ?? SEED_DEFAULT)];
  if (!Number.isInteger(inputs) || inputs < 1 || inputs > INPUTS_MAX) return `--inputs is a whole number from 1 to ${INPUTS_MAX}`;
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) return `--seed is a whole number from 0 to ${SEED_MAX}`;
  if (parser !== undefined && !PARSERS.some(({ name }) => name === parser)) return `no parser is named ${parser}`;
  return { parser, inputs, seed, list };
}
