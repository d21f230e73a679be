import { Broken } from './broken.js';
import { HASH_BYTES, TILE_WIDTH } from './hashing.js';
import type { LogSource } from './log-source.js';

/** The tiles and entry bundles of a log, by the rules of C2SP tlog-tiles. */
export class TileFiles {
  constructor(private readonly source: LogSource) {}

  /** The first `width` hashes of a tile. @throws Broken */
  async tile(level: number, n: number, width: number): Promise<Buffer> {
    const { bytes, name, full } = await this.read(level, n, width);
    const expected = (full ? TILE_WIDTH : width) * HASH_BYTES;
    if (bytes.length !== expected) throw new Broken(name, `has ${bytes.length} bytes, not ${expected}`);
    return bytes.subarray(0, width * HASH_BYTES);
  }

  /** The bytes of the first `width` entries of a bundle. @throws Broken when it is missing; what is inside is for the caller to judge */
  async bundle(n: number, width: number): Promise<Buffer> {
    return (await this.read('entries', n, width)).bytes;
  }

  /** A partial file may be gone once the full one exists (C2SP tlog-tiles); then the full one begins with the same bytes. */
  private async read(level: number | 'entries', n: number, width: number): Promise<{ bytes: Buffer; name: string; full: boolean }> {
    const name = fileName(level, n, width);
    const exact = await this.source.read(name);
    if (exact) return { bytes: exact, name, full: width === TILE_WIDTH };
    const fullName = fileName(level, n, TILE_WIDTH);
    const wider = width < TILE_WIDTH ? await this.source.read(fullName) : undefined;
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
export function fileName(level: number | 'entries', n: number, width: number): string {
  const last = String(n % 1000).padStart(3, '0');
  const groups: string[] = [];
  for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  return `tile/${level}/${[...groups, last].join('/')}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}
