/** What a proof needs of a leaf, and an export of orders. */
export interface Leaf {
  readonly source: string;
  readonly subject: string;
  readonly subjectSeq: number;
  /** Leaf hash of the leaf before it of the same source and subject, 64 hex digits; undefined when it is the first. */
  readonly prev: string | undefined;
  readonly commitment: string;
  readonly type: string;
  /** Pseudonym of the order that it is about, if it is about one. */
  readonly order: string | undefined;
}

const HEX = 1;
const DIGIT = 2;
/** Printable ASCII without quotes and backslashes. */
const TEXT = 4;
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return (/[0-9a-f]/.test(character) ? HEX : 0) | (/[0-9]/.test(character) ? DIGIT : 0) | (/[!#-[\]-~]/.test(character) ? TEXT : 0);
});

const HASH_CHARS = 64;
const PSEUDONYM = { min: 16, max: 128 } as const;
const NAME_CHARS_MAX = 80;
const SUBJECT_CHARS_MAX = 200;
const SEQ_DIGITS_MAX = 16;
const ZERO = 0x30;

const [OPEN, ACTOR, AT, CASE, COMMITMENT, ORDER, PREV, SOURCE, NEXT] = ascii(
  '{',
  '"actor":"',
  '"at":"',
  '"case":"',
  '"commitment":"',
  '"order":"',
  '"prev":"',
  '"source":"',
  '",',
);
const [SUBJECT, SUBJECT_SEQ, TYPE, CLOSE] = ascii('","subject":"', '","subjectSeq":', ',"type":"', '","v":1}');
/** Digits where a zero stands. */
const TIME = Buffer.from('0000-00-00T00:00:00.000Z');
/** Place of each two-digit part of a time, and from where to where it may go. */
const TIME_PARTS = [
  [5, 1, 12],
  [8, 1, 31],
  [11, 0, 23],
  [14, 0, 59],
  [17, 0, 59],
] as const;

/** The literal between source and subject in a chain's raw name, and what stands for it where a person reads it. */
const RAW_BETWEEN = SUBJECT.toString('latin1');
const NAME_BETWEEN = ' ';

/**
 * Reads leaves of version 1 (docs/ledger/leaf-format.md) where they stand in a bundle. Members are fixed, in the order of RFC 8785, and texts hold neither
 * quotes nor backslashes, so there is one spelling of each leaf and one way through `read`; any other spelling is refused. Texts are made only of what
 * somebody asks for, because millions of leaves are read in one go.
 */
export class LeafReader {
  subjectSeq = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private end = 0;
  private commitmentAt = 0;
  private orderAt = 0;
  private orderEnd = 0;
  private prevAt = 0;
  private sourceAt = 0;
  private subjectEnd = 0;
  private typeAt = 0;
  private typeEnd = 0;

  /** True when exactly one leaf of version 1 stands there; it is then the one that all else is about. */
  read(bytes: Buffer, start: number, end: number): boolean {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    return this.readHead() && this.readCommitments() && this.readChain() && this.at === end;
  }

  /** Source and subject as one text that no other chain has; cheap to make, not for people. */
  rawChain(): string {
    return this.bytes.toString('latin1', this.sourceAt, this.subjectEnd);
  }

  /** True when the leaf names this hash (hex) as the one before it. */
  namesPrev(hash: string): boolean {
    return this.prevAt > 0 && this.bytes.toString('latin1', this.prevAt, this.prevAt + HASH_CHARS) === hash;
  }

  get prev(): string | undefined {
    return this.prevAt === 0 ? undefined : this.text(this.prevAt, this.prevAt + HASH_CHARS);
  }

  get order(): string | undefined {
    return this.orderAt === 0 ? undefined : this.text(this.orderAt, this.orderEnd);
  }

  leaf(): Leaf {
    const { subjectSeq, prev, order } = this;
    const [source = '', subject = ''] = this.rawChain().split(RAW_BETWEEN);
    const commitment = this.text(this.commitmentAt, this.commitmentAt + HASH_CHARS);
    return { source, subject, subjectSeq, prev, commitment, type: this.text(this.typeAt, this.typeEnd), order };
  }

