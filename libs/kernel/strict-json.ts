import { AppError } from './errors.js';

export interface JsonLimits {
  readonly depthMax: number;
}

/** Deep enough for every message of ours, shallow enough that no recursive reader can be exhausted. */
export const JSON_DEPTH_MAX = 32;

/**
 * Parses UTF-8 JSON and refuses what JSON.parse lets pass: wrong UTF-8, a byte order mark, duplicate member names
 * (two readers may see two messages in one body), numbers beyond the largest (they would become infinity, which no JSON can say
 * again) and nesting deeper than the limit.
 * @throws AppError `invalid`
 */
export function parseStrictJson(bytes: Uint8Array, limits: JsonLimits = { depthMax: JSON_DEPTH_MAX }): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid', 'the body is not UTF-8', { cause });
  }
  refuseDuplicatesAndDepth(text, limits.depthMax);
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AppError('invalid', 'the body is not JSON', { cause });
  }
  if (MAY_BE_INFINITE.test(text)) refuseInfinite(value);
  return value;
}

/** A number beyond the largest has at least one of these, so that ordinary bodies are not walked through once more. */
const MAY_BE_INFINITE = /[eE]\+?\d{2}|\d{300}/;

function refuseInfinite(value: unknown): void {
  if (value === Infinity || value === -Infinity) throw new AppError('invalid', 'the body has a number that is too large');
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) refuseInfinite(member);
}

/** One pass over the tokens; JSON.parse afterwards judges the grammar, so this pass only has to find names and nesting. */
function refuseDuplicatesAndDepth(text: string, depthMax: number): void {
  const names: (Set<string> | undefined)[] = [];
  let expectName = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '{' || c === '[') {
      if (names.length >= depthMax) throw new AppError('invalid', `the body is nested deeper than ${depthMax}`);
      names.push(c === '{' ? new Set() : undefined);
      expectName = c === '{';
    } else if (c === '}' || c === ']') {
      names.pop();
      expectName = false;
    } else if (c === ',') {
      expectName = names.at(-1) !== undefined;
    } else if (c === '"') {
      const end = endOfString(text, i);
      if (expectName) noteName(names.at(-1), text.slice(i, end + 1));
      expectName = false;
      i = end;
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  throw new AppError('invalid', 'the body is not JSON');
}

function noteName(names: Set<string> | undefined, quoted: string): void {
  let name: string;
  try {
    name = JSON.parse(quoted) as string;
  } catch (cause) {
    throw new AppError('invalid', 'the body is not JSON', { cause });
  }
  if (name === '__proto__') throw new AppError('invalid', 'the member name __proto__ is refused');
  if (names?.has(name)) throw new AppError('invalid', `the member "${name.slice(0, 60)}" stands twice`);
  names?.add(name);
}
