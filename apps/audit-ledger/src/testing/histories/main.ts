import { AppError } from '#kernel';
import { readMisusePolicy } from '../../compose-ledger.js';
import { parseMisuseOptions, USAGE, type MisuseOptions } from './options.js';
import { reportOf } from './report.js';
import { scoreOf, type Scores } from './score.js';

/**
 * How good the rules of deploy/policy.yaml are on generated histories: precision (of what was found, how much was misuse), recall (of the misuse
 * that was planted, how much was found), rule by rule, and how many people are asked for nothing. It ends with 1 when a rule is below a bar.
 * `npm run -s misuse -- --seed 1 --histories 10`
 */
const USAGE_EXIT_CODE = 2;
const write = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(options: MisuseOptions): Promise<boolean> {
  const { seed, histories, days, officers } = options;
  const policy = await readMisusePolicy();
  const all: Scores[] = [];
  let entries = 0;
  for (let n = 0; n < histories; n++) {
    const { scores, facts } = scoreOf(policy, { ...options, seed: seed + n });
    all.push(scores);
    entries += facts;
  }
  write(`${histories} histories of ${days} days and ${officers} officers, seeds ${seed}–${seed + histories - 1}, ${entries} facts`);
  const { lines, faults } = reportOf(all, options, options);
  for (const line of [...lines, ...faults.map((fault) => `FAIL ${fault}`)]) write(line);
  return faults.length === 0;
}

try {
  if (!(await run(parseMisuseOptions(process.argv.slice(2))))) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
  process.stderr.write(`${error.message}\n${USAGE}\n`);
  process.exitCode = USAGE_EXIT_CODE;
}
