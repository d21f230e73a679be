import { AppError, invariant } from '#kernel';
import {
  decodeBundle,
  formatTlogProof,
  TILE_WIDTH,
  TreeReader,
  verifyConsistency,
  verifyInclusion,
  widthAt,
  type TileSource,
} from '#merkle';
import type { PublishedLog } from './published-logs.js';

export interface InclusionProof {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Buffer;
  readonly root: Buffer;
  readonly proof: readonly Buffer[];
}

export interface ConsistencyProof {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Buffer;
  readonly toRoot: Buffer;
  readonly proof: readonly Buffer[];
}

/** Makes proofs from one log's tiles, and checks each before it is given out: a wrong proof would accuse an honest log. */
export class EntryProofs {
  private readonly newest: TreeReader;

  constructor(private readonly log: PublishedLog) {
    this.newest = this.readerAt(log.head.size);
  }

  /** @throws AppError `not-found` beyond the log, `invalid` when the index is not below the size */
  async inclusion(index: number, size = this.log.head.size): Promise<InclusionProof> {
    const tree = this.treeOf(size);
    const [leafHash, proof, root] = [await tree.leafHash(index), await tree.inclusionProof(index), await tree.root()];
    invariant(verifyInclusion({ index, size, leafHash, root, proof }), `the proof of entry ${index} at size ${size} holds`);
    return { index, size, leafHash, root, proof };
  }

  /** @throws AppError `not-found` beyond the log, `invalid` unless 1 ≤ from ≤ to */
  async consistency(from: number, to = this.log.head.size): Promise<ConsistencyProof> {
    const tree = this.treeOf(to);
    const proof = await tree.consistencyProof(from);
    const [fromRoot, toRoot] = [await this.treeOf(from).root(), await tree.root()];
    invariant(verifyConsistency({ from, to, fromRoot, toRoot, proof }), `the proof from size ${from} to ${to} holds`);
    return { from, to, fromRoot, toRoot, proof };
  }

  /** The proof file of a leaf (C2SP tlog-proof) under the published checkpoint. */
  async tlogProof(index: number, leafHash: string): Promise<string> {
    const { size, root, checkpoint } = this.log.head;
    const hashes = await this.newest.inclusionProof(index);
    const claim = { index, size, leafHash: Buffer.from(leafHash, 'hex'), root: Buffer.from(root, 'hex'), proof: hashes };
    invariant(verifyInclusion(claim), `entry ${index} of ${this.log.head.year} is in the log`);
    return formatTlogProof({ index, hashes, checkpoint });
  }

  /** The bytes of one entry. @throws AppError `not-found` beyond the log */
  async entry(index: number): Promise<Buffer> {
    const { size } = this.log.head;
    if (index >= size) throw new AppError('not-found', '账本中没有该序号');
    const bundle = Math.floor(index / TILE_WIDTH);
    const entries = decodeBundle(await this.log.folder.readBundle(bundle, widthAt(0, bundle, size)), (index % TILE_WIDTH) + 1);
    const entry = entries.at(-1);
    invariant(entry, 'a bundle holds the entry that was asked for');
    return Buffer.from(entry);
  }

  private treeOf(size: number): TreeReader {
    if (size > this.log.head.size) throw new AppError('not-found', '账本尚未达到该大小');
    return size === this.log.head.size ? this.newest : this.readerAt(size);
  }

  private readerAt(size: number): TreeReader {
    return new TreeReader(new WidestTiles(this.log), size);
  }
}

/** Reads each tile in its widest published form: an older size may have had widths that were never published on their own. */
class WidestTiles implements TileSource {
  constructor(private readonly log: PublishedLog) {}

  readTile(level: number, index: number): Promise<Uint8Array> {
    return this.log.folder.readTile(level, index, widthAt(level, index, this.log.head.size));
  }

  readBundle(index: number): Promise<Uint8Array> {
    return this.log.folder.readBundle(index, widthAt(0, index, this.log.head.size));
  }
}