  private readHead(): boolean {
    if (!this.literal(OPEN)) return false;
    if (this.literal(ACTOR) && !(this.run(HEX, PSEUDONYM.min, PSEUDONYM.max) && this.literal(NEXT))) return false;
    if (!this.literal(AT) || !this.time() || !this.literal(NEXT)) return false;
    return !this.literal(CASE) || (this.run(HEX, PSEUDONYM.min, PSEUDONYM.max) && this.literal(NEXT));
  }

  private readCommitments(): boolean {
    if (!this.literal(COMMITMENT)) return false;
    this.commitmentAt = this.at;
    if (!this.run(HEX, HASH_CHARS, HASH_CHARS) || !this.literal(NEXT)) return false;
    const hasOrder = this.literal(ORDER);
    this.orderAt = hasOrder ? this.at : 0;
    if (hasOrder && !this.run(HEX, PSEUDONYM.min, PSEUDONYM.max)) return false;
    this.orderEnd = this.at;
    if (hasOrder && !this.literal(NEXT)) return false;
    const hasPrev = this.literal(PREV);
    this.prevAt = hasPrev ? this.at : 0;
    return !hasPrev || (this.run(HEX, HASH_CHARS, HASH_CHARS) && this.literal(NEXT));
  }

  private readChain(): boolean {
    if (!this.literal(SOURCE)) return false;
    this.sourceAt = this.at;
    if (!this.run(TEXT, 1, NAME_CHARS_MAX) || !this.literal(SUBJECT) || !this.run(TEXT, 1, SUBJECT_CHARS_MAX)) return false;
    this.subjectEnd = this.at;
    if (!this.literal(SUBJECT_SEQ) || !this.number() || !this.literal(TYPE)) return false;
    this.typeAt = this.at;
    if (!this.run(TEXT, 1, NAME_CHARS_MAX)) return false;
    this.typeEnd = this.at;
    // The first leaf has nothing before it; every later one names it.
    return this.literal(CLOSE) && (this.subjectSeq === 1) === (this.prevAt === 0);
  }

  /** Goes on behind the literal, or stays where it is. */
  private literal(expected: Buffer): boolean {
    const { bytes, at } = this;
    const length = expected.length;
    if (this.end - at < length) return false;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== expected[i]) return false;
    this.at = at + length;
    return true;
  }

  /** Goes on behind as many bytes of a kind as there are, and says whether that is a legal number of them. */
  private run(kind: number, min: number, max: number): boolean {
    const { bytes, at } = this;
    const limit = Math.min(this.end, at + max);
    let here = at;
    while (here < limit && ((KINDS[bytes[here] ?? 0] ?? 0) & kind) !== 0) here++;
    this.at = here;
    return here - at >= min;
  }

  private number(): boolean {
    const start = this.at;
    if (!this.run(DIGIT, 1, SEQ_DIGITS_MAX) || this.bytes[start] === ZERO) return false;
    let value = 0;
    for (let i = start; i < this.at; i++) value = value * 10 + ((this.bytes[i] ?? 0) - ZERO);
    this.subjectSeq = value;
    return Number.isSafeInteger(value);
  }

  private time(): boolean {
    const { bytes, at } = this;
    if (this.end - at < TIME.length) return false;
    for (let i = 0; i < TIME.length; i++) {
      const byte = bytes[at + i] ?? 0;
      const isGood = TIME[i] === ZERO ? ((KINDS[byte] ?? 0) & DIGIT) !== 0 : byte === TIME[i];
      if (!isGood) return false;
    }
    for (const [place, from, to] of TIME_PARTS) {
      const value = ((bytes[at + place] ?? 0) - ZERO) * 10 + (bytes[at + place + 1] ?? 0) - ZERO;
      if (value < from || value > to) return false;
    }
    this.at = at + TIME.length;
    return true;
  }

  private text(start: number, end: number): string {
    return this.bytes.toString('latin1', start, end);
  }
}

/** A chain's name for people, from `rawChain`. */
export function chainName(rawChain: string): string {
  return rawChain.replace(RAW_BETWEEN, NAME_BETWEEN);
}

/** Reads one leaf, or nothing when the bytes are not exactly one of version 1. */
export function parseLeaf(bytes: Buffer): Leaf | undefined {
  const reader = new LeafReader();
  return reader.read(bytes, 0, bytes.length) ? reader.leaf() : undefined;
}

function ascii<T extends string[]>(...texts: T): { [K in keyof T]: Buffer } {
  return texts.map((text) => Buffer.from(text)) as { [K in keyof T]: Buffer };
}
