import { MISUSE_RULES, type MisusePolicy, type MisuseRule } from '#orders';
import { rulesOf } from '../../misuse/rules.js';
import { Memory, watch, type Noticed } from '../../misuse/watch.js';
import { Dice } from './dice.js';
import { historyOf, type Deed, type History } from './history.js';
import { HonestCourt } from './honest.js';
import { misdeeds } from './misdeeds.js';

/** How one rule has done on one history or several. */
export interface Score {
  /** Deeds of the rule's kind. */
  readonly planted: number;
  /** Of them those of which it has found something. */
  readonly caught: number;
  readonly findings: number;
  /** Findings of which at least half of the evidence belongs to deeds, of whatever kind: who asks comes upon misuse. */
  readonly right: number;
}

export type Scores = ReadonlyMap<MisuseRule, Score>;

export interface HistoryOptions {
  readonly seed: number;
  readonly days: number;
  readonly officers: number;
  readonly deeds: number;
}

const FIRST_DAY = '2026-01-05';
const YEAR = 2026;
const NOTHING: Score = { planted: 0, caught: 0, findings: 0, right: 0 };

/** One history with everything that was done in it, drawn from the seed alone. */
export function drawHistory(policy: MisusePolicy, { seed, days, officers, deeds: each }: HistoryOptions) {
  const setting = { dice: new Dice(seed), policy, from: FIRST_DAY, days, officers };
  const court = new HonestCourt(setting);
  const honest = court.work();
  const deeds = misdeeds(setting, court, each);
  return { history: historyOf(honest, deeds, YEAR), deeds };
}

/** Draws one history, lets the rules read it, and compares what they found with what was planted. */
export function scoreOf(policy: MisusePolicy, options: HistoryOptions): { readonly scores: Scores; readonly facts: number } {
  const { history, deeds } = drawHistory(policy, options);
  const noticed = watch(rulesOf(policy), history.facts, new Memory([]));
  const scores = MISUSE_RULES.map((rule) => {
    const ofRule = noticed.filter((each) => each.rule.name === rule);
    return [rule, scoreOfRule(rule, ofRule, history, deeds)] as const;
  });
  return { scores: new Map(scores), facts: history.facts.length };
}

function scoreOfRule(rule: MisuseRule, noticed: readonly Noticed[], history: History, deeds: readonly Deed[]): Score {
  const caught = new Set<Deed>();
  let right = 0;
  for (const { suspicion } of noticed) {
    const hit = suspicion.evidence.flatMap(({ index }) => history.deeds.get(index) ?? []);
    for (const deed of hit) if (deed.rule === rule) caught.add(deed);
    if (hit.length * 2 >= suspicion.evidence.length) right += 1;
  }
  return { planted: deeds.filter((deed) => deed.rule === rule).length, caught: caught.size, findings: noticed.length, right };
}

export function sumOf(scores: readonly Score[]): Score {
  return scores.reduce(
    (sum, { planted, caught, findings, right }) => ({
      planted: sum.planted + planted,
      caught: sum.caught + caught,
      findings: sum.findings + findings,
      right: sum.right + right,
    }),
    NOTHING,
  );
}
