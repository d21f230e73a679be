/**
 * A cipher of SM2 as GM/T 0009 (7.2) and OpenSSL write it: SEQUENCE { x INTEGER, y INTEGER, hash OCTET STRING (32), cipher OCTET STRING }, DER.
 * One spelling each: what is not exactly so is none.
 */
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;
const NUMBER_BYTES = 32;
const HASH_BYTES = 32;
/** Keys are encrypted and no messages; with this much no length needs more than one further byte. */
const CIPHER_BYTES_MAX = 64;

/** @param cipher x, y, C3 and C2, at most 64 bytes of the last */
export function sm2CipherDer(cipher: Uint8Array): Buffer {
  const bytes = Buffer.from(cipher);
  const [x, y] = [bytes.subarray(0, NUMBER_BYTES), bytes.subarray(NUMBER_BYTES, 2 * NUMBER_BYTES)];
  const rest = bytes.subarray(2 * NUMBER_BYTES);
  const parts = [element(INTEGER, numberOf(x)), element(INTEGER, numberOf(y))];
  return element(
    SEQUENCE,
    Buffer.concat([...parts, element(OCTETS, rest.subarray(0, HASH_BYTES)), element(OCTETS, rest.subarray(HASH_BYTES))]),
  );
}

/** x, y, C3 and C2; undefined when the bytes are no such cipher. */
export function parseSm2CipherDer(der: Buffer): Buffer | undefined {
  const [whole, ...beyond] = elementsOf(der) ?? [];
  if (whole?.tag !== SEQUENCE || beyond.length > 0) return undefined;
  const [x, y, hash, cipher, ...more] = elementsOf(whole.content) ?? [];
  if (x?.tag !== INTEGER || y?.tag !== INTEGER || hash?.tag !== OCTETS || cipher?.tag !== OCTETS || more.length > 0) return undefined;
  if (hash.content.length !== HASH_BYTES || cipher.content.length === 0 || cipher.content.length > CIPHER_BYTES_MAX) return undefined;
  const numbers = [x, y].map(({ content }) => Buffer.concat([Buffer.alloc(NUMBER_BYTES), content]).subarray(-NUMBER_BYTES));
  const read = Buffer.concat([...numbers, hash.content, cipher.content]);
  // Several spellings of a number or a length would make several names of one thing.
  return sm2CipherDer(read).equals(der) ? read : undefined;
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

function element(tag: number, content: Buffer): Buffer {
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

/** Undefined when the bytes do not end with an element. */
function elementsOf(der: Buffer): Element[] | undefined {
  const found: Element[] = [];
  for (let at = 0; at < der.length;) {
    const isLong = der[at + 1] === 0x81;
    const begin = at + (isLong ? 3 : 2);
    const end = begin + (der[begin - 1] ?? 0);
    if (begin > der.length || end > der.length) return undefined;
    found.push({ tag: der[at] ?? 0, content: der.subarray(begin, end) });
    at = end;
  }
  return found;
}

/** Without leading zeros, but one before a first bit that is set: an INTEGER has a sign. */
function numberOf(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.of(0) : bytes.subarray(first);
  return (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
}
