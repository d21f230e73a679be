import { SeededEntropy } from '#testing';

const UINT32 = 4_294_967_296;

/** Chance for generated histories: the same seed gives the same history. */
export class Dice {
  private readonly entropy: SeededEntropy;

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

  pick<T>(from: readonly T[]): T {
    const picked = from[this.whole(0, from.length - 1)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  /** Waiting times of people: mostly short, now and then very long. The median is as given. */
  wait(median: number, spread: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
    return median * Math.exp(spread * normal);
  }
}
