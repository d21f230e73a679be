import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leafHash } from './hashing.js';
import { parseLeaf } from './leaf.js';

interface Vectors {
  readonly good: readonly { name: string; leaf: string; leafHash: string; salt?: string; content?: string }[];
  readonly chain: readonly { leaf: string; leafHash: string }[];
  readonly bad: readonly { why: string; text: string }[];
}

const vectors = JSON.parse(readFileSync(new URL('../../../docs/ledger/leaf-vectors.json', import.meta.url), 'utf8')) as Vectors;
const hashOf = (text: string): string => leafHash(Buffer.from(text)).toString('hex');
const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

describe('the published leaf vectors', () => {
  it.each(vectors.good)('good: $name', ({ leaf, leafHash: hash, salt, content }) => {
    const parsed = parseLeaf(Buffer.from(leaf));
    expect(parsed).toMatchObject({ commitment: (JSON.parse(leaf) as { commitment: string }).commitment });
    expect(hashOf(leaf)).toBe(hash);
    if (salt === undefined || content === undefined) return;
    expect(sha256(Buffer.from(salt, 'hex'), sha256(Buffer.from(content, 'hex'))).toString('hex')).toBe(parsed?.commitment);
  });

  it('chain: each names the one before it', () => {
    vectors.chain.forEach(({ leaf, leafHash: hash }, i) => {
      expect(parseLeaf(Buffer.from(leaf))).toMatchObject({ subjectSeq: i + 1, prev: vectors.chain[i - 1]?.leafHash });
      expect(hashOf(leaf)).toBe(hash);
    });
    expect(vectors.chain.length).toBe(3);
  });

  it.each(vectors.bad)('bad: $why', ({ text }) => expect(parseLeaf(Buffer.from(text))).toBeUndefined());
});

/** The grammar of docs/ledger/leaf-format.md once more, as one expression: the reader must take exactly what it describes. */
const GRAMMAR = new RegExp(
  [
    '^\\{',
    '(?:"actor":"[0-9a-f]{16,128}",)?',
    '"at":"\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z",',
    '(?:"case":"[0-9a-f]{16,128}",)?',
    '"commitment":"([0-9a-f]{64})",',
    '(?:"order":"([0-9a-f]{16,128})",)?',
    '(?:"prev":"([0-9a-f]{64})",)?',
    '"source":"([!#-\\[\\]-~]{1,80})",',
    '"subject":"([!#-\\[\\]-~]{1,200})",',
    '"subjectSeq":([1-9]\\d{0,15}),',
    '"type":"([!#-\\[\\]-~]{1,80})",',
    '"v":1\\}$',
  ].join(''),
);

describe('the reader and the grammar', () => {
  const read = (text: string): unknown => parseLeaf(Buffer.from(text, 'latin1'));
  const byGrammar = (text: string): unknown => {
    const [, commitment, order, prev, source, subject, seq, type] = GRAMMAR.exec(text) ?? [];
    const isGood = Number.isSafeInteger(Number(seq)) && (seq === '1') === (prev === undefined);
    return isGood ? { source, subject, subjectSeq: Number(seq), prev, commitment, type, order } : undefined;
  };
  const samples = [...vectors.good, ...vectors.chain].map(({ leaf }) => leaf);
  const digits = (min: number, max: number): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefA'), minLength: min, maxLength: max });

  it('agree on leaves with one byte changed, put in or taken out', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        fc.nat({ max: 2 }),
        (leaf, place, byte, kind) => {
          const at = place % leaf.length;
          const put = kind === 2 ? '' : String.fromCharCode(byte);
          const text = leaf.slice(0, at) + put + leaf.slice(at + (kind === 1 ? 0 : 1));
          expect(read(text)).toEqual(byGrammar(text));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('agree on members of every length', () => {
    const member = fc.constantFrom('actor', 'case', 'commitment', 'order', 'prev', 'source', 'subject', 'type');
    const value = fc.oneof(digits(0, 210), fc.string({ unit: 'binary-ascii', maxLength: 20 }));
    fc.assert(
      fc.property(fc.constantFrom(...samples), member, value, fc.bigInt(0n, 10n ** 17n), (leaf, name, changed, seq) => {
        for (const text of [
          leaf.replace(new RegExp(`"${name}":"[^"]*"`), () => `"${name}":"${changed}"`),
          leaf.replace(/"subjectSeq":\d+/, `"subjectSeq":${seq}`),
        ])
          expect(read(text)).toEqual(byGrammar(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '2026-00-10T00:00:00.000Z',
    '2026-13-10T00:00:00.000Z',
    '2026-12-32T00:00:00.000Z',
    '2026-12-31T24:00:00.000Z',
    '2026-12-31T23:60:00.000Z',
    '2026-12-31T23:59:60.000Z',
    '0000-01-01T00:00:00.000Z',
  ])('agree on the time %s', (time) => {
    const text = (samples[0] ?? '').replace(/"at":"[^"]*"/, `"at":"${time}"`);
    expect(read(text)).toEqual(byGrammar(text));
  });
});
