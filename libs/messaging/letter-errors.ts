import { AppError, errorText } from '#kernel';

/** Characters of a letter's error that are kept and shown. */
const ERROR_CHARS_MAX = 1_000;

/** Accounts and person ids have 8 to 20 digits; numbers of orders are longer and name nobody. */
const PERSONAL_NUMBER = /(?<![0-9])([0-9]{4})([0-9]{4,16})(?![0-9])/g;

/** Text beyond ASCII, in which names and addresses are written here. */
const NATIVE_TEXT = /\P{ASCII}+/gu;

/**
 * Why a message failed, as it is kept beside the letter and logged, where no case's key seals it. Our own errors quote no content but numbers; any other
 * one may quote whatever it choked on.
 */
export function letterError(error: unknown): string {
  const text = error instanceof AppError ? error.message : errorText(error).replaceAll(NATIVE_TEXT, '…');
  return shownError(text);
}

/** The text of an error as persons may read it: what broke may be quoted in it. */
export function shownError(text: string): string {
  return text.slice(0, ERROR_CHARS_MAX).replaceAll(PERSONAL_NUMBER, (_, first: string, rest: string) => first + '*'.repeat(rest.length));
}
