import { invariant } from '#kernel';

/** How a wrong register says an answer. */
export interface Deed {
  /** Changes the answer before it is signed, so that the signature is good. */
  readonly words?: (text: string) => string;
  /** Who signs in the bank's place. */
  readonly hand?: string;
  /** Changes the message after it was signed. */
  readonly after?: (signed: string) => string | Buffer;
}

/** Puts another piece in the place of the first that fits. It must be there: a deed that does nothing would pass for a good answer. */
export function instead(from: string | RegExp, to: string): (text: string) => string {
  return (text) => {
    const changed = text.replace(from, to);
    invariant(changed !== text, `there is no ${String(from)} in the answer of the register`);
    return changed;
  };
}

/** The first element of a name with all that is in it, whatever its prefix. */
export function elementOf(text: string, name: string): string {
  const found = new RegExp(`<(?:\\w+:)?${name}[ >].*?</(?:\\w+:)?${name}>`, 's').exec(text)?.[0];
  invariant(found !== undefined, `there is no ${name} in the answer of the register`);
  return found;
}
