import { AppError, invariant } from '#kernel';

/** Hashes of a full tile, entries of a full bundle. */
export const TILE_WIDTH = 256;

/** Heights of the tree that one tile level spans: 256 = 2^8. */
export const TILE_HEIGHT = 8;

/** The tile levels of the specification go from 0 to 63; sizes below 2^53 need seven of them. */
export const TILE_LEVEL_MAX = 63;

/** One file of a tiled log (C2SP tlog-tiles): a tile of hashes at a level, or a bundle of entries. Width 256 is full. */
export interface TileAddress {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]`, relative to the log's prefix. */
export function tilePath(address: TileAddress): string {
  const { level, index, width } = address;
  invariant(Number.isSafeInteger(index) && index >= 0 && width >= 1 && width <= TILE_WIDTH, 'a tile has an index and a width of 1 to 256');
  return `tile/${level}/${indexPath(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** `tile/entries/<N>[.p/<W>]`. */
export function bundlePath(index: number, width: number): string {
  return tilePath({ level: 'entries', index, width });
}

/** 1234067 becomes `x001/x234/067`. */
function indexPath(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  return groups.map((group, i) => (i === groups.length - 1 ? group : `x${group}`)).join('/');
}

/** Reads what `tilePath` writes, and only that spelling. @throws AppError `not-found` for anything else. */
export function parseTilePath(path: string): TileAddress {
  const match = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  const level = match?.[1] === 'entries' ? ('entries' as const) : Number(match?.[1]);
  const index = Number(match?.[2]?.replace(/[x/]/g, ''));
  const width = match?.[3] === undefined ? TILE_WIDTH : Number(match[3]);
  const wellFormed = match !== null && Number.isSafeInteger(index) && (level === 'entries' || level <= TILE_LEVEL_MAX);
  const address = { level, index, width };
  if (!wellFormed || width > TILE_WIDTH || tilePath(address) !== path) throw new AppError('not-found', 'no such tile');
  return address;
}

/** How many hashes tile `index` of `level` has in a tree of `size`: 256 when full, 0 when it does not exist. */
export function widthAt(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** The partial tiles at the right edge of a tree of `size`, lowest level first; levels without one are left out. */
export function edgeTiles(size: number): { level: number; index: number; width: number }[] {
  const tiles: { level: number; index: number; width: number }[] = [];
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const width = hashes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH), width });
  }
  return tiles;
}
