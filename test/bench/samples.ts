/** Measured values with the second in which each was taken. */
export class Samples {
  private readonly values: number[] = [];
  private readonly perSecond: number[] = [];

  /** @param elapsedMs since the start of the measurement */
  add(value: number, elapsedMs: number): void {
    this.values.push(value);
    const second = Math.floor(elapsedMs / 1000);
    while (this.perSecond.length <= second) this.perSecond.push(0);
    this.perSecond[second] = (this.perSecond[second] ?? 0) + 1;
  }

  get count(): number {
    return this.values.length;
  }

  /** The value that a share of the samples does not exceed (nearest rank), or null when there is none. */
  quantile(share: number): number | null {
    if (this.values.length === 0) return null;
    const sorted = [...this.values].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  }

  /** How uneven the run was: the slowest, median and fastest whole second, by answers. */
  spread(): { readonly min: number; readonly median: number; readonly max: number } {
    const whole = this.perSecond.length > 1 ? this.perSecond.slice(0, -1) : this.perSecond;
    const sorted = [...whole].sort((a, b) => a - b);
    return { min: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
  }
}

export function rounded(value: number | null, digits = 1): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
