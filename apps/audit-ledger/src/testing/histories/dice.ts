import { SeededEntropy } from '#testing';

const UINT32 = 4_294_967_296;

/** Chance for generated histories: the same seed gives the same history. */
export class Dice {
  private readonly entropy: SeededEntropy;
  private names = 0;

  constructor(seed: number) {
    this.entropy = new SeededEntropy(seed);
  }

  /** From 0 up to, not including, 1. */
  unit(): number {
    return this.entropy.bytes(4).readUInt32BE() / UINT32;
  }

  happens(probability: number): boolean {
    return this.unit() < probability;
  }

  between(from: number, to: number): number {
    return from + this.unit() * (to - from);
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1));
  }

  /** @throws Error when there is nothing to pick from */
  pick<T>(from: readonly T[]): T {
    const picked = from[this.whole(0, from.length - 1)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  /** Numbers of people's doings: mostly near the median, now and then far above it (log-normal; `spread` is the deviation of the logarithm). */
  about(median: number, spread: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
    return median * Math.exp(spread * normal);
  }

  /** A name that this history has not got yet. */
  name(): string {
    return `r${(this.names += 1)}`;
  }
}
