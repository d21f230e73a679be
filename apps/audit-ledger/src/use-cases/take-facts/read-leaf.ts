import { AppError, canonicalBytes, parseStrictJson, sha256, sha256Hex, type CanonicalValue } from '#kernel';

/** The members of a leaf that the ledger itself goes by (docs/ledger/leaf-format.md). */
export interface LeafHead {
  readonly source: string;
  readonly subject: string;
  readonly subjectSeq: number;
  readonly prev: string | undefined;
}

/** A leaf that has been read and found to be one of version 1. */
export interface ReadLeaf extends LeafHead {
  readonly bytes: Buffer;
  /** When it happened, `YYYY-MM-DDThh:mm:ss.sssZ`. */
  readonly at: string;
  /** Hex, RFC 6962. */
  readonly hash: string;
}

const LEAF_BYTES_MAX = 60_000;
const TEXT = /^[!#-[\]-~]+$/;
const HASH = /^[0-9a-f]{64}$/;
const PSEUDONYM = /^[0-9a-f]{16,128}$/;
const AT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

type Members = Readonly<Record<string, unknown>>;
type Form = (value: unknown) => boolean;

const text =
  (form: RegExp, charsMax: number): Form =>
  (value) =>
    typeof value === 'string' && value.length <= charsMax && form.test(value);
const optional =
  (form: Form): Form =>
  (value) =>
    value === undefined || form(value);

const FORMS: Readonly<Record<string, Form>> = {
  v: (value) => value === 1,
  type: text(TEXT, 80),
  at: text(AT, 24),
  source: text(TEXT, 80),
  subject: text(TEXT, 200),
  subjectSeq: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  prev: optional(text(HASH, 64)),
  commitment: text(HASH, 64),
  actor: optional(text(PSEUDONYM, 128)),
  order: optional(text(PSEUDONYM, 128)),
  case: optional(text(PSEUDONYM, 128)),
};

/**
 * Reads a leaf before it is taken: what is not exactly a leaf of version 1 in canonical form would spoil the log for every verifier, for ever.
 * @throws AppError `invalid`
 */
export function readLeaf(leaf: string): ReadLeaf {
  const bytes = Buffer.from(leaf, 'utf8');
  if (bytes.length > LEAF_BYTES_MAX) throw new AppError('invalid', `a leaf has at most ${LEAF_BYTES_MAX} bytes`);
  const members = membersOf(parseStrictJson(bytes));
  if (!canonicalBytes(members as CanonicalValue).equals(bytes)) throw new AppError('invalid', 'the leaf is not canonical JSON');
  const { source, subject, subjectSeq, prev, at } = members as unknown as LeafHead & { readonly at: string };
  if ((subjectSeq === 1) !== (prev === undefined)) throw new AppError('invalid', 'only the first leaf of a chain has no prev');
  return { source, subject, subjectSeq, prev, at, bytes, hash: sha256Hex(Buffer.of(0), bytes) };
}

/** One fixed-length name for the chain of a source and a subject. */
export function chainOf({ source, subject }: LeafHead): string {
  return sha256(`${source} ${subject}`).toString('hex');
}

function membersOf(value: unknown): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AppError('invalid', 'the leaf is not an object');
  const members = value as Members;
  const unknown = Object.keys(members).find((name) => !Object.hasOwn(FORMS, name));
  if (unknown !== undefined) throw new AppError('invalid', `a leaf has no member "${unknown.slice(0, 40)}"`);
  const wrong = Object.entries(FORMS).find(([name, form]) => !form(members[name]));
  if (wrong) throw new AppError('invalid', `the member "${wrong[0]}" of the leaf is not of its form`);
  return members;
}
