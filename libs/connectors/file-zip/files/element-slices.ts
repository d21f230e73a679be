import { AppError } from '#kernel';

/**
 * The exact bytes of each element of the top-level member `name`, which is a list of objects: what a bank said about one order, cut
 * out of a file without being written anew. The text has passed the strict parser before; this only finds places in it.
 * @throws AppError `invalid` when there is no such list
 */
export function elementSlices(bytes: Buffer, name: string): Buffer[] {
  const start = listStart(bytes, name);
  const slices: Buffer[] = [];
  let depth = 0;
  let from = -1;
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) i = stringEnd(bytes, i);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (depth === 0) from = i;
      depth += 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === 0) return slices;
      depth -= 1;
      if (depth === 0) slices.push(bytes.subarray(from, i + 1));
    }
  }
  throw new AppError('invalid', `the list ${name} does not end`);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** The place behind the bracket that opens the list. A member of the same name deeper inside does not count. */
function listStart(bytes: Buffer, name: string): number {
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1;
    else if (byte === QUOTE) {
      const end = stringEnd(bytes, i);
      const open = depth === 1 && bytes.toString('utf8', i + 1, end) === name ? openingAfter(bytes, end + 1) : undefined;
      if (open !== undefined) return open + 1;
      i = end;
    }
  }
  throw new AppError('invalid', `there is no list ${name}`);
}

/** Behind a member's name come a colon and the bracket, with white space only between them. */
function openingAfter(bytes: Buffer, from: number): number | undefined {
  const match = /^\s*:\s*\[/.exec(bytes.toString('latin1', from, from + 64));
  return match ? from + match[0].length - 1 : undefined;
}

function stringEnd(bytes: Buffer, start: number): number {
  for (let i = start + 1; i < bytes.length; i++) {
    if (bytes[i] === BACKSLASH) i += 1;
    else if (bytes[i] === QUOTE) return i;
  }
  throw new AppError('invalid', 'a text does not end');
}
