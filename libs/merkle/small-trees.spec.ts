import { describe, expect, it } from '@jest/globals';
import { leafHash, RightEdge, TreeReader, verifyConsistency, verifyInclusion } from './index.js';
import { MemoryTiles, referenceRoot, sampleEntries } from './fixtures/reference.js';

/** Around every place where a tile, a bundle or a level begins; small enough to look at each leaf and each pair of sizes. */
const SIZES = [1, 2, 3, 4, 7, 8, 255, 256, 257, 258, 511, 512, 513, 768, 1021] as const;
const entries = sampleEntries(1021);
const hashes = entries.map((entry) => leafHash(entry));
const tiles = new MemoryTiles();
const rootOf = (size: number): Buffer => referenceRoot(hashes.slice(0, size));

let edge = RightEdge.empty();
const roots = SIZES.map((size) => {
  const growth = edge.grow(entries.slice(edge.size, size));
  for (const file of growth.files) tiles.files.set(file.path, file.bytes);
  edge = growth.edge;
  return growth.root;
});

describe('a log at the places where tiles begin and end', () => {
  it('is empty before its first entry', async () => {
    const empty = RightEdge.empty();
    expect([empty.size, empty.root()]).toEqual([0, referenceRoot([])]);
    expect(await new TreeReader(tiles, 0).root()).toEqual(referenceRoot([]));
    expect(empty.grow([])).toMatchObject({ files: [], leafHashes: [] });
  });

  it.each(SIZES)('of %d entries has one root: by definition, as grown, as read, as loaded', async (size) => {
    const root = rootOf(size);
    const loaded = await RightEdge.load(size, tiles);
    expect([roots[SIZES.indexOf(size)], await new TreeReader(tiles, size).root(), loaded.root()]).toEqual([root, root, root]);
    const more = sampleEntries(300, 5_000);
    expect(loaded.grow(more).root).toEqual(referenceRoot([...hashes.slice(0, size), ...more.map((entry) => leafHash(entry))]));
  });

  it('writes each file once, and a partial one only where something was added', () => {
    const start = RightEdge.empty().grow(entries.slice(0, 256));
    expect(start.files.map(({ path }) => path).sort()).toEqual(['tile/0/000', 'tile/1/000.p/1', 'tile/entries/000']);
    const next = start.edge.grow(entries.slice(256, 258));
    expect(next.files.map(({ path }) => path).sort()).toEqual(['tile/0/001.p/2', 'tile/entries/001.p/2']);
    expect(next.leafHashes).toEqual(hashes.slice(256, 258));
    expect(next.edge.grow([]).files).toEqual([]);
  });

  it('proves every leaf of every size, and no other leaf in its place', async () => {
    for (const size of SIZES) {
      const reader = new TreeReader(tiles, size);
      const root = rootOf(size);
      for (const index of new Set([0, 1, 2, 254, 255, 256, 257, 511, 512, size - 2, size - 1].filter((one) => one >= 0 && one < size))) {
        const claim = { index, size, leafHash: hashes[index] ?? Buffer.alloc(0), root, proof: await reader.inclusionProof(index) };
        expect(await reader.leafHash(index)).toEqual(hashes[index]);
        expect([size, index, verifyInclusion(claim)]).toEqual([size, index, true]);
        expect(verifyInclusion({ ...claim, leafHash: leafHash(Buffer.from('another')) })).toBe(false);
        expect(verifyInclusion({ ...claim, index: index === 0 ? size : index - 1 })).toBe(false);
        expect(verifyInclusion({ ...claim, root: rootOf(size + 1) })).toBe(size === 1021);
        if (claim.proof.length > 0) expect(verifyInclusion({ ...claim, proof: claim.proof.slice(0, -1) })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...claim.proof, Buffer.alloc(32)] })).toBe(false);
      }
    }
  });

  it('proves every pair of sizes, and no other root', async () => {
    for (const to of SIZES) {
      for (const from of SIZES.filter((size) => size <= to)) {
        const proof = await new TreeReader(tiles, to).consistencyProof(from);
        const claim = { from, to, fromRoot: rootOf(from), toRoot: rootOf(to), proof };
        expect([from, to, verifyConsistency(claim)]).toEqual([from, to, true]);
        expect(proof.length === 0).toBe(from === to);
        expect(verifyConsistency({ ...claim, fromRoot: rootOf(from + 1) })).toBe(from === 1021);
        expect(verifyConsistency({ ...claim, toRoot: Buffer.alloc(32) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, Buffer.alloc(32)] })).toBe(false);
        if (proof.length > 0) expect(verifyConsistency({ ...claim, proof: proof.slice(1) })).toBe(false);
      }
    }
  });

  it.each([
    [-1, 5],
    [5, 5],
    [1.5, 5],
    [0, 0],
  ])('has no leaf %d in a tree of %d', async (index, size) => {
    await expect(new TreeReader(tiles, size).leafHash(index)).rejects.toMatchObject({ code: 'invalid' });
    await expect(new TreeReader(tiles, size).inclusionProof(index)).rejects.toMatchObject({ code: 'invalid' });
  });

  it.each([-1, 1.5, NaN, 2 ** 53])('has no size %d', (size) => {
    expect(() => new TreeReader(tiles, size)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  it.each([
    [0, 5],
    [6, 5],
    [1.5, 5],
  ])('proves nothing from size %d to %d', async (from, to) => {
    await expect(new TreeReader(tiles, to).consistencyProof(from)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is refused when its last bundle does not hash to its tile, or a tile is shorter than asked for', async () => {
    const broken = new MemoryTiles();
    for (const [path, bytes] of tiles.files) broken.files.set(path, bytes);
    const bundle = Buffer.from(tiles.files.get('tile/entries/000.p/7') ?? '');
    bundle[bundle.length - 1] = (bundle[bundle.length - 1] ?? 0) ^ 1;
    broken.files.set('tile/entries/000.p/7', bundle);
    await expect(RightEdge.load(7, broken)).rejects.toMatchObject({ code: 'ledger-corrupt' });
    const short = { readTile: () => Promise.resolve(Buffer.alloc(32)), readBundle: tiles.readBundle.bind(tiles) };
    await expect(RightEdge.load(7, short)).rejects.toThrow('at least the width');
    await expect(new TreeReader(short, 7).root()).rejects.toThrow('at least the width');
  });
});
