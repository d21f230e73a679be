import { MISUSE_RULES, type MisuseRule } from '#orders';
import type { MisuseOptions } from './options.js';
import { sumOf, type Score, type Scores } from './score.js';

const NAME_WIDTH = 18;
const CELL_WIDTH = 11;
const HEADS = ['planted', 'caught', 'findings', 'right', 'precision', 'recall', 'wrong*'];
const DAYS_A_MONTH = 30;
const share = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(3));

type Size = Pick<MisuseOptions, 'histories' | 'days' | 'officers'>;
export type Bars = Pick<MisuseOptions, 'recallMin' | 'wrongMax'>;

export interface Report {
  /** A table by rule and in sum, to be read by people. */
  readonly lines: readonly string[];
  /** What each rule below a bar does not do; empty when all is well. */
  readonly faults: readonly string[];
}

/**
 * The scores of some histories, and which rules find too little of their kind or ask too many people for nothing. There is no bar for precision:
 * it says as much of how often people do wrong, which nobody knows, as of the rule.
 */
export function reportOf(histories: readonly Scores[], size: Size, { recallMin, wrongMax }: Bars): Report {
  const byRule = MISUSE_RULES.map((rule) => [rule, sumOf(histories.flatMap((scores) => scores.get(rule) ?? []))] as const);
  const lines = [
    'rule'.padEnd(NAME_WIDTH) + HEADS.map((head) => head.padStart(CELL_WIDTH)).join(''),
    ...byRule.map(([rule, score]) => lineOf(rule, score, size)),
    lineOf('all', sumOf(byRule.map(([, score]) => score)), size),
    `* wrong findings of a hundred officers in ${DAYS_A_MONTH} days`,
  ];
  const faultsOf = ([rule, score]: readonly [MisuseRule, Score]): readonly string[] => [
    ...(score.caught * 100 < recallMin * score.planted ? [`${rule} finds less than ${recallMin} % of its kind`] : []),
    ...(wrongShare(score, size) > wrongMax ? [`${rule} gives more than ${wrongMax} wrong findings of a hundred officers a month`] : []),
  ];
  return { lines, faults: byRule.flatMap(faultsOf) };
}

function wrongShare({ findings, right }: Score, { histories, days, officers }: Size): number {
  return (findings - right) / ((histories * officers * days) / (100 * DAYS_A_MONTH));
}

function lineOf(name: string, score: Score, size: Size): string {
  const { planted, caught, findings, right } = score;
  const figures = [share(right, findings), share(caught, planted), wrongShare(score, size).toFixed(2)];
  return name.padEnd(NAME_WIDTH) + [planted, caught, findings, right, ...figures].map((cell) => String(cell).padStart(CELL_WIDTH)).join('');
}
