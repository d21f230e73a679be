import iconv from 'iconv-lite';

/** A value as the encodings write it that a leak would most likely use. Base64 at each of the three places of a group. */
export function spellings(value: string): Buffer[] {
  const encoded = [Buffer.from(value, 'utf8'), Buffer.from(value, 'utf16le'), iconv.encode(value, 'utf16be'), iconv.encode(value, 'gbk')];
  const base64 = encoded.flatMap((bytes) => [0, 1, 2].map((shift) => base64Within(bytes, shift)));
  const escaped = Buffer.from([...value].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''));
  const hex = encoded.map((bytes) => Buffer.from(bytes.toString('hex')));
  return [...encoded, ...base64, ...hex, escaped].filter((bytes) => bytes.length >= 6 || bytes.equals(Buffer.from(value, 'utf8')));
}

/** The part of the base64 text that does not depend on what stands before or after the value. */
function base64Within(bytes: Buffer, shift: number): Buffer {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  const from = Math.ceil((shift * 8) / 6);
  const to = Math.floor(((shift + bytes.length) * 8) / 6);
  return Buffer.from(text.slice(from, to));
}
