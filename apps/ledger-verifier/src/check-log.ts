import { Broken } from './broken.js';
import { Chains } from './chains.js';
import { openCheckpoint, type Checkpoint, type LogKey } from './checkpoint.js';
import { HASH_BYTES, putLeafHash, TILE_WIDTH } from './hashing.js';
import { parseLeaf } from './leaf.js';
import type { LogSource } from './log-source.js';
import { Tree, type Tile } from './tree.js';

/** Pairs of tile and bundle that are read ahead of the check. */
const READ_AHEAD = 16;

export interface LogCheck {
  readonly source: LogSource;
  readonly key: LogKey;
  /** Entries that are not leaves of ours are accepted and not read; for logs of other makers. */
  readonly anyEntries: boolean;
  /** Sizes at which the caller wants to know the root. */
  readonly sizes: readonly number[];
}

export interface LogFindings {
  readonly checkpoint: Checkpoint;
  readonly chains: Chains;
  readonly roots: ReadonlyMap<number, Buffer>;
}

/**
 * Derives the whole log again from its entries: every entry against its tile, every tile against the tile above, the root against
 * the signed checkpoint, and the chain of every source and subject.
 * @throws Broken at the first place, in the order of the entries, that does not fit
 */
export async function checkLog(check: LogCheck): Promise<LogFindings> {
  const signed = await check.source.read('checkpoint');
  if (!signed) throw new Broken('checkpoint', `missing in ${check.source.name}`);
  const checkpoint = openCheckpoint(signed, check.key, 'checkpoint');
  const pass = new Pass(check, checkpoint.size);
  const root = await pass.run();
  if (!root.equals(checkpoint.root)) {
    throw new Broken('checkpoint', `the root of the ${checkpoint.size} entries is ${root.toString('base64')}, not what was signed`);
  }
  return { checkpoint, chains: pass.chains, roots: pass.roots };
}

interface Pair {
  readonly tile: Buffer;
  readonly bundle: Buffer;
}

/** One walk over the log from the first entry to the last. */
class Pass {
  readonly chains = new Chains();
  readonly roots = new Map<number, Buffer>();
  private readonly tree = new Tree();
  private readonly computed = Buffer.alloc(TILE_WIDTH * HASH_BYTES);

  constructor(
    private readonly check: LogCheck,
    private readonly size: number,
  ) {}

  async run(): Promise<Buffer> {
    const tiles = Math.ceil(this.size / TILE_WIDTH);
    const ahead: Promise<Pair>[] = [];
    for (let n = 0, next = 0; n < tiles; n++) {
      while (next < tiles && next < n + READ_AHEAD) ahead.push(this.readPair(next++));
      const pair = await ahead.shift();
      if (pair) await this.takePair(n, pair);
    }
    for (const tile of this.tree.partials()) await this.compare(tile);
    const last = this.size % TILE_WIDTH;
    return this.tree.root(this.computed, last);
  }

  /** Errors wait until it is this pair's turn, so that the first broken place is the one that is named. */
  private readPair(n: number): Promise<Pair> {
    const width = Math.min(TILE_WIDTH, this.size - n * TILE_WIDTH);
    const pair = Promise.all([this.readTile(0, n, width), this.readFile('entries', n, width)]).then(([tile, bundle]) => ({
      tile,
      bundle: bundle.bytes,
    }));
    pair.catch(() => undefined);
    return pair;
  }

  private async takePair(n: number, { tile, bundle }: Pair): Promise<void> {
    const width = tile.length / HASH_BYTES;
    this.takeEntries(n, width, tile, bundle);
    for (const size of this.check.sizes) {
      const within = size - n * TILE_WIDTH;
      if (within > 0 && within <= width) this.roots.set(size, this.tree.root(this.computed, within));
    }
    if (width < TILE_WIDTH) return;
    for (const completed of this.tree.push(this.computed)) await this.compare(completed);
  }

