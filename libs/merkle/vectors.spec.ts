import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  leafHash,
  openCheckpoint,
  parseSignerKey,
  parseVerifierKey,
  RightEdge,
  signCheckpoint,
  decodeBundle,
  TreeReader,
} from './index.js';
import { verifyConsistency, verifyInclusion } from './index.js';
import { MemoryTiles } from './fixtures/reference.js';

const FIXTURES = new URL('../../test/fixtures/', import.meta.url);

interface InclusionVector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: string[] | null;
  readonly wantErr: boolean;
}

interface ConsistencyVector {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: string[] | null;
  readonly wantErr: boolean;
}

function vectors<T>(folder: string): [string, T][] {
  const base = new URL(`merkle/${folder}/`, FIXTURES);
  return readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(new URL(name.split('/').map(encodeURIComponent).join('/'), base), 'utf8')) as T]);
}

const bytes = (text: string): Buffer => Buffer.from(text, 'base64');

describe('the published inclusion vectors', () => {
  const all = vectors<InclusionVector>('inclusion');
  it('are all there', () => expect([all.length, all.filter(([, one]) => one.wantErr).length]).toEqual([98, 92]));
  it.each(all)('%s', (_name, one) => {
    const claim = {
      index: one.leafIdx,
      size: one.treeSize,
      root: bytes(one.root),
      leafHash: bytes(one.leafHash),
      proof: (one.proof ?? []).map(bytes),
    };
    expect(verifyInclusion(claim)).toBe(!one.wantErr);
  });
});

describe('the published consistency vectors', () => {
  const all = vectors<ConsistencyVector>('consistency');
  it('are all there', () => expect([all.length, all.filter(([, one]) => one.wantErr).length]).toEqual([98, 92]));
  it.each(all)('%s', (_name, one) => {
    const proof = (one.proof ?? []).map(bytes);
    const claim = { from: one.size1, to: one.size2, fromRoot: bytes(one.root1), toRoot: bytes(one.root2), proof };
    expect(verifyConsistency(claim)).toBe(!one.wantErr);
  });
});

describe('the published log of fifteen entries', () => {
  // The key pair is part of the published test log and signs nothing else.
  const vkey = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
  const skey = 'PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg';
  const file = (path: string): Buffer => readFileSync(new URL(`tlog/${path}`, FIXTURES));
  const entries = decodeBundle(file('tile/entries/000.p/15'), 15);
  const sizes = Array.from({ length: 16 }, (_, size) => size);

  it.each(sizes)('has at size %i our root, our signature and our tiles', async (size) => {
    const { root, files, edge } = RightEdge.empty().grow(entries.slice(0, size));
    const published = file(`checkpoint.${size}`);
    expect(openCheckpoint(published, parseVerifierKey(vkey))).toMatchObject({ size, root, origin: 'example.com/log/testdata' });
    expect(signCheckpoint('example.com/log/testdata', size, root, [parseSignerKey(skey)])).toEqual(published);
    for (const tile of files) expect([tile.path, tile.bytes]).toEqual([tile.path, file(tile.path)]);
    expect(files.length).toBe(size === 0 ? 0 : 2);

    const tiles = new MemoryTiles();
    for (const tile of files) tiles.files.set(tile.path, tile.bytes);
    expect(await new TreeReader(tiles, size).root()).toEqual(root);
    expect((await RightEdge.load(size, tiles)).root()).toEqual(edge.root());
  });

  it('grows one entry at a time to the same tiles', () => {
    let edge = RightEdge.empty();
    for (const [i, entry] of entries.entries()) {
      const growth = edge.grow([entry]);
      for (const tile of growth.files) expect([tile.path, tile.bytes]).toEqual([tile.path, file(tile.path)]);
      expect(growth.leafHashes).toEqual([leafHash(entry)]);
      edge = growth.edge;
      expect(edge.size).toBe(i + 1);
    }
  });

  it('is refused when one character of the checkpoint changes', () => {
    const good = file('checkpoint');
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      expect(() => openCheckpoint(bad, parseVerifierKey(vkey))).toThrow();
    }
  });
});
