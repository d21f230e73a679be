import { AppError } from '#kernel';
import { MISUSE_RULES } from '#orders';
import { readMisusePolicy } from '../../compose-ledger.js';
import { parseMisuseOptions, USAGE, type MisuseOptions } from './options.js';
import { scoreOf, sumOf, type Score, type Scores } from './score.js';

/**
 * How good the rules of deploy/policy.yaml are on generated histories: precision (of what was found, how much was misuse) and recall (of the misuse
 * that was planted, how much was found), rule by rule. `npm run -s misuse -- --seed 1 --histories 10`
 */
const USAGE_EXIT_CODE = 2;
const NAME_WIDTH = 18;
const CELL_WIDTH = 11;
const write = (line: string): void => void process.stdout.write(`${line}\n`);
const share = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(3));

function lineOf(name: string, { planted, caught, findings, right }: Score): string {
  const cells = [planted, caught, findings, right, share(right, findings), share(caught, planted)];
  return name.padEnd(NAME_WIDTH) + cells.map((cell) => String(cell).padStart(CELL_WIDTH)).join('');
}

async function run({ seed, histories, days, officers }: MisuseOptions): Promise<void> {
  const policy = await readMisusePolicy();
  const all: Scores[] = [];
  let entries = 0;
  for (let n = 0; n < histories; n++) {
    const { scores, facts } = scoreOf(policy, { seed: seed + n, days, officers });
    all.push(scores);
    entries += facts;
  }
  write(`${histories} histories of ${days} days and ${officers} officers, seeds ${seed}–${seed + histories - 1}, ${entries} facts`);
  const heads = ['planted', 'caught', 'findings', 'right', 'precision', 'recall'];
  write('rule'.padEnd(NAME_WIDTH) + heads.map((head) => head.padStart(CELL_WIDTH)).join(''));
  const byRule = MISUSE_RULES.map((rule) => [rule, sumOf(all.flatMap((scores) => scores.get(rule) ?? []))] as const);
  for (const [rule, score] of byRule) write(lineOf(rule, score));
  write(lineOf('all', sumOf(byRule.map(([, score]) => score))));
}

try {
  await run(parseMisuseOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
  process.stderr.write(`${error.message}\n${USAGE}\n`);
  process.exitCode = USAGE_EXIT_CODE;
}
