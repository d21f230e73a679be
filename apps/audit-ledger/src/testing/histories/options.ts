import { parseArgs } from 'node:util';
import { AppError } from '#kernel';

export const USAGE = 'usage: npm run -s misuse [-- --seed <n> --histories <1–100> --days <60–365> --officers <2–200>]';

/** How many histories are drawn, and how large they are. */
export interface MisuseOptions {
  readonly seed: number;
  readonly histories: number;
  readonly days: number;
  readonly officers: number;
}

/** @throws AppError `invalid` for a command line that is not ours */
export function parseMisuseOptions(args: readonly string[]): MisuseOptions {
  const options = {
    seed: { type: 'string' },
    histories: { type: 'string' },
    days: { type: 'string' },
    officers: { type: 'string' },
  } as const;
  const { values } = parsed(() => parseArgs({ args: [...args], options }));
  return {
    seed: whole(values.seed ?? '1', '--seed', 0, 4_294_967_295),
    histories: whole(values.histories ?? '10', '--histories', 1, 100),
    days: whole(values.days ?? '240', '--days', 60, 365),
    officers: whole(values.officers ?? '40', '--officers', 2, 200),
  };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new AppError('invalid', 'the command line is not understood', { cause });
  }
}

function whole(text: string, name: string, min: number, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new AppError('invalid', `${name} is a whole number from ${min} to ${max}`);
}
