import { Broken } from './broken.js';
import { Chains } from './chains.js';
import { openCheckpoint, type Checkpoint, type LogKey } from './checkpoint.js';
import { HASH_BYTES, TILE_WIDTH } from './hashing.js';
import type { LogSource } from './log-source.js';
import type { VerifiedState } from './state.js';
import { openPool, type StretchPool } from './stretch-pool.js';
import type { OrderFact, StretchFindings } from './stretch.js';
import { TileFiles, fileName } from './tile-files.js';
import { Tree, type Tile } from './tree.js';

/** Tiles that one thread takes at a time: 8,192 entries, a few megabytes. */
const STRETCH_TILES = 32;
/** Below this a log is checked before threads would have started. */
const THREADS_FROM = 65_536;
/** How often the state is kept while a long log is checked. */
const STATE_EVERY = 1_000_000;

export interface LogCheck {
  readonly source: LogSource;
  readonly key: LogKey;
  /** Entries that are not leaves of ours are accepted and not read; for logs of other makers. */
  readonly anyEntries: boolean;
  /** Sizes at which the caller wants to know the root; none may lie before what is resumed. */
  readonly sizes: readonly number[];
  readonly threads: number;
  /** What an earlier verification of this log has found good; it is gone on from there. */
  readonly resume?: VerifiedState | undefined;
  readonly onState?: ((state: VerifiedState) => Promise<void>) | undefined;
  readonly onOrders?: ((facts: readonly OrderFact[]) => void) | undefined;
  readonly onProgress?: ((done: number, size: number) => void) | undefined;
}

export interface LogFindings {
  readonly checkpoint: Checkpoint;
  /** The signed note as it was read. */
  readonly signed: Buffer;
  readonly chains: Chains;
  readonly roots: ReadonlyMap<number, Buffer>;
  /** Entries that were derived now, without those that an earlier verification had done. */
  readonly derived: number;
  /** What a later verification may go on from, once everything else has been found good too. */
  readonly state: () => VerifiedState;
}

/**
 * Derives the whole log again from its entries: every entry against its tile, every tile against the tile above, the root against
 * the signed checkpoint, and the chain of every source and subject.
 * @throws Broken at the first place, in the order of the stretches, that does not fit
 */
export async function checkLog(check: LogCheck): Promise<LogFindings> {
  const signed = await check.source.read('checkpoint');
  if (!signed) throw new Broken('checkpoint', `missing in ${check.source.name}`);
  const checkpoint = openCheckpoint(signed, check.key, 'checkpoint');
  const { resume } = check;
  if (resume && checkpoint.size < resume.size)
    throw new Broken('checkpoint', `covers ${checkpoint.size} entries, but ${resume.size} were verified before: the log was cut`);
  const pool = openPool(check.source, checkpoint.size - (resume?.size ?? 0) < THREADS_FROM ? 0 : check.threads);
  try {
    const pass = new Pass(check, checkpoint.size, pool);
    const root = await pass.run();
    if (!root.equals(checkpoint.root)) {
      throw new Broken('checkpoint', `the root of the ${checkpoint.size} entries is ${root.toString('base64')}, not what was signed`);
    }
    if (resume && !pass.roots.get(resume.size)?.equals(resume.root))
      throw new Broken('checkpoint', `does not continue the ${resume.size} entries that were verified before: the log was forked`);
    const state = (): VerifiedState => pass.stateAt(checkpoint.size, root);
    return { checkpoint, signed, chains: pass.chains, roots: pass.roots, derived: pass.derived, state };
  } finally {
    await pool.close();
  }
}

/** One walk over the log from the first entry, or from what was verified before, to the last. */
class Pass {
  readonly chains = new Chains();
  readonly roots = new Map<number, Buffer>();
  readonly derived: number;
  private readonly tree: Tree;
  private readonly files: TileFiles;
  private readonly sizes: readonly number[];
  /** Complete tiles so far. */
  private tiles: number;
  private stateAtTiles: number;
  private last = Buffer.alloc(0);

  constructor(
    private readonly check: LogCheck,
    private readonly size: number,
    private readonly pool: StretchPool,
  ) {
    const { resume } = check;
    this.tiles = Math.floor((resume?.size ?? 0) / TILE_WIDTH);
    this.stateAtTiles = this.tiles;
    this.derived = size - this.tiles * TILE_WIDTH;
    this.files = new TileFiles(check.source);
    this.tree = resume ? Tree.at(this.tiles, resume.edge) : new Tree();
    if (resume) this.chains.table.load(resume.chains);
    this.sizes = [...new Set([...check.sizes, ...(resume ? [resume.size] : [])])];
  }

