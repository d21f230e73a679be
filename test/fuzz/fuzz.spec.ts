import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fuzz, judge } from './campaign.js';
import { parseFuzzOptions } from './options.js';
import { PARSERS, type FuzzedParser } from './parsers.js';

const CORPUS = new URL('../fixtures/fuzz/', import.meta.url);
const INPUTS = 300;
const SEED = 1;

/** Inputs that once broke the parser, or that a mended parser must go on refusing. */
function saved({ name }: FuzzedParser): Buffer[] {
  const folder = new URL(`${name}/`, CORPUS);
  return existsSync(folder) ? readdirSync(folder).map((file) => readFileSync(new URL(file, folder))) : [];
}

describe.each(PARSERS)('the parser of $name', (parser) => {
  it('accepts its samples and answers every saved input', () => {
    for (const sample of parser.samples) expect(judge(parser, sample)).toBe(true);
    for (const input of saved(parser)) expect(() => judge(parser, input)).not.toThrow();
  });

  it('holds for a few hundred inputs, of which it takes some and refuses some', () => {
    const { failure, accepted, refused } = fuzz(parser, INPUTS, SEED);
    expect(failure).toBeUndefined();
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});

describe('the campaign', () => {
  const [path] = PARSERS;

  it.each([
    [
      'crashes',
      () => {
        throw new TypeError('broken');
      },
    ],
    ['reads another thing', () => Buffer.from('tile/0/001')],
  ])('fails a parser that %s', (_, rewrite) => {
    if (!path) throw new Error('the table is empty');
    expect(fuzz({ ...path, rewrite }, INPUTS, SEED).failure).toBeDefined();
  });

  it.each([[['--inputs', '0']], [['--seed', 'x']], [['--parser', 'none']], [['--inputs']], [['--other', '1']]])('refuses %j', (args) => {
    expect(typeof parseFuzzOptions(args)).toBe('string');
  });

  it('tries a hundred thousand inputs when nothing is said', () => {
    expect(parseFuzzOptions([])).toEqual({ parser: undefined, inputs: 100_000, seed: 1, list: false });
  });
});
