import { isUtf8 } from 'node:buffer';
import { AppError } from '#kernel';

/** Refuses by one of these codes of AppError. */
export function code(...codes: readonly string[]): (error: unknown) => boolean {
  return (error) => error instanceof AppError && codes.includes(error.code);
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