  private takeEntries(n: number, width: number, tile: Buffer, bundle: Buffer): void {
    const file = fileName('entries', n, width);
    let at = 0;
    for (let i = 0; i < width; i++) {
      const index = n * TILE_WIDTH + i;
      const start = at + 2;
      const end = start <= bundle.length ? start + bundle.readUInt16BE(at) : Infinity;
      if (end > bundle.length) throw new Broken(file, `ends inside entry ${index}`);
      putLeafHash(bundle, start, end, this.computed, i * HASH_BYTES);
      if (this.computed.compare(tile, i * HASH_BYTES, (i + 1) * HASH_BYTES, i * HASH_BYTES, (i + 1) * HASH_BYTES) !== 0) {
        throw new Broken(`entry ${index}`, `${file} does not hash to what stands in ${fileName(0, n, width)}`);
      }
      if (!this.check.anyEntries) this.takeLeaf(index, bundle.toString('latin1', start, end), i);
      at = end;
    }
    if (at !== bundle.length) throw new Broken(file, `${bundle.length - at} bytes follow its last entry`);
  }

  private takeLeaf(index: number, text: string, i: number): void {
    const leaf = parseLeaf(text);
    if (!leaf) throw new Broken(`entry ${index}`, 'is not a leaf of version 1 in canonical JSON');
    this.chains.take(index, leaf, this.computed.toString('latin1', i * HASH_BYTES, (i + 1) * HASH_BYTES));
  }

  /** Holds a tile that follows from the entries against the one that is served. */
  private async compare(expected: Tile): Promise<void> {
    const width = expected.hashes.length / HASH_BYTES;
    const served = await this.readTile(expected.level, expected.index, width);
    for (let i = 0; i < width; i++) {
      if (served.compare(expected.hashes, i * HASH_BYTES, (i + 1) * HASH_BYTES, i * HASH_BYTES, (i + 1) * HASH_BYTES) !== 0) {
        throw new Broken(fileName(expected.level, expected.index, width), `hash ${i} does not follow from the tile below`);
      }
    }
  }

  private async readTile(level: number, n: number, width: number): Promise<Buffer> {
    const { bytes, name, full } = await this.readFile(level, n, width);
    const expected = (full ? TILE_WIDTH : width) * HASH_BYTES;
    if (bytes.length !== expected) throw new Broken(name, `has ${bytes.length} bytes, not ${expected}`);
    return bytes.subarray(0, width * HASH_BYTES);
  }

  /** A partial file may be gone once the full one exists (C2SP tlog-tiles); then the full one begins with the same bytes. */
  private async readFile(level: number | 'entries', n: number, width: number): Promise<{ bytes: Buffer; name: string; full: boolean }> {
    const name = fileName(level, n, width);
    const exact = await this.check.source.read(name);
    if (exact) return { bytes: exact, name, full: width === TILE_WIDTH };
    const fullName = fileName(level, n, TILE_WIDTH);
    const wider = width < TILE_WIDTH ? await this.check.source.read(fullName) : undefined;
    if (!wider) throw new Broken(name, 'missing');
    return { bytes: level === 'entries' ? firstEntries(wider, width) : wider, name: fullName, full: true };
  }
}

/** The bytes of the first entries of a longer bundle; a broken one is returned as it is, for the check to say what is wrong. */
function firstEntries(bundle: Buffer, width: number): Buffer {
  let at = 0;
  for (let i = 0; i < width && at + 2 <= bundle.length; i++) at += 2 + bundle.readUInt16BE(at);
  return bundle.subarray(0, at);
}

/** `tile/<level>/<n>[.p/<width>]`, n in groups of three digits: 1234067 is `x001/x234/067`. */
function fileName(level: number | 'entries', n: number, width: number): string {
  const last = String(n % 1000).padStart(3, '0');
  const groups: string[] = [];
  for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  return `tile/${level}/${[...groups, last].join('/')}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}
