/** What can be measured. */
export const SCENARIOS = ['accept', 'bulk', 'orders', 'relay', 'ledger', 'verify', 'isolation', 'dialects'] as const;
export const PROFILES = ['embedded', 'distributed'] as const;

export type ScenarioName = (typeof SCENARIOS)[number];
export type ProfileName = (typeof PROFILES)[number];

export interface BenchOptions {
  readonly scenario: ScenarioName;
  readonly profile: ProfileName;
  readonly seconds: number;
  /** Keeps the data folder and says where it is. */
  readonly keep: boolean;
  /** Folder for CPU profiles of the system's processes (`.cpuprofile`, opened by any Chromium); measuring costs speed. */
  readonly cpuProfile: string | undefined;
}

const SECONDS_DEFAULT = 10;
const SECONDS_MAX = 3_600;

export const USAGE = `usage: npm run -s bench -- --scenario ${SCENARIOS.join('|')} [--profile ${PROFILES.join('|')}] [--seconds N] [--keep] [--cpu-profile <folder>]`;

/** @returns the options, or the line that says why they are refused (exit code 2) */
export function parseOptions(args: readonly string[]): BenchOptions | { readonly refused: string } {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const name = args[at] ?? '';
    if (name === '--keep') given.set(name, 'on');
    else if (['--scenario', '--profile', '--seconds', '--cpu-profile'].includes(name) && args[at + 1] !== undefined)
      given.set(name, args[(at += 1)] ?? '');
    else return { refused: `${name} is no option, or lacks its value\n${USAGE}` };
  }
  const scenario = given.get('--scenario') ?? '';
  const profile = given.get('--profile') ?? 'embedded';
  const seconds = Number(given.get('--seconds') ?? SECONDS_DEFAULT);
  const known = SCENARIOS.find((each) => each === scenario);
  if (known === undefined) return { refused: `--scenario is one of ${SCENARIOS.join(', ')}, not "${scenario}"\n${USAGE}` };
  const where = PROFILES.find((each) => each === profile);
  if (where === undefined) return { refused: `--profile is one of ${PROFILES.join(', ')}, not "${profile}"\n${USAGE}` };
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > SECONDS_MAX)
    return { refused: `--seconds is a whole number from 1 to ${SECONDS_MAX}\n${USAGE}` };
  return { scenario: known, profile: where, seconds, keep: given.has('--keep'), cpuProfile: given.get('--cpu-profile') };
}
