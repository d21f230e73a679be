import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { tilePath, TreeReader, verifyInclusion, type TileSource } from '#merkle';
import { Samples } from './samples.js';

const PROOFS = 2_000;
/** A prime, so that the proven entries lie all over a log. */
const STRIDE = 1_000_003;

/**
 * Milliseconds that one inclusion proof takes, from the folder of a log whose size is that of its files, with nothing kept from the proof before. Each proof
 * must lead from its entry's hash to the root.
 * @throws Error when one does not
 */
export async function proofTimes(log: string, size: number): Promise<Samples> {
  const source: TileSource = {
    readTile: (level, index, width) => readFile(path.join(log, tilePath({ level, index, width }))),
    readBundle: () => Promise.reject(new Error('no entries are read for a proof')),
  };
  const root = await new TreeReader(source, size).root();
  const samples = new Samples();
  for (let n = 0; n < PROOFS; n += 1) {
    const index = (n * STRIDE) % size;
    const started = performance.now();
    const proof = await new TreeReader(source, size).inclusionProof(index);
    samples.add(performance.now() - started, 0);
    const leafHash = await new TreeReader(source, size).leafHash(index);
    if (!verifyInclusion({ index, size, leafHash, root, proof })) throw new Error(`the proof of entry ${index} does not hold`);
  }
  return samples;
}
