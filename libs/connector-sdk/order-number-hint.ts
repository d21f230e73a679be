/** How far into a body the number is looked for; it stands near the beginning. */
const LOOK_BYTES_MAX = 4_096;

/**
 * The order number that a body seems to be about, also when the body cannot be parsed: so that a damaged answer still reaches its
 * order, where its signature decides that nothing in it counts.
 */
export function orderNumberHint(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, LOOK_BYTES_MAX)).toString('latin1');
  return /"orderNumber"\s*:\s*"([0-9A-Za-z-]{1,30})"/.exec(head)?.[1];
}
