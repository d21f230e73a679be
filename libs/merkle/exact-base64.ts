/**
 * Decodes standard base64 (RFC 4648 section 4) and returns nothing for any other spelling of the same bytes: missing padding,
 * stray characters, bits set that no byte uses. Otherwise a changed character could go unnoticed in a signed file.
 */
export function exactBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
