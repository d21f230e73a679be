import { parseArgs } from 'node:util';
import { AppError } from '#kernel';

export const USAGE =
  'usage: npm run -s misuse [-- --seed <n> --histories <1–100> --days <60–365> --officers <2–200> --deeds <1–100> --recall-min <percent> --wrong-max <n>]';

/** How many histories are drawn, how large they are, and what the rules must show on them. */
export interface MisuseOptions {
  readonly seed: number;
  readonly histories: number;
  readonly days: number;
  readonly officers: number;
  /** Deeds of each kind in a history. */
  readonly deeds: number;
  /** Percent of the deeds of its kind that each rule must find. */
  readonly recallMin: number;
  /** Wrong findings of each rule that a hundred officers may give in thirty days: questions to people who have done nothing. */
  readonly wrongMax: number;
}

type Limits = readonly [fallback: string, min: number, max: number];

const LIMITS = {
  seed: ['1', 0, 4_294_967_295],
  histories: ['10', 1, 100],
  days: ['240', 60, 365],
  officers: ['40', 2, 200],
  deeds: ['10', 1, 100],
  'recall-min': ['60', 0, 100],
  'wrong-max': ['10', 0, 10_000],
} as const satisfies Readonly<Record<string, Limits>>;

/** @throws AppError `invalid` for a command line that is not ours */
export function parseMisuseOptions(args: readonly string[]): MisuseOptions {
  const options = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, { type: 'string' as const }]));
  const values = valuesOf(() => parseArgs({ args: [...args], options }).values);
  const whole = (name: keyof typeof LIMITS): number => {
    const [fallback, min, max] = LIMITS[name];
    const text = values[name] ?? fallback;
    const value = typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new AppError('invalid', `--${name} is a whole number from ${min} to ${max}`);
  };
  return {
    seed: whole('seed'),
    histories: whole('histories'),
    days: whole('days'),
    officers: whole('officers'),
    deeds: whole('deeds'),
    recallMin: whole('recall-min'),
    wrongMax: whole('wrong-max'),
  };
}

function valuesOf<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new AppError('invalid', 'the command line is not understood', { cause });
  }
}
