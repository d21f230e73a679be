import { randomFillSync } from 'node:crypto';
import type { Clock } from './clock.js';

/** The only source of randomness, so that a simulation can replace it by a seeded one. */
export interface Entropy {
  bytes(count: number): Buffer;
}

/** Asking the system for a few bytes costs more than the bytes, and an accepted order needs dozens of nonces, salts and ids. */
const POOL_BYTES = 8_192;

/** Randomness of the system, fetched a pool at a time; every byte is given out once and wiped from the pool. */
class SystemEntropy implements Entropy {
  private readonly pool = Buffer.alloc(POOL_BYTES);
  private used = POOL_BYTES;

  bytes(count: number): Buffer {
    if (count > POOL_BYTES) return randomFillSync(Buffer.alloc(count));
    if (this.used + count > POOL_BYTES) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const taken = Buffer.from(this.pool.subarray(this.used, this.used + count));
    this.pool.fill(0, this.used, this.used + count);
    this.used += count;
    return taken;
  }
}

export const systemEntropy: Entropy = new SystemEntropy();

/**
 * A UUID of version 7 (RFC 9562): 48 bits of business time in milliseconds, then 74 random bits.
 * Ids of one process sort roughly by time, which keeps index pages dense; nothing may rely on the order.
 */
export function newId(clock: Clock, entropy: Entropy): string {
  const bytes = entropy.bytes(16);
  bytes.writeUIntBE(clock.now(), 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Whether a text has the form of an id that `newId` makes. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
}
