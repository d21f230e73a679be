import { isUtf8 } from 'node:buffer';
import { AppError } from '#kernel';

/** Errors of the engine itself. The platform's own refusals (a decoder's, a key reader's) are of the same classes but have a code. */
const OF_THE_ENGINE = [TypeError, RangeError, ReferenceError];

/** Whether a defect of ours lies behind an error, in whatever it was wrapped on its way. */
export function isDefect(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (OF_THE_ENGINE.some((kind) => at instanceof kind) && !('code' in at)) return true;
  }
  return false;
}

/** Refuses by one of these codes of AppError. */
export function code(...codes: readonly string[]): (error: unknown) => boolean {
  return (error) => error instanceof AppError && codes.includes(error.code) && !isDefect(error);
}

export const invalid = code('invalid');

/** For parsers that are given a text: bytes that are none never reach them, and a lossy decoding would be another input. */
export function utf8(input: Buffer): string {
  if (!isUtf8(input)) throw new AppError('invalid', 'the input is not UTF-8');
  return input.toString('utf8');
}

export function bytes(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}
