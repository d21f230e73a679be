import type { ReferenceRate } from './reference.js';
import { rounded } from './samples.js';

/** What one dialect did when it was asked alone; times are milliseconds from the acceptance of a request to the answer of an order. */
export interface DialectFigures {
  readonly dialect: string;
  readonly bank: string;
  readonly orders: number;
  readonly ratePerSec: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly cpuMsPerOrder: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly doubled: number;
}

/** The last line of a bench. A figure that was not measured is null, never a guess. */
export interface BenchResult {
  readonly ratePerSec: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** The same without the trouble that `p99Ms` was measured in, where a scenario makes some. */
  readonly healthyP99Ms?: number | null;
  readonly lost: number;
  readonly doubled: number;
  readonly commitsPerOrder: number | null;
  /** Milliseconds of processor time for one order: `all`, and by kind of process. */
  readonly cpuMsPerOrder?: Readonly<Record<string, number>>;
  /** By dialect, where a scenario asks one after the other. */
  readonly dialects?: readonly DialectFigures[];
  readonly reference: ReferenceRate | null;
  /** Entries per second of our ledger and of Tessera's POSIX server, both over HTTP from one generator, where Go is there. */
  readonly besideTessera?: { readonly ours: number; readonly tessera: number };
}

export function resultLine(scenario: string, profile: string, result: BenchResult): string {
  const { reference, besideTessera } = result;
  return JSON.stringify({
    scenario,
    profile,
    ratePerSec: rounded(result.ratePerSec),
    p50Ms: rounded(result.p50Ms, 2),
    p99Ms: rounded(result.p99Ms, 2),
    ...(result.healthyP99Ms === undefined ? {} : { healthyP99Ms: rounded(result.healthyP99Ms, 2) }),
    lost: result.lost,
    doubled: result.doubled,
    commitsPerOrder: rounded(result.commitsPerOrder, 4),
    cpuMsPerOrder: result.cpuMsPerOrder ?? null,
    ...(result.dialects === undefined ? {} : { dialects: result.dialects }),
    reference: reference && { name: reference.name, ratePerSec: rounded(reference.ratePerSec) },
    ratio: reference && reference.ratePerSec > 0 ? rounded(result.ratePerSec / reference.ratePerSec, 3) : null,
    ...(besideTessera && {
      besideTessera: {
        ours: rounded(besideTessera.ours),
        tessera: rounded(besideTessera.tessera),
        ratio: rounded(besideTessera.ours / besideTessera.tessera, 3),
      },
    }),
  });
}
