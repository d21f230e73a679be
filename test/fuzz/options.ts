import { PARSERS } from './parsers.js';

export const USAGE = 'usage: npm run -s fuzz -- [--parser <name>] [--inputs <1..10000000>] [--seed <whole number>] [--list]';

const INPUTS_DEFAULT = 100_000;
const INPUTS_MAX = 10_000_000;
const SEED_DEFAULT = 1;
const SEED_MAX = 2 ** 31 - 1;

export interface FuzzOptions {
  readonly parser: string | undefined;
  readonly inputs: number;
  /** The same seed gives the same inputs. */
  readonly seed: number;
  readonly list: boolean;
}

/** Reads the command line. @returns what is wrong with it as a text */
export function parseFuzzOptions(args: readonly string[]): FuzzOptions | string {
  const pairs = args.filter((arg) => arg !== '--list');
  const given = new Map<string, string>();
  for (let at = 0; at < pairs.length; at += 2) {
    const [name = '', value] = pairs.slice(at, at + 2);
    if (!['--parser', '--inputs', '--seed'].includes(name) || value === undefined) return `${name} is no option, or lacks its value`;
    given.set(name, value);
  }
  const inputs = Number(given.get('--inputs') ?? INPUTS_DEFAULT);
  const seed = Number(given.get('--seed') ?? SEED_DEFAULT);
  const parser = given.get('--parser');
  if (!Number.isInteger(inputs) || inputs < 1 || inputs > INPUTS_MAX) return `--inputs is a whole number from 1 to ${INPUTS_MAX}`;
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) return `--seed is a whole number from 0 to ${SEED_MAX}`;
  if (parser !== undefined && !PARSERS.some(({ name }) => name === parser)) return `no parser is named ${parser}`;
  return { parser, inputs, seed, list: args.includes('--list') };
}
