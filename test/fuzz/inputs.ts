import fc from 'fast-check';
import type { FuzzedParser } from './fuzzed-parser.js';

const RAW_BYTES_MAX = 400;
const PIECES_MAX = 30;
const CHANGES_MAX = 4;
const CUT_BYTES_MAX = 40;
/** So that a doubling of every change stays far below what a reader may take before it looks at the size. */
const REPEATS_MAX = 2_000;
export const INPUT_BYTES_MAX = 1024 * 1024;

/** Figures at and beyond the borders of what numbers, lengths and days can say. */
const FIGURES = [
  '-1',
  '0',
  '00',
  '1e9',
  '0.001',
  '255',
  '65536',
  '2147483648',
  '4294967295',
  '9007199254740993',
  '9'.repeat(40),
  '2026-02-30',
  'NaN',
];

interface Change {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
  readonly to: number;
  readonly cut: number;
  readonly put: Buffer;
}

const KINDS = ['flip', 'put', 'value', 'value', 'double', 'truncate', 'swap', 'figure', 'repeat'] as const;

/** Raw bytes, heaps of the parser's own pieces, and bent samples: a bit, a cut, a splice, a repetition, tokens exchanged, a huge number. */
export function inputsOf(parser: FuzzedParser): fc.Arbitrary<Buffer> {
  const samples = parser.samples();
  const pieces = parser.pieces.map((piece) => Buffer.from(piece));
  const raw = fc.uint8Array({ maxLength: RAW_BYTES_MAX }).map((bytes) => Buffer.from(bytes));
  const heap = fc.array(fc.constantFrom(...pieces), { maxLength: PIECES_MAX }).map((some) => Buffer.concat(some));
  const bent = fc
    .tuple(fc.constantFrom(...samples), fc.array(changeOf(samples, pieces), { maxLength: CHANGES_MAX }))
    .map(([sample, changes]) => changes.reduce(changed, sample).subarray(0, INPUT_BYTES_MAX));
  return fc.oneof({ weight: 1, arbitrary: raw }, { weight: 1, arbitrary: heap }, { weight: 8, arbitrary: bent });
}

function changeOf(samples: readonly Buffer[], pieces: readonly Buffer[]): fc.Arbitrary<Change> {
  const splice = fc
    .tuple(fc.constantFrom(...samples), fc.nat(), fc.nat(CUT_BYTES_MAX))
    .map(([sample, at, length]) => slice(sample, at, length));
  const put = fc.oneof(fc.constantFrom(...pieces), splice, fc.constant(Buffer.of()));
  return fc.record({ kind: fc.constantFrom(...KINDS), at: fc.nat(), to: fc.nat(), cut: fc.nat(CUT_BYTES_MAX), put });
}

function changed(now: Buffer, { kind, at, to, cut, put }: Change): Buffer {
  const from = at % (now.length + 1);
  switch (kind) {
    case 'flip':
      return flipped(now, from, to % 8);
    case 'put':
      return spliced(now, from, cut, put);
    case 'value':
      return withValue(now, from, put);
    case 'double':
      return spliced(now, to % (now.length + 1), 0, slice(now, at, to % 400));
    case 'truncate':
      return at % 2 === 0 ? now.subarray(0, from) : now.subarray(from);
    case 'swap':
      return swapped(now, from, to % (now.length + 1));
    case 'figure':
      return withFigure(now, from, FIGURES[to % FIGURES.length] ?? '');
    case 'repeat':
      return repeated(now, from, to, put.length > 0 ? put : slice(now, at, cut));
  }
}

function slice(bytes: Buffer, at: number, length: number): Buffer {
  const from = at % (bytes.length + 1);
  return bytes.subarray(from, from + length);
}

function spliced(now: Buffer, from: number, cut: number, piece: Buffer): Buffer {
  return Buffer.concat([now.subarray(0, from), piece, now.subarray(from + cut)]);
}

function flipped(now: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(now);
  if (at < copy.length) copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at);
  return copy;
}

/** Most changes of this kind are small; one in eight makes the input long, where a reader that goes over it again and again would show. */
function repeated(now: Buffer, from: number, seed: number, piece: Buffer): Buffer {
  const times = 1 + (seed % (seed % 8 === 0 ? REPEATS_MAX : 8));
  return spliced(now, from, 0, Buffer.concat(Array.from({ length: times }, () => piece)));
}

interface Token {
  readonly start: number;
  readonly end: number;
}

const isWord = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte > 0x7f || byte === 0x5f;
const isFigure = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** The next run of such bytes at or behind `from`. */
function tokenAt(bytes: Buffer, from: number, isPart: (byte: number) => boolean): Token | undefined {
  let start = from;
  while (start < bytes.length && !isPart(bytes.readUInt8(start))) start++;
  let end = start;
  while (end < bytes.length && isPart(bytes.readUInt8(end))) end++;
  return end > start ? { start, end } : undefined;
}

function swapped(now: Buffer, from: number, to: number): Buffer {
  const tokens = [tokenAt(now, Math.min(from, to), isWord), tokenAt(now, Math.max(from, to), isWord)] as const;
  const [a, b] = tokens;
  if (!a || !b || a.end > b.start) return now;
  return Buffer.concat([
    now.subarray(0, a.start),
    now.subarray(b.start, b.end),
    now.subarray(a.end, b.start),
    now.subarray(a.start, a.end),
    now.subarray(b.end),
  ]);
}

const QUOTE = 0x22;

/** Puts a piece in the place of a whole quoted value, which leaves the form around it whole. */
function withValue(now: Buffer, from: number, put: Buffer): Buffer {
  const start = now.indexOf(QUOTE, from);
  const end = start < 0 ? -1 : now.indexOf(QUOTE, start + 1);
  return end < 0 ? spliced(now, from, 1, put) : spliced(now, start + 1, end - start - 1, put);
}

function withFigure(now: Buffer, from: number, figure: string): Buffer {
  const token = tokenAt(now, from, isFigure);
  return token ? spliced(now, token.start, token.end - token.start, Buffer.from(figure)) : now;
}
