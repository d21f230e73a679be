import { AppError, parseInstant, parseStrictJson } from '#kernel';
import { bundlePath, decodeBundle, leafHash, parseCheckpoint, parseNote, TILE_WIDTH, widthAt } from '#merkle';
import type { LogEdge } from '../../use-cases/prove-request/ledger-port.js';

/**
 * A source's facts reach the log in their order but for this much: one relay publishes them, and it may repeat a batch. Facts that are older
 * than the newest published one by more than this must be in the log; of younger ones only the log can tell.
 */
const MARGIN_MS = 5_000;
/** A million entries younger than the margin are no normal state. */
const BUNDLES_MAX = 4_000;

interface Seen {
  readonly hash: string;
  readonly at: number;
}

/**
 * Reads the newest entries of one source off the published log, from its end backwards.
 * @param read a file of the log by its path below the log's prefix; undefined when it is not there
 * @throws AppError `unavailable` when the log has another shape
 */
export async function readLogEdge(read: (file: string) => Promise<Buffer | undefined>, source: string): Promise<LogEdge> {
  const note = await read('checkpoint');
  if (!note) throw new AppError('not-found', '没有该年度的账本');
  const { origin, size } = parseCheckpoint(parseNote(note).text);
  const seen: Seen[] = [];
  let newest = -Infinity;
  const last = Math.ceil(size / TILE_WIDTH) - 1;
  for (let index = last; index >= 0; index--) {
    if (last - index >= BUNDLES_MAX) throw new AppError('unavailable', '账本的最新部分过大', { retryable: true });
    const here = await entriesOf(read, index, widthAt(0, index, size), source);
    seen.push(...here);
    newest = here.reduce((max, { at }) => Math.max(max, at), newest);
    if (here.some(({ at }) => at < newest - 2 * MARGIN_MS)) break;
  }
  const settledBefore = newest - MARGIN_MS;
  return { origin, size, settledBefore, recent: new Set(seen.filter(({ at }) => at >= settledBefore).map(({ hash }) => hash)) };
}

async function entriesOf(
  read: (file: string) => Promise<Buffer | undefined>,
  index: number,
  width: number,
  source: string,
): Promise<Seen[]> {
  // The log may have grown past the partial bundle meanwhile; the full one begins with the same entries.
  const bytes = (await read(bundlePath(index, width))) ?? (await read(bundlePath(index, TILE_WIDTH)));
  if (!bytes) throw new AppError('unavailable', `账本缺少第 ${index} 个叶块`, { retryable: true });
  return decodeBundle(bytes, width).flatMap((entry) => {
    const leaf = parseStrictJson(Buffer.from(entry)) as { readonly source?: unknown; readonly at?: unknown } | null;
    if (leaf?.source !== source) return [];
    if (typeof leaf.at !== 'string') throw new AppError('unavailable', `账本第 ${index} 个叶块中有一项没有时间`, { retryable: true });
    return [{ hash: leafHash(entry).toString('hex'), at: parseInstant(leaf.at) }];
  });
}
