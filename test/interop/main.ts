import { interop } from './interop.js';

const USAGE = 'usage: npm run -s interop [-- --entries <256 or more>]';
const USAGE_EXIT_CODE = 2;
const ENTRIES = 100_000;
const ENTRIES_MIN = 256;
const ENTRIES_MAX = 10_000_000;

/** The number of entries that was asked for, or undefined when the command line is not ours. */
function entriesOf([option, value, ...more]: readonly string[]): number | undefined {
  if (option === undefined) return ENTRIES;
  const entries = Number(value);
  const isGood = option === '--entries' && more.length === 0 && Number.isSafeInteger(entries) && entries >= ENTRIES_MIN;
  return isGood && entries <= ENTRIES_MAX ? entries : undefined;
}

const entries = entriesOf(process.argv.slice(2));
if (entries === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = USAGE_EXIT_CODE;
} else {
  const outcomes = await interop(process.cwd(), entries);
  for (const { state, tool, what } of outcomes) process.stdout.write(`${state} ${tool} ${what}\n`);
  process.exitCode = outcomes.some(({ state }) => state === 'FAILED') ? 1 : 0;
}
