import { AppError } from '#kernel';
import type { SignIn } from '#connector-sdk';

/** A larger body is parsed only for who has signed in: every poll fits, and parsing it costs no more than some milliseconds. */
export const UNKNOWN_BYTES_MAX = 64 * 1024;
/** Where user and password of a larger body are looked for: before what is brought, or after it. A header of signatures fits before them. */
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 8 * 1024;
const VALUE_CHARS_MAX = 512;

const QUOTE = `"|'|&quot;|&apos;|&#34;|&#39;|&#x22;|&#x27;`;
const REFERENCE = /&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));/g;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
/** An argument may be text in the envelope, or stand in it as CDATA: its values are then escaped twice, once, or not at all. */
const ESCAPED_MOST = 2;
const CODE_POINT_MAX = 0x10ffff;

/**
 * Judges the sign-in of a large body without parsing it, by the first `user` and `password` that stand near either end of it. Whoever passes is
 * judged again by what the parser reads, so that this may be wrong in nothing but refusing.
 * @throws AppError `invalid` when there are none where they must be, and what `assertSignedIn` throws
 */
export function assertKnown(bytes: Buffer, assertSignedIn: SignIn): void {
  const windows = [bytes.subarray(0, HEAD_BYTES), bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES))].map((part) =>
    part.toString('utf8'),
  );
  const [user, password] = [firstValue(windows, 'user'), firstValue(windows, 'password')];
  if (user === undefined || password === undefined) {
    throw new AppError(
      'invalid',
      `超过${UNKNOWN_BYTES_MAX / 1024}KiB的报文，user 和 password 须在其开头${HEAD_BYTES / 1024}KiB或末尾${TAIL_BYTES / 1024}KiB之内`,
    );
  }
  let given = { user, password };
  for (let times = 0; times < ESCAPED_MOST; times += 1) {
    if (isKnown(given, assertSignedIn)) return;
    given = { user: resolved(given.user), password: resolved(given.password) };
  }
  assertSignedIn(given);
}

function isKnown(given: Parameters<SignIn>[0], assertSignedIn: SignIn): boolean {
  try {
    assertSignedIn(given);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthenticated') return false;
    throw error;
  }
}

function firstValue(windows: readonly string[], name: string): string | undefined {
  const attribute = new RegExp(`[\\s]${name}\\s{0,20}=\\s{0,20}(${QUOTE})(.{0,${VALUE_CHARS_MAX}}?)\\1`, 's');
  for (const text of windows) {
    const value = attribute.exec(text)?.[2];
    if (value !== undefined) return value;
  }
  return undefined;
}

function resolved(text: string): string {
  return text.replaceAll(REFERENCE, (whole, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return point <= CODE_POINT_MAX ? String.fromCodePoint(point) : whole;
  });
}
