import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { AppError } from '#kernel';

export type Encoding = 'utf-8' | 'gb18030';

/** One record of the file. `line` is where it ends, the header being line 1. A fault stands in place of values that cannot be read. */
export interface CsvLine {
  readonly line: number;
  readonly values?: readonly string[];
  readonly fault?: string;
}

/** A record longer than this is a quote that was never closed. */
const RECORD_CHARS_MAX = 16 * 1024;

/**
 * Tells the encoding of a stream of bytes while it passes: what is UTF-8 from the first byte to the last is UTF-8, all else is read
 * as GB18030. Both are told apart with certainty by any text of more than a few Chinese characters.
 */
export class EncodingProbe {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private isUtf8 = true;

  take(chunk: Buffer): void {
    if (this.isUtf8) this.isUtf8 = this.decodes(chunk, true);
  }

  /** To be asked once, after the last chunk. */
  verdict(): Encoding {
    return this.isUtf8 && this.decodes(Buffer.alloc(0), false) ? 'utf-8' : 'gb18030';
  }

  private decodes(chunk: Buffer, stream: boolean): boolean {
    try {
      this.decoder.decode(chunk, { stream });
      return true;
    } catch {
      // The decoder's way of saying that these bytes are no UTF-8, which is an answer here.
      return false;
    }
  }
}

/** A piece for the parser ends with the first line that ends behind so many characters, or after twice as many where none does. */
const PIECE_CHARS = 64 * 1024;

/**
 * The text in pieces that follow from it alone, however the bytes come in: of a broken record the parser makes more or less according to where it is cut.
 * Bytes that are wrong in the encoding become U+FFFD, and the line that holds one is refused by its reader.
 */
async function* textOf(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    for (; text.length >= 2 * PIECE_CHARS; text = text.slice(pieceEnd(text))) yield text.slice(0, pieceEnd(text));
  }
  text += decoder.decode();
  for (; text.length > 0; text = text.slice(pieceEnd(text))) yield text.slice(0, pieceEnd(text));
}

function pieceEnd(text: string): number {
  const lineEnd = text.indexOf('\n', PIECE_CHARS);
  return lineEnd < 0 || lineEnd >= 2 * PIECE_CHARS ? Math.min(text.length, 2 * PIECE_CHARS) : lineEnd + 1;
}

interface Parsed {
  readonly info: { readonly lines: number };
  readonly record: string[];
}

/** The records of a file, the header first. Bounded memory: the source is read as fast as the records are taken. */
export async function* csvLines(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<CsvLine> {
  const faults: CsvLine[] = [];
  const parser = parse({
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: RECORD_CHARS_MAX,
    skip_records_with_error: true,
    on_skip: (error?: CsvError) => {
      // A record that comes in several pieces is complained of in each.
      if (lineOf(error) !== faults.at(-1)?.line) faults.push({ line: lineOf(error), fault: '不是有效的 CSV 行' });
    },
  });
  // What the source throws reaches the reader below through the parser, so the callback has nothing to add.
  pipeline(Readable.from(textOf(chunks, encoding)), parser, () => undefined);
  try {
    for await (const item of parser) {
      const { info, record } = item as Parsed;
      // The parser runs ahead of its reader, by more or less as the bytes come in: a fault waits for its place among the lines.
      const later = faults.findIndex(({ line }) => line > info.lines);
      yield* faults.splice(0, later < 0 ? faults.length : later);
      yield { line: info.lines, values: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new AppError('invalid', '文件不是可读的 CSV', { cause: error });
  }
  yield* faults.splice(0);
}

function lineOf(error: CsvError | undefined): number {
  const lines: unknown = error && 'lines' in error ? error['lines'] : undefined;
  return typeof lines === 'number' ? lines : 0;
}
