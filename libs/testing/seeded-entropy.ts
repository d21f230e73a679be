import { createHash } from 'node:crypto';
import type { Entropy } from '#kernel';

/**
 * Randomness that is the same for the same seed: SHA-256 over seed and counter. Two seeds share nothing, so ids made from different
 * seeds do not collide.
 */
export class SeededEntropy implements Entropy {
  private counter = 0;
  private rest = Buffer.alloc(0);

  constructor(private readonly seed: string | number = 'chakong') {}

  bytes(count: number): Buffer {
    while (this.rest.length < count) this.rest = Buffer.concat([this.rest, this.block()]);
    const taken = Buffer.from(this.rest.subarray(0, count));
    this.rest = this.rest.subarray(count);
    return taken;
  }

  private block(): Buffer {
    this.counter += 1;
    return createHash('sha256').update(`${this.seed}\0${this.counter}`).digest();
  }
}