  async run(): Promise<Buffer> {
    this.noteRoots(this.tiles * TILE_WIDTH, Buffer.alloc(0));
    const all = Math.ceil(this.size / TILE_WIDTH);
    const ahead: Promise<StretchFindings>[] = [];
    for (let first = this.tiles, next = first; first < all; first += STRETCH_TILES) {
      for (; next < all && ahead.length < this.pool.atOnce; next += STRETCH_TILES) ahead.push(this.ask(next, all));
      const findings = await ahead.shift();
      if (findings) await this.take(findings);
      this.check.onProgress?.(Math.min(this.size, (first + STRETCH_TILES) * TILE_WIDTH), this.size);
    }
    for (const tile of this.tree.partials()) await this.compare(tile);
    return this.tree.root(this.last, this.size % TILE_WIDTH);
  }

  stateAt(size: number, root: Buffer): VerifiedState {
    return {
      vkey: this.check.key.vkey,
      anyEntries: this.check.anyEntries,
      size,
      root,
      edge: this.tree.edge(),
      chains: this.chains.table.dump(),
    };
  }

  private ask(first: number, all: number): Promise<StretchFindings> {
    const tiles = Math.min(STRETCH_TILES, all - first);
    const keep = [...this.sizes.filter((size) => size % TILE_WIDTH !== 0), this.size].map((size) => Math.floor(size / TILE_WIDTH));
    const { anyEntries, onOrders, resume } = this.check;
    const asked = { first, tiles, size: this.size, anyEntries, chainsFrom: resume?.size ?? 0, keep, orders: onOrders !== undefined };
    const findings = this.pool.check(asked);
    findings.catch(() => undefined);
    return findings;
  }

  private async take({ roots, kept, runs, orders, broken }: StretchFindings): Promise<void> {
    this.chains.take(runs);
    this.check.onOrders?.(orders);
    const hashes = new Map(kept.map(([tile, bytes]) => [tile, Buffer.from(bytes)]));
    for (let at = 0; at < roots.length; at += HASH_BYTES) {
      this.noteRoots(this.tiles * TILE_WIDTH, hashes.get(this.tiles) ?? Buffer.alloc(0));
      const completed = this.tree.push(Buffer.from(roots.subarray(at, at + HASH_BYTES)));
      this.tiles += 1;
      for (const tile of completed) await this.compare(tile);
    }
    if (broken) throw new Broken(broken.place, broken.reason);
    this.last = hashes.get(this.tiles) ?? Buffer.alloc(0);
    this.noteRoots(this.tiles * TILE_WIDTH, this.last);
    await this.keepState();
  }

  /** Notes the root at each wanted size from `start` on that lies within these leaf hashes. */
  private noteRoots(start: number, hashes: Buffer): void {
    for (const size of this.sizes) {
      const within = size - start;
      if (within >= 0 && within <= hashes.length / HASH_BYTES) this.roots.set(size, this.tree.root(hashes, within));
    }
  }

  /** Long logs: what is good so far is kept, so that a verification that was cut off goes on from here. */
  private async keepState(): Promise<void> {
    // Chains that begin in an earlier year are proven at the end; until then there is nothing to build upon.
    if (!this.check.onState || this.chains.openings.length > 0) return;
    if ((this.tiles - this.stateAtTiles) * TILE_WIDTH < STATE_EVERY || this.last.length > 0) return;
    this.stateAtTiles = this.tiles;
    await this.check.onState(this.stateAt(this.tiles * TILE_WIDTH, this.tree.root(Buffer.alloc(0), 0)));
  }

  /** Holds a tile that follows from the entries against the one that is served. */
  private async compare(expected: Tile): Promise<void> {
    const width = expected.hashes.length / HASH_BYTES;
    const served = await this.files.tile(expected.level, expected.index, width);
    for (let i = 0; i < width; i++) {
      if (served.compare(expected.hashes, i * HASH_BYTES, (i + 1) * HASH_BYTES, i * HASH_BYTES, (i + 1) * HASH_BYTES) !== 0) {
        throw new Broken(fileName(expected.level, expected.index, width), `hash ${i} does not follow from the tile below`);
      }
    }
  }
}
