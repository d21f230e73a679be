import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readLeaf } from './read-leaf.js';

interface Vectors {
  readonly good: readonly { name: string; leaf: string; leafHash: string }[];
  readonly bad: readonly { why: string; text: string }[];
}

const vectors = JSON.parse(readFileSync(new URL('../../../../../docs/ledger/leaf-vectors.json', import.meta.url), 'utf8')) as Vectors;

describe('the published leaf vectors', () => {
  it.each(vectors.good)('good: $name', ({ leaf, leafHash }) => {
    expect(readLeaf(leaf)).toMatchObject({
      hash: leafHash,
      bytes: Buffer.from(leaf),
      source: (JSON.parse(leaf) as { source: string }).source,
    });
  });
  it.each(vectors.bad)('bad: $why', ({ text }) => expect(() => readLeaf(text)).toThrow());
  it('are all there', () => expect([vectors.good.length, vectors.bad.length]).toEqual([4, 23]));
});
