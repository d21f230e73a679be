import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leafHash, RightEdge, TreeReader, verifyConsistency, verifyInclusion, widthAt } from './index.js';
import { MemoryTiles, referenceRoot, sampleEntries } from './fixtures/reference.js';

const SIZE_MAX = 70_000;
const entries = sampleEntries(SIZE_MAX);
const hashes = entries.map((entry) => leafHash(entry));
const tiles = new MemoryTiles();
const roots = new Map<number, Buffer>();

/** Grows the log in uneven batches and keeps every partial tile of every batch's end, as a published log does. */
function growInBatches(batches: readonly number[]): RightEdge {
  let edge = RightEdge.empty();
  for (let i = 0; edge.size < SIZE_MAX; i++) {
    const growth = edge.grow(entries.slice(edge.size, edge.size + (batches[i % batches.length] ?? 1)));
    for (const file of growth.files) tiles.files.set(file.path, file.bytes);
    edge = growth.edge;
    roots.set(edge.size, growth.root);
  }
  return edge;
}

const edge = growInBatches([1, 255, 256, 257, 1000, 3, 4096, 999]);

describe('a log of 70,000 entries', () => {
  it('has the tiles of the worked example in the specification', () => {
    const paths = [...tiles.files.keys()];
    expect(paths.filter((path) => /^tile\/0\/\d{3}$/.test(path)).length).toBe(273);
    expect([widthAt(0, 273, SIZE_MAX), widthAt(1, 1, SIZE_MAX), widthAt(2, 0, SIZE_MAX)]).toEqual([112, 17, 1]);
    for (const path of ['tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1', 'tile/entries/273.p/112'])
      expect(paths).toContain(path);
  });

  it('has at every size that was published the root of the definition', () => {
    for (const [size, root] of [...roots].filter(([size], i) => i % 5 === 0 || size === SIZE_MAX)) {
      expect([size, root]).toEqual([size, referenceRoot(hashes.slice(0, size))]);
    }
  });

  it('gives back from its tiles the edge that wrote them', async () => {
    for (const size of [1, 256, 257, 1512, 65_536 - 1, SIZE_MAX].filter((one) => roots.has(one))) {
      const loaded = await RightEdge.load(size, tiles);
      expect([size, loaded.root()]).toEqual([size, roots.get(size)]);
      const more = sampleEntries(700, 1_000_000);
      const expected = referenceRoot([...hashes.slice(0, size), ...more.map((entry) => leafHash(entry))]);
      expect(loaded.grow(more).root).toEqual(expected);
    }
    const [fromTiles, fromMemory] = [(await RightEdge.load(SIZE_MAX, tiles)).grow(sampleEntries(300)), edge.grow(sampleEntries(300))];
    expect([fromTiles.root, fromTiles.files]).toEqual([fromMemory.root, fromMemory.files]);
  });

  it('does not change when a batch is grown and dropped', () => {
    const before = edge.root();
    edge.grow(sampleEntries(600));
    expect([edge.size, edge.root()]).toEqual([SIZE_MAX, before]);
  });

  it('is refused when the last bundle does not hash to its tile', async () => {
    const broken = new MemoryTiles();
    for (const [path, bytes] of tiles.files) broken.files.set(path, bytes);
    const path = 'tile/entries/273.p/112';
    const bundle = Buffer.from(tiles.files.get(path) ?? '');
    bundle[bundle.length - 1] = 0;
    broken.files.set(path, bundle);
    await expect(RightEdge.load(SIZE_MAX, broken)).rejects.toMatchObject({ code: 'ledger-corrupt' });
  });
});

const published = [...roots.keys()];

