import { isDeepStrictEqual } from 'node:util';
import { errorText } from '#kernel';

/** What `read` returns for an input that the parser refuses by a value and not by an error. */
export const REFUSED = Symbol('refused');

/** What is known of one reader of foreign bytes. */
export interface ParserSpec<T> {
  readonly name: string;
  /** Valid inputs, which the generators cut, splice and bend. Asked for once, when this parser's turn comes. */
  readonly samples: () => readonly Buffer[];
  /** Pieces that mean something to this parser. */
  readonly pieces: readonly string[];
  /** Reads the input. @throws the parser's refusal */
  readonly read: (input: Buffer) => T | typeof REFUSED | Promise<T | typeof REFUSED>;
  readonly refuses?: (error: unknown) => boolean;
  /** Writes what was read, where there is a writer. */
  readonly write?: (value: T) => Buffer | Promise<Buffer>;
  /** The format has one spelling only, so what is written must be the input itself. */
  readonly isCanonical?: boolean;
  /** What must hold of everything that is accepted. @throws what does not */
  readonly holds?: (value: T, input: Buffer) => void;
}

/** One reader of foreign bytes, as the campaign takes it. */
export interface FuzzedParser extends Pick<ParserSpec<unknown>, 'name' | 'samples' | 'pieces'> {
  /** @returns whether the input was accepted @throws when it broke the parser, or when what was accepted is not stable */
  readonly judge: (input: Buffer) => Promise<boolean>;
}

/** An entry of the table: the property that every parser has to keep, over what is known of this one. */
export function fuzzed<T>(spec: ParserSpec<T>): FuzzedParser {
  const { name, samples, pieces } = spec;
  return { name, samples, pieces, judge: (input) => judge(spec, input) };
}

async function judge<T>(spec: ParserSpec<T>, input: Buffer): Promise<boolean> {
  // A parser that writes into its input would change what is compared below, and what a failure prints.
  const kept = Buffer.from(input);
  const value = await readBy(spec, input);
  if (!kept.equals(input)) throw new Error('the parser has changed its input');
  if (value === REFUSED) return false;
  spec.holds?.(value, input);
  if (spec.write) await holdsWhenWritten(spec, spec.write, value, input);
  return true;
}

async function readBy<T>({ read, refuses }: ParserSpec<T>, input: Buffer): Promise<T | typeof REFUSED> {
  try {
    return await read(input);
  } catch (error) {
    if (refuses?.(error)) return REFUSED;
    throw error;
  }
}

async function holdsWhenWritten<T>(
  spec: ParserSpec<T>,
  write: NonNullable<ParserSpec<T>['write']>,
  value: T,
  input: Buffer,
): Promise<void> {
  const written = await write(value);
  if (spec.isCanonical && !written.equals(input)) throw new Error('an accepted input is not the one spelling of what was read');
  const again = await spec.read(written);
  if (!isDeepStrictEqual(again, value)) throw new Error('what was read is written and read again as something else');
}

/** What the engine itself says when code of ours goes wrong. */
const OF_THE_ENGINE =
  /Cannot (read|set|convert|mix|destructure|access)|is not (a function|iterable|defined|a constructor)|call stack|Invalid (array|string|typed|time|code point|count)|out of (range|bounds|memory)/i;

/**
 * For readers that answer with a reason and never throw: their reason must be one of theirs, because a defect of ours would otherwise
 * pass for a fault of the sender.
 */
export function refusedFor(reason: string): typeof REFUSED {
  if (reason === '' || OF_THE_ENGINE.test(reason)) throw new Error(`refused for a reason that is a defect: ${errorText(reason)}`);
  return REFUSED;
}
