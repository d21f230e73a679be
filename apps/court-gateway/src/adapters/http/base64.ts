import { AppError } from '#kernel';

/**
 * Decodes base64 that says exactly what its bytes are: standard alphabet, padding, nothing else.
 * @throws AppError `invalid` with the pointer
 */
export function readBase64(text: string, pointer: string, bytesMax: number): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== text) throw invalidAt(pointer, '不是有效的 base64 内容');
  if (bytes.length > bytesMax)
    throw new AppError('too-large', `内容超过${bytesMax}字节`, { errors: [{ pointer, detail: `至多${bytesMax}字节` }] });
  return bytes;
}

export function invalidAt(pointer: string, detail: string): AppError {
  return new AppError('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}
