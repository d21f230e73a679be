/** What the chain check needs of a leaf. */
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

/**
 * Version 1 of the leaf (docs/ledger/leaf-format.md). Its members are fixed, in the order of RFC 8785, and its texts are printable
 * ASCII without quotes and backslashes; so this one expression is the whole grammar, and any other spelling of a leaf is refused.
 */
const LEAF = new RegExp(
  [
    '^\\{',
    '(?:"actor":"[0-9a-f]{16,128}",)?',
    '"at":"\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z",',
    '(?:"case":"[0-9a-f]{16,128}",)?',
    '"commitment":"([0-9a-f]{64})",',
    '(?:"order":"([0-9a-f]{16,128})",)?',
    '(?:"prev":"([0-9a-f]{64})",)?',
    '"source":"([!#-\\[\\]-~]{1,80})",',
    '"subject":"([!#-\\[\\]-~]{1,200})",',
    '"subjectSeq":([1-9]\\d{0,15}),',
    '"type":"([!#-\\[\\]-~]{1,80})",',
    '"v":1\\}$',
  ].join(''),
);

/** Reads one leaf, or nothing when the text is not exactly one of version 1. */
export function parseLeaf(text: string): Leaf | undefined {
  const match = LEAF.exec(text);
  if (!match) return undefined;
  const [, commitment, order, prev, source, subject, seq, type] = match;
  const subjectSeq = Number(seq);
  if (commitment === undefined || source === undefined || subject === undefined || type === undefined) return undefined;
  if (!Number.isSafeInteger(subjectSeq)) return undefined;
  // The first leaf has nothing before it; every later one names it.
  if ((subjectSeq === 1) !== (prev === undefined)) return undefined;
  return { source, subject, subjectSeq, prev, commitment, type, order };
}
