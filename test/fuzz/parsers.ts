import { isUtf8 } from 'node:buffer';
import { AppError } from '#kernel';
import { formatTlogProof, parseCheckpoint, parseNote, parseTilePath, parseTlogProof, signatureLine, tilePath } from '#merkle';

/** One reader of foreign bytes. */
export interface FuzzedParser {
  readonly name: string;
  /** Valid inputs, which the generators cut, splice and bend. */
  readonly samples: readonly Buffer[];
  /** Pieces that mean something to this parser. */
  readonly pieces: readonly string[];
  /** Longer than this for one input is a failure. */
  readonly msMax: number;
  /** Reads the input and writes what it understood in the one canonical spelling. @throws the parser's refusal */
  readonly rewrite: (input: Buffer) => Buffer;
  readonly refuses: (error: unknown) => boolean;
}

const MS_MAX = 1_000;
const HASH = Buffer.alloc(32, 7).toString('base64');
const TEXT = `chakong.example/2026\n5\n${HASH}\n`;
const NOTE = `${TEXT}\n${signatureLine({ name: 'chakong.example/2026', keyId: 7, signature: Buffer.alloc(64, 9) })}`;

const invalid = (error: unknown): boolean => error instanceof AppError && error.code === 'invalid';
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

/** A proof arrives as text: bytes that are none never reach its parser, and a lossy decoding would be another input. */
function utf8(input: Buffer): string {
  if (!isUtf8(input)) throw new AppError('invalid', 'the input is not UTF-8');
  return input.toString('utf8');
}

/** Every parser that the campaign and the ordinary spec know. A text parser is given Latin-1, so that each byte is one character. */
export const PARSERS: readonly FuzzedParser[] = [
  {
    name: 'tile-path',
    samples: ['tile/0/000', 'tile/1/x001/x234/067', 'tile/entries/x001/000.p/17'].map(bytes),
    pieces: ['tile/', 'entries', '/', 'x000', '000', '.p/', '256', '0', '..'],
    msMax: MS_MAX,
    rewrite: (input) => Buffer.from(tilePath(parseTilePath(input.toString('latin1'))), 'latin1'),
    refuses: (error) => error instanceof AppError && error.code === 'not-found',
  },
  {
    name: 'checkpoint',
    samples: [bytes(TEXT), bytes(`${TEXT}an extension\n`)],
    pieces: ['\n', '0', '-1', '9007199254740992', HASH, '=', '\r', '\u0000'],
    msMax: MS_MAX,
    rewrite: (input) => {
      const { origin, size, root, extensions } = parseCheckpoint(input.toString('latin1'));
      return Buffer.from([origin, size, root.toString('base64'), ...extensions, ''].join('\n'), 'latin1');
    },
    refuses: invalid,
  },
  {
    name: 'signed-note',
    samples: [bytes(NOTE)],
    pieces: ['\n\n', '\n', '— ', ' ', '+', 'AAAA', '=', '\u0000', '\u2028', '\ufeff'],
    msMax: MS_MAX,
    rewrite: (input) => {
      const { text, signatures } = parseNote(input);
      return bytes(`${text}\n${signatures.map(signatureLine).join('')}`);
    },
    refuses: invalid,
  },
  {
    name: 'tlog-proof',
    samples: [
      bytes(`c2sp.org/tlog-proof@v1\nindex 2\n${HASH}\n${HASH}\n\n${NOTE}`),
      bytes(`c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\n${NOTE}`),
    ],
    pieces: ['\n\n', '\n', 'index ', 'extra ', HASH, '=', '00', '9007199254740992'],
    msMax: MS_MAX,
    rewrite: (input) => bytes(formatTlogProof(parseTlogProof(utf8(input)))),
    refuses: invalid,
  },
];