describe('proofs', () => {
  const sizeAndIndex = fc.constantFrom(...published).chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 })));

  it('of inclusion hold for any leaf of any published size, and for no changed bit', async () => {
    await fc.assert(
      fc.asyncProperty(sizeAndIndex, fc.nat(), async ([size, index], seed) => {
        const proof = await new TreeReader(tiles, size).inclusionProof(index);
        const claim = { index, size, leafHash: hashes[index] ?? Buffer.alloc(0), root: roots.get(size) ?? Buffer.alloc(0), proof };
        expect(verifyInclusion(claim)).toBe(true);
        const parts = [claim.leafHash, claim.root, ...proof].map((part) => Buffer.from(part));
        const [leaf, root, ...path] = flipBit(parts, seed);
        expect(verifyInclusion({ ...claim, leafHash: leaf ?? Buffer.alloc(0), root: root ?? Buffer.alloc(0), proof: path })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, Buffer.alloc(32)] })).toBe(false);
        if (proof.length > 0) expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false);
        if (index > 0) expect(verifyInclusion({ ...claim, index: index - 1 })).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('of consistency hold for any two published sizes, and for no changed bit', async () => {
    const pair = fc
      .tuple(fc.constantFrom(...published), fc.constantFrom(...published))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    await fc.assert(
      fc.asyncProperty(pair, fc.nat(), async ([from, to], seed) => {
        const proof = await new TreeReader(tiles, to).consistencyProof(from);
        const claim = { from, to, fromRoot: roots.get(from) ?? Buffer.alloc(0), toRoot: roots.get(to) ?? Buffer.alloc(0), proof };
        expect(verifyConsistency(claim)).toBe(true);
        const parts = [claim.fromRoot, claim.toRoot, ...proof].map((part) => Buffer.from(part));
        const [fromRoot, toRoot, ...path] = flipBit(parts, seed);
        expect(verifyConsistency({ ...claim, fromRoot: fromRoot ?? Buffer.alloc(0), toRoot: toRoot ?? Buffer.alloc(0), proof: path })).toBe(
          false,
        );
        expect(verifyConsistency({ ...claim, proof: [...proof, Buffer.alloc(32)] })).toBe(false);
        if (proof.length > 0) expect(verifyConsistency({ ...claim, proof: proof.slice(0, -1) })).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('hold for every pair of sizes of a small log', async () => {
    const small = new MemoryTiles();
    const smallRoots: Buffer[] = [Buffer.alloc(0)];
    let one = RightEdge.empty();
    for (let size = 1; size <= 40; size++) {
      const growth = one.grow(entries.slice(size - 1, size));
      for (const file of growth.files) small.files.set(file.path, file.bytes);
      smallRoots.push(growth.root);
      one = growth.edge;
    }
    for (let to = 1; to <= 40; to++) {
      for (let from = 1; from <= to; from++) {
        const [fromRoot, toRoot] = [smallRoots[from] ?? Buffer.alloc(0), smallRoots[to] ?? Buffer.alloc(0)];
        const proof = await new TreeReader(small, to).consistencyProof(from);
        expect([from, to, verifyConsistency({ from, to, fromRoot, toRoot, proof })]).toEqual([from, to, true]);
        const index = from - 1;
        const path = await new TreeReader(small, to).inclusionProof(index);
        expect([
          index,
          to,
          verifyInclusion({ index, size: to, root: toRoot, leafHash: hashes[index] ?? Buffer.alloc(0), proof: path }),
        ]).toEqual([index, to, true]);
      }
    }
  });

  it.each([
    [-1, 5],
    [5, 5],
    [1.5, 5],
    [0, 0],
  ])('of leaf %d in a tree of %d are refused', async (index, size) => {
    await expect(new TreeReader(tiles, size).inclusionProof(index)).rejects.toMatchObject({ code: 'invalid' });
  });

  it.each([
    [0, 5],
    [6, 5],
    [NaN, 5],
  ])('from size %d to %d are refused', async (from, to) => {
    await expect(new TreeReader(tiles, to).consistencyProof(from)).rejects.toMatchObject({ code: 'invalid' });
  });
});

/** One bit of one of the hashes changes; which one follows from the seed. */
function flipBit(parts: Buffer[], seed: number): Buffer[] {
  const part = parts[seed % parts.length];
  const at = Math.floor(seed / parts.length) % 32;
  if (part) part[at] = (part[at] ?? 0) ^ (1 << (seed % 8));
  return parts;
}
