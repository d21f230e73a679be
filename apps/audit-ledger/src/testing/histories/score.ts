import { MISUSE_RULES, type MisusePolicy, type MisuseRule } from '#orders';
import { rulesOf } from '../../misuse/rules.js';
import { Memory, watch } from '../../misuse/watch.js';
import { Dice } from './dice.js';
import { historyOf, type Planted } from './history.js';
import { HonestCourt } from './honest.js';
import { misdeeds } from './misdeeds.js';

/** How one rule has done on one history or several. */
export interface Score {
  readonly planted: number;
  /** Deeds of the rule's kind of which it has found something. */
  readonly caught: number;
  readonly findings: number;
  /** Findings whose evidence holds an entry of some deed, of whatever kind. */
  readonly right: number;
}

export type Scores = ReadonlyMap<MisuseRule, Score>;

export interface HistoryOptions {
  readonly seed: number;
  readonly days: number;
  readonly officers: number;
}

const FIRST_DAY = '2026-01-05';
const YEAR = 2026;

/** Draws one history, lets the rules read it, and compares what they found with what was planted. */
export function scoreOf(
  policy: MisusePolicy,
  { seed, days, officers }: HistoryOptions,
): { readonly scores: Scores; readonly facts: number } {
  const setting = { dice: new Dice(seed), hours: policy.hours, from: FIRST_DAY, days, officers };
  const court = new HonestCourt(setting);
  const honest = court.work();
  const deeds = misdeeds(setting, court);
  const { facts, planted } = historyOf([...honest, ...deeds.flatMap(({ drawn }) => drawn)], YEAR);
  const caught = new Set<Planted>();
  const findings = new Map<MisuseRule, { findings: number; right: number }>();
  for (const { rule, suspicion } of watch(rulesOf(policy), facts, new Memory([]))) {
    const hit = suspicion.evidence.flatMap(({ index }) => planted.get(index) ?? []);
    for (const deed of hit) if (deed.rule === rule.name) caught.add(deed);
    const tally = findings.get(rule.name) ?? { findings: 0, right: 0 };
    findings.set(rule.name, { findings: tally.findings + 1, right: tally.right + (hit.length > 0 ? 1 : 0) });
  }
  const scores = MISUSE_RULES.map((rule): [MisuseRule, Score] => {
    const ofRule = deeds.filter((deed) => deed.planted.rule === rule);
    const tally = findings.get(rule) ?? { findings: 0, right: 0 };
    return [rule, { planted: ofRule.length, caught: ofRule.filter((deed) => caught.has(deed.planted)).length, ...tally }];
  });
  return { scores: new Map(scores), facts: facts.length };
}

export function sumOf(scores: readonly Score[]): Score {
  const nothing = { planted: 0, caught: 0, findings: 0, right: 0 };
  return scores.reduce(
    (sum, one) => ({
      planted: sum.planted + one.planted,
      caught: sum.caught + one.caught,
      findings: sum.findings + one.findings,
      right: sum.right + one.right,
    }),
    nothing,
  );
}
