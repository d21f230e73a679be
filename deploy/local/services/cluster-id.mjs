import { randomBytes } from 'node:crypto';

/** A Kafka cluster's id: 16 bytes in base64url. One that begins with a hyphen would be taken for an option on the command line. */
export function newClusterId(random = randomBytes) {
  const bytes = random(16);
  // The first character stands for the first six bits; with the highest one unset it is a letter.
  bytes[0] &= 0x7f;
  return bytes.toString('base64url');
}
