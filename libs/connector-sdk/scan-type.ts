const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const JPEG = Buffer.from('ffd8ff', 'hex');

/** The kind of an officer's scanned paper by its first bytes, whatever it was called (R2); undefined for what is neither. */
export function scanTypeOf(bytes: Uint8Array): 'image/png' | 'image/jpeg' | undefined {
  if (PNG.equals(bytes.subarray(0, PNG.length))) return 'image/png';
  return JPEG.equals(bytes.subarray(0, JPEG.length)) ? 'image/jpeg' : undefined;
}
