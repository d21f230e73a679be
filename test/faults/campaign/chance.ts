import { SeededEntropy } from '#testing';

/** Choices that a seed repeats. */
export class Chance {
  private readonly entropy: SeededEntropy;

  constructor(seed: string) {
    this.entropy = new SeededEntropy(seed);
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return this.entropy.bytes(4).readUInt32BE(0) % limit;
  }

  /** @throws Error for an empty list */
  oneOf<T>(items: readonly T[]): T {
    const found = items[this.below(items.length)];
    if (found === undefined) throw new Error('there is nothing to choose from');
    return found;
  }

  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): readonly T[] {
    const left = [...items];
    return items.map(() => left.splice(this.below(left.length), 1)).flat();
  }
}
