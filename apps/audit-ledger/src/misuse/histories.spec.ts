import { beforeAll, describe, expect, it } from '@jest/globals';
import { MISUSE_RULES, type MisusePolicy } from '#orders';
import { readMisusePolicy } from '../compose-ledger.js';
import { parseMisuseOptions } from '../testing/histories/options.js';
import { reportOf } from '../testing/histories/report.js';
import { drawHistory, scoreOf, type Score, type Scores } from '../testing/histories/score.js';

const SMALL = { seed: 7, days: 120, officers: 12, deeds: 6 };

let policy: MisusePolicy;
beforeAll(async () => void (policy = await readMisusePolicy()));

describe('a generated history', () => {
  it('is the same for the same seed, and another for another', () => {
    const facts = (seed: number) => drawHistory(policy, { ...SMALL, seed }).history.facts;
    expect(facts(7)).toEqual(facts(7));
    expect(facts(8)).not.toEqual(facts(7));
  });

  it('is in the order of time, and holds every fact of every deed', () => {
    const { history, deeds } = drawHistory(policy, SMALL);
    expect(history.facts.every(({ at }, i) => i === 0 || at >= (history.facts[i - 1]?.at ?? 0))).toBe(true);
    expect(history.deeds.size).toBe(deeds.reduce((sum, { drawn }) => sum + drawn.length, 0));
    expect(new Set([...history.deeds.values()].map(({ rule }) => rule))).toEqual(new Set(MISUSE_RULES));
  });

  it('of an honest court gives every rule something to be wrong about, and nothing to be right about', () => {
    const { scores } = scoreOf(policy, { seed: 1, days: 240, officers: 40, deeds: 0 });
    expect([...scores.values()].filter(({ planted, caught, right }) => planted + caught + right > 0)).toEqual([]);
    expect([...scores].filter(([, { findings }]) => findings === 0)).toEqual([]);
  });
});

describe('the rules of the policy, on a small history', () => {
  // What they found when this was written: whoever changes a rule or a figure sees here what he has changed, and measures anew.
  it('find of each kind so much', () => {
    const { scores } = scoreOf(policy, SMALL);
    const cells = [...scores].map(([rule, { planted, caught, findings, right }]) => [rule, planted, caught, findings, right]);
    expect(cells).toEqual([
      ['outside-hours', 6, 5, 15, 5],
      ['burst', 6, 4, 18, 6],
      ['swift-approval', 6, 5, 5, 5],
      ['repeated-reveals', 6, 5, 13, 6],
      ['dormant-account', 6, 5, 5, 5],
      ['unrelated-case', 6, 5, 7, 5],
      ['self-linked', 6, 4, 5, 4],
      ['release-near-end', 6, 5, 12, 5],
    ]);
  });

  it('find nothing when no rule can fire', () => {
    const { rules } = policy;
    const blind = {
      hours: { week: Array.from({ length: 7 }, () => [{ fromMinute: 0, toMinute: 1440 }]), days: new Map() },
      rules: {
        ...rules,
        burst: { ...rules.burst, acts: 1_000_000 },
        'swift-approval': { ...rules['swift-approval'], withinMs: 0 },
        'repeated-reveals': { ...rules['repeated-reveals'], sittings: 1_000 },
        'dormant-account': { ...rules['dormant-account'], afterMs: Number.MAX_SAFE_INTEGER },
        'release-near-end': { ...rules['release-near-end'], withinMs: 0 },
      },
    };
    const { scores } = scoreOf(blind, SMALL);
    const fired = [...scores].filter(([, { findings }]) => findings > 0).map(([rule]) => rule);
    expect(fired).toEqual(['unrelated-case', 'self-linked']);
  });
});

describe('the report', () => {
  const good: Score = { planted: 10, caught: 8, findings: 10, right: 9 };
  const size = { histories: 1, days: 30, officers: 100 };
  const scores = (over: Partial<Score>): Scores =>
    new Map(MISUSE_RULES.map((rule) => [rule, rule === 'burst' ? { ...good, ...over } : good]));

  it.each<[string, Partial<Score>, readonly string[]]>([
    ['all is well', {}, []],
    ['just enough', { caught: 6, findings: 12, right: 2 }, []],
    ['too little found', { caught: 5 }, ['burst finds less than 60 % of its kind']],
    ['too many asked', { findings: 20 }, ['burst gives more than 10 wrong findings of a hundred officers a month']],
  ])('names the faults of a rule: %s', (_what, over, faults) => {
    expect(reportOf([scores(over)], size, { recallMin: 60, wrongMax: 10 }).faults).toEqual(faults);
  });

  it('sums over rules and histories', () => {
    const { lines } = reportOf([scores({}), scores({})], { ...size, histories: 2 }, { recallMin: 0, wrongMax: 0 });
    expect(lines.find((line) => line.startsWith('all'))?.split(/\s+/)).toEqual([
      'all',
      '160',
      '128',
      '160',
      '144',
      '0.900',
      '0.800',
      '8.00',
    ]);
  });
});

describe('the command line', () => {
  it('has a history of moderate size for those who say nothing', () => {
    expect(parseMisuseOptions([])).toEqual({ seed: 1, histories: 10, days: 240, officers: 40, deeds: 10, recallMin: 60, wrongMax: 10 });
    expect(parseMisuseOptions(['--seed', '0', '--recall-min', '100'])).toMatchObject({ seed: 0, recallMin: 100 });
  });

  it.each([[['--seed', 'x']], [['--days', '59']], [['--officers', '201']], [['--recall-min', '101']], [['--what']], [['more']]])(
    'refuses %j',
    (args) => expect(() => parseMisuseOptions(args)).toThrow(expect.objectContaining({ code: 'invalid' })),
  );
});
