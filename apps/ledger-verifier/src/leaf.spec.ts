import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
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
    const parsed = parseLeaf(leaf);
    expect(parsed).toMatchObject({ commitment: (JSON.parse(leaf) as { commitment: string }).commitment });
    expect(hashOf(leaf)).toBe(hash);
    if (salt === undefined || content === undefined) return;
    expect(sha256(Buffer.from(salt, 'hex'), sha256(Buffer.from(content, 'hex'))).toString('hex')).toBe(parsed?.commitment);
  });

  it('chain: each names the one before it', () => {
    vectors.chain.forEach(({ leaf, leafHash: hash }, i) => {
      expect(parseLeaf(leaf)).toMatchObject({ subjectSeq: i + 1, prev: vectors.chain[i - 1]?.leafHash });
      expect(hashOf(leaf)).toBe(hash);
    });
    expect(vectors.chain.length).toBe(3);
  });

  it.each(vectors.bad)('bad: $why', ({ text }) => expect(parseLeaf(text)).toBeUndefined());
});
