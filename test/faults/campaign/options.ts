export const USAGE =
  'usage: npm run -s faults -- --rounds <1..10000> [--seed <text>] [--only <part of a name>]\n' +
  'starts a cluster of its own with a MariaDB and a Kafka of its own; --only keeps the faults and places whose name contains the text,\n' +
  '"points" all named places: five rounds, or a few more, kill at each of them once';

const ROUNDS_MAX = 10_000;
const SEED_DEFAULT = 'faults';

export interface CampaignOptions {
  readonly rounds: number;
  /** The same seed gives the same faults at the same moments, as far as real processes repeat. */
  readonly seed: string;
  readonly only: string | undefined;
}

/** Reads the command line. @returns what is wrong with it as a text */
export function parseCampaignOptions(args: readonly string[]): CampaignOptions | string {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at += 2) {
    const [name = '', value] = args.slice(at, at + 2);
    if (!['--rounds', '--seed', '--only'].includes(name) || value === undefined) return `${name} is no option, or lacks its value`;
    given.set(name, value);
  }
  const rounds = Number(given.get('--rounds'));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > ROUNDS_MAX) return `--rounds is a whole number from 1 to ${ROUNDS_MAX}`;
  return { rounds, seed: given.get('--seed') ?? SEED_DEFAULT, only: given.get('--only') };
}
