import iconv from 'iconv-lite';
import { AppError } from '#kernel';
import { NotReadable } from './xml-element.js';

/**
 * How the value of an attribute stands in the bytes. `plain`: as it is, in the UTF-8 of the file. `base64-gbk`: Base64 of the GBK bytes,
 * as the web service has it although its header says UTF-8.
 */
export type AttributeCoding = 'plain' | 'base64-gbk';

/**
 * GB18030 says every character of GBK with the same bytes as GBK does, and every other character of Unicode with four bytes. So a name with a
 * rare character arrives whole or, at a core that knows GBK alone, as an evident fault, and never with a "?" in its place.
 */
const CHARSET = 'gb18030';

/** What no XML document can hold, half characters, and the mark that stands where a character was lost before. */
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd\ufffe\uffff]|\p{Surrogate}/u;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** @throws AppError `unsupported-by-dialect` for a value that would not come back as it is */
export function encodeAttribute(value: string, coding: AttributeCoding): string {
  if (IMPOSSIBLE.test(value)) throw new AppError('unsupported-by-dialect', '报文中有 XML 不能表示的字符');
  if (coding === 'plain') return value;
  const bytes = iconv.encode(value, CHARSET);
  if (iconv.decode(bytes, CHARSET) !== value) throw new AppError('unsupported-by-dialect', '报文中有 GB18030 不能表示的字符');
  return bytes.toString('base64');
}

/** @throws NotReadable when it is no Base64, or its bytes are not of the character set */
export function decodeAttribute(raw: string, coding: AttributeCoding): string {
  const value = coding === 'plain' ? raw : textOfGbk(bytesOfBase64(raw));
  if (IMPOSSIBLE.test(value)) throw new NotReadable('a value holds characters that cannot be');
  return value;
}

/** Base64 with its padding; white space in it, which some encoders put there, is passed by. @throws NotReadable */
export function bytesOfBase64(text: string): Buffer {
  const packed = text.replace(/[ \t\r\n]+/g, '');
  if (packed.length % 4 !== 0 || !BASE64.test(packed)) throw new NotReadable('a value is no Base64');
  return Buffer.from(packed, 'base64');
}

/** The decoder puts a mark in the place of bytes that it does not know; writing the text again shows that it did. */
function textOfGbk(bytes: Buffer): string {
  const text = iconv.decode(bytes, CHARSET);
  if (text.includes('\ufffd') || !iconv.encode(text, CHARSET).equals(bytes))
    throw new NotReadable('a value is not of the character set GBK');
  return text;
}
