import type { Round } from './campaign.js';

const REASONS_TOLD_MAX = 3;

/** One line for one round, and a line for each thing that is wrong. */
export function roundLines({ number, fault, kills, recoveryMs, verdict, failedCalls }: Round): readonly string[] {
  const { lost, doubled, stuck, disagreed, withPerson, acknowledged } = verdict;
  const unreached = kills.filter(({ reached }) => !reached).map(({ name }) => name);
  const failed = [...failedCalls.values()].reduce((sum, count) => sum + count, 0);
  const line = [
    `round ${number}: ${fault}`,
    recoveryMs === undefined ? 'NOT RECOVERED' : `recovered in ${Math.round(recoveryMs)} ms`,
    `${acknowledged} acknowledged`,
    `${failed} calls failed`,
    ...(withPerson > 0 ? [`${withPerson} with a person`] : []),
    ...(unreached.length > 0 ? [`not reached: ${unreached.join(', ')}`] : []),
    isWrong(verdict, recoveryMs) ? 'WRONG' : 'ok',
  ].join(' | ');
  const wrong = Object.entries({ lost, doubled, stuck, disagreed }).flatMap(([kind, list]) => list.map((each) => `  ${kind}: ${each}`));
  const reasons = [...failedCalls].sort(([, a], [, b]) => b - a).slice(0, REASONS_TOLD_MAX);
  return [line, ...wrong, ...(wrong.length > 0 ? reasons.map(([reason, count]) => `  ${count} calls failed with: ${reason}`) : [])];
}

function isWrong({ lost, doubled, stuck, disagreed }: Round['verdict'], recoveryMs: number | undefined): boolean {
  return recoveryMs === undefined || [lost, doubled, stuck, disagreed].some((list) => list.length > 0);
}

/** The figures of a whole campaign. */
export class Tally {
  private readonly kills = new Map<string, { reached: number; missed: number }>();
  private readonly sums = { rounds: 0, acknowledged: 0, lost: 0, doubled: 0, stuck: 0, disagreed: 0, unrecovered: 0 };
  private worst = { ms: 0, fault: 'none' };

  add({ fault, kills, recoveryMs, verdict }: Round): void {
    const { sums } = this;
    sums.rounds += 1;
    sums.acknowledged += verdict.acknowledged;
    for (const kind of ['lost', 'doubled', 'stuck', 'disagreed'] as const) sums[kind] += verdict[kind].length;
    if (recoveryMs === undefined) sums.unrecovered += 1;
    else if (recoveryMs > this.worst.ms) this.worst = { ms: recoveryMs, fault };
    for (const { name, reached } of kills) {
      const count = this.kills.get(name) ?? { reached: 0, missed: 0 };
      count[reached ? 'reached' : 'missed'] += 1;
      this.kills.set(name, count);
    }
  }

  get rounds(): number {
    return this.sums.rounds;
  }

  get isClean(): boolean {
    const { lost, doubled, stuck, disagreed, unrecovered } = this.sums;
    return lost + doubled + stuck + disagreed + unrecovered === 0;
  }

  lines(): readonly string[] {
    const { rounds, acknowledged, lost, doubled, stuck, disagreed, unrecovered } = this.sums;
    const struck = [...this.kills].sort(([a], [b]) => a.localeCompare(b));
    const total = struck.reduce((sum, [, { reached }]) => sum + reached, 0);
    return [
      'struck  not reached  fault',
      ...struck.map(([name, { reached, missed }]) => `${String(reached).padStart(6)}  ${String(missed).padStart(11)}  ${name}`),
      `rounds ${rounds}`,
      `kills and faults ${total}, kinds ${struck.filter(([, { reached }]) => reached > 0).length}`,
      `acknowledged ${acknowledged}`,
      `lost ${lost}`,
      `doubled ${doubled}`,
      `stuck ${stuck}, not recovered ${unrecovered}, disagreed ${disagreed}`,
      `worst recovery ${Math.round(this.worst.ms)} ms (${this.worst.fault})`,
    ];
  }
}
