import { AppError } from '#kernel';

/** Which key of which token: what a PKCS #11 URI (RFC 7512) says of it. */
export interface KeyUri {
  /** Label of the token. */
  readonly token: string;
  /** Serial number of the token, where two have the same label. */
  readonly serial?: string;
  /** Label of the private key and of its public half. It is the key's id in signatures too. */
  readonly object: string;
  /** CKA_ID in hexadecimal, where two keys have the same label. */
  readonly id?: string;
  /** File that holds the PIN of this token, where it is not the common one. */
  readonly pinFile?: string;
}

const SCHEME = 'pkcs11:';
const URI_CHARS_MAX = 500;
/** As key ids are in profiles and signatures. */
const OBJECT = /^[\w.-]{1,80}$/;
/** Labels and serial numbers have at most this many bytes (PKCS #11, CK_TOKEN_INFO). */
const TOKEN_BYTES_MAX = 32;
const PATH = ['token', 'serial', 'object', 'id', 'type'];
const QUERY = ['pin-source'];

/** Whether a setting names a key in a token rather than a file. */
export const isKeyUri = (text: string): boolean => text.startsWith(SCHEME);

/**
 * Reads `pkcs11:token=<label>;object=<label>[;serial=…][;id=%01…][?pin-source=file:<path>]`. A PIN is never part of it, because settings
 * are shown and logged, nor is the module, of which a process has one.
 * @throws AppError `invalid-configuration` that says what is wrong and repeats no value
 */
export function parseKeyUri(text: string): KeyUri {
  if (!isKeyUri(text) || text.length > URI_CHARS_MAX) throw malformed(`begins with ${SCHEME} and has at most ${URI_CHARS_MAX} characters`);
  const [path = '', query = '', ...rest] = text.slice(SCHEME.length).split('?');
  if (rest.length > 0) throw malformed('has one question mark at most');
  const named = attributes(path, ';', PATH);
  const asked = attributes(query, '&', QUERY);
  const [token, object, serial, id] = [textOf(named, 'token'), textOf(named, 'object'), textOf(named, 'serial'), named.get('id')];
  if (token === undefined || !isTokenText(token)) throw malformed(`names a token of 1 to ${TOKEN_BYTES_MAX} bytes`);
  if (object === undefined || !OBJECT.test(object)) throw malformed('names an object by 1 to 80 letters, digits, dots, hyphens');
  if (serial !== undefined && !isTokenText(serial)) throw malformed(`has a serial of 1 to ${TOKEN_BYTES_MAX} bytes`);
  if ((textOf(named, 'type') ?? 'private') !== 'private') throw malformed('is of a private key');
  const pinFile = textOf(asked, 'pin-source')?.replace(/^file:(?:\/\/(?=\/))?/, '');
  if (pinFile !== undefined && !pinFile.startsWith('/')) throw malformed('has a pin-source with an absolute path');
  return {
    token,
    object,
    ...(serial === undefined ? {} : { serial }),
    ...(id === undefined ? {} : { id: id.toString('hex') }),
    ...(pinFile === undefined ? {} : { pinFile }),
  };
}

function attributes(text: string, separator: string, known: readonly string[]): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const part of text === '' ? [] : text.split(separator)) {
    const [, name = '', value = ''] = /^([a-z-]+)=((?:[\w.~:[\]@!$'()*+,=&/-]|%[0-9A-Fa-f]{2})*)$/.exec(part) ?? [];
    if (!known.includes(name)) throw malformed(`has no attributes but ${[...PATH, ...QUERY].join(', ')}`);
    if (found.has(name)) throw malformed(`names ${name} once`);
    found.set(name, bytesOf(value));
  }
  return found;
}

function bytesOf(value: string): Buffer {
  return Buffer.from(
    value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

function textOf(found: ReadonlyMap<string, Buffer>, name: string): string | undefined {
  return found.get(name)?.toString('utf8');
}

function isTokenText(text: string): boolean {
  return text !== '' && Buffer.byteLength(text) <= TOKEN_BYTES_MAX;
}

function malformed(what: string): AppError {
  return new AppError('invalid-configuration', `the address of a key in a token ${what}`, { level: 'fatal' });
}
