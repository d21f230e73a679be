import { errorText, type Log } from '#kernel';
import { decodeBundle, HASH_BYTES, leafHash, perfectRoot, TILE_WIDTH, widthAt } from '#merkle';
import type { AuditRows, PlacedLeaf } from '../../adapters/store/audit-rows.js';
import { EntryProofs } from '../prove-entries/prove-entries.js';
import type { PublishedLog, PublishedLogs } from '../prove-entries/published-logs.js';

/** Tiles compared in one turn: a thousand entries are some ten milliseconds of one core. */
const TILES_PER_TURN = 4;
/** Findings that are told and kept; after so many there is nothing more to learn. */
const FINDINGS_MAX = 1_000;

/** Something that cannot be as it is without somebody having changed it. */
export interface AuditFinding {
  readonly origin: string;
  readonly what: string;
}

interface Place {
  readonly year: number;
  readonly tile: number;
}

/**
 * Holds the database against the log and the files against the published root, round and round while the ledger runs: the log is proven by
 * its root, so what differs from it was changed behind the ledger's back. It alarms and changes nothing; what is published stays provable.
 */
export class AuditLog {
  private readonly found = new Map<string, AuditFinding>();
  /** The next tile to look at; undefined for the first. */
  private at: Place | undefined;
  private audited = 0;

  constructor(
    private readonly rows: AuditRows,
    private readonly logs: PublishedLogs,
    private readonly log: Log,
  ) {}

  findings(): readonly AuditFinding[] {
    return [...this.found.values()];
  }

  /** Entries compared since the start. */
  get entries(): number {
    return this.audited;
  }

  /** One turn: heads and checkpoints of all years, then the next tiles. */
  async execute(): Promise<void> {
    for (const year of this.logs.years()) await this.auditHead(year);
    // A strict ledger that has never met its quorum has published nothing.
    for (let n = 0; n < TILES_PER_TURN && this.logs.years().length > 0; n++) {
      const { year, tile } = this.at ?? { year: this.logs.years()[0] ?? 0, tile: 0 };
      await this.auditTile(year, tile);
      this.at = this.after(year, tile);
      // A short log is not gone over several times in one turn.
      if (this.at === undefined) return;
    }
  }

  /** The tile after this one, or of the next year's log; undefined after the last. */
  private after(year: number, tile: number): Place | undefined {
    if ((tile + 1) * TILE_WIDTH < this.logs.of(year).head.size) return { year, tile: tile + 1 };
    const next = this.logs.years().find((each) => each > year);
    return next === undefined ? undefined : { year: next, tile: 0 };
  }

  private async auditHead(year: number): Promise<void> {
    const shown = this.logs.of(year);
    const { origin, size, root } = shown.head;
    const note = await shown.folder.read('checkpoint');
    const row = await this.rows.headOf(year);
    if (!row) this.tell(origin, 'the database has no head of this log');
    else if (row.size < size) this.tell(origin, `published at ${size}, committed at ${row.size}: the database is older than the log`);
    else if (row.size === size && row.root !== root) this.tell(origin, `two roots at size ${size}`);
    const beyond = await this.rows.beyondHead(year);
    if (beyond !== undefined) this.tell(origin, `a row of the database claims place ${beyond}, which the log does not have`);
    // Read before the head: a head that has not moved since means that nothing newer can have been published.
    if (row?.size !== size || note?.subarray(0, row.checkpoint.length).equals(row.checkpoint)) return;
    this.tell(origin, `the checkpoint file is not what was published at ${size}`);
  }

  private async auditTile(year: number, tile: number): Promise<void> {
    const shown = this.logs.of(year);
    const width = widthAt(0, tile, shown.head.size);
    if (width === 0) return;
    const first = tile * TILE_WIDTH;
    const rows = new Map((await this.rows.placed(year, first, first + width)).map((row) => [row.log_index, row]));
    try {
      const entries = decodeBundle(await shown.folder.readBundle(tile, width), width);
      const hashes = Buffer.from(await shown.folder.readTile(0, tile, width));
      // Before the proof, which cannot hold either when a tile above is wrong, and does not say which.
      const above = await wrongAbove(shown, tile);
      if (above !== undefined) this.tell(shown.head.origin, above);
      // The path of one entry leads over all hashes of its tile to the published root.
      await new EntryProofs(shown).inclusion(first);
      for (const [i, entry] of entries.entries()) {
        const wrong = compare(leafHash(entry), hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES), entry, rows.get(first + i));
        if (wrong !== undefined) this.tell(shown.head.origin, `entry ${first + i}: ${wrong}`);
      }
      this.audited += width;
    } catch (error) {
      // A newer checkpoint may have taken partial files away while they were being read.
      if (this.logs.of(year) === shown) this.tell(shown.head.origin, `tile ${tile}: ${errorText(error)}`);
    }
  }

  private tell(origin: string, what: string): void {
    const key = `${origin} ${what}`;
    if (this.found.has(key) || this.found.size >= FINDINGS_MAX) return;
    this.found.set(key, { origin, what });
    this.log.write('error', 'ledger-audit-failed', { origin, what });
  }
}

/** A full tile's root stands in the tile above, and where that one ends with it, also above that. */
async function wrongAbove({ folder, head }: PublishedLog, tile: number): Promise<string | undefined> {
  for (
    let [level, index] = [0, tile];
    widthAt(level, index, head.size) === TILE_WIDTH;
    level += 1, index = Math.floor(index / TILE_WIDTH)
  ) {
    const hashes = Buffer.from(await folder.readTile(level, index, TILE_WIDTH));
    const [up, at] = [Math.floor(index / TILE_WIDTH), index % TILE_WIDTH];
    const above = Buffer.from(await folder.readTile(level + 1, up, widthAt(level + 1, up, head.size)));
    if (!perfectRoot(hashes, 0, TILE_WIDTH).equals(above.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)))
      return `tile ${up} of level ${level + 1} does not hold the root of tile ${index} below`;
    if (at < TILE_WIDTH - 1) return undefined;
  }
  return undefined;
}

function compare(hash: Buffer, inTile: Buffer, entry: Uint8Array, row: PlacedLeaf | undefined): string | undefined {
  if (!hash.equals(inTile)) return 'the entry does not hash to its tile';
  if (!row) return 'the database has no row of it';
  // SQLite keeps what was written as it was written, a text among blobs too.
  if (!Buffer.from(row.leaf).equals(entry)) return 'the database has another leaf';
  return row.leaf_hash === hash.toString('hex') ? undefined : 'the database has another leaf hash';
}
