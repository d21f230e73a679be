import { describe, expect, it } from '@jest/globals';
import { fuzz } from './campaign.js';
import { savedInputs, savedParsers } from './corpus.js';
import { fuzzed, REFUSED, refusedFor, type ParserSpec } from './fuzzed-parser.js';
import { parseFuzzOptions } from './options.js';
import { PARSERS } from './parsers.js';

const INPUTS = 150;
const SEED = 1;

describe.each(PARSERS)('the parser of $name', (parser) => {
  it('accepts its samples', async () => {
    for (const sample of parser.samples()) expect(await parser.judge(sample)).toBe(true);
  });

  for (const { file, bytes } of savedInputs(parser.name)) {
    it(`answers the saved input ${file}`, async () => {
      await expect(parser.judge(bytes)).resolves.toEqual(expect.any(Boolean));
    });
  }

  it('holds for some inputs, of which it takes some and refuses some', async () => {
    const { failure, accepted, refused } = await fuzz(parser, INPUTS, SEED);
    expect(failure).toBeUndefined();
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});

describe('the table', () => {
  it('names each parser once, and every saved input belongs to one', () => {
    const names = PARSERS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...savedParsers()]));
  });
});

describe('the campaign', () => {
  const spec: ParserSpec<string> = {
    name: 'letters',
    samples: () => [Buffer.from('abc')],
    pieces: ['a', '1'],
    read: (input) => (/^[a-z]*$/.test(input.toString('latin1')) ? input.toString('latin1') : REFUSED),
    write: (text) => Buffer.from(text, 'latin1'),
    isCanonical: true,
  };

  it('finds nothing where nothing is wrong', async () => {
    expect((await fuzz(fuzzed(spec), INPUTS, SEED)).failure).toBeUndefined();
  });

  const broken: readonly [string, Partial<ParserSpec<string>>, RegExp][] = [
    [
      'crashes',
      {
        read: () => {
          throw new TypeError('broken');
        },
      },
      /broken/,
    ],
    ['writes another thing', { write: () => Buffer.from('b') }, /one spelling/],
    ['writes what it reads otherwise', { write: (text) => Buffer.from(`${text}a`), isCanonical: false }, /as something else/],
    ['changes its input', { read: (input) => input.fill(0).toString('latin1'), isCanonical: false }, /changed its input/],
    ['takes a defect for a refusal', { read: () => refusedFor("Cannot read properties of undefined (reading 'a')") }, /a defect/],
    [
      'takes what must not be',
      {
        holds: () => {
          throw new Error('must not be');
        },
      },
      /must not be/,
    ],
  ];
  it.each(broken)('fails a parser that %s', async (_, wrong, why) => {
    const { failure } = await fuzz(fuzzed({ ...spec, ...wrong }), INPUTS, SEED);
    expect(failure?.reason).toMatch(why);
    expect(failure?.input.length).toBeLessThan(20);
  });

  it.each([[['--inputs', '0']], [['--seed', 'x']], [['--parser', 'none']], [['--inputs']], [['--other', '1']]])('refuses %j', (args) => {
    expect(typeof parseFuzzOptions(args)).toBe('string');
  });

  it('tries a hundred thousand inputs when nothing is said', () => {
    expect(parseFuzzOptions([])).toEqual({ parser: undefined, inputs: 100_000, seed: 1, list: false });
  });
});
