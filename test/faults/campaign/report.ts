import type { Kill, Round } from './campaign.js';

const REASONS_TOLD_MAX = 3;
/** A round of many deaths has a long name; each death has a line of its own while the round runs. */
const NAME_CHARS_MAX = 160;

/** One line for one round, and a line for each thing that is wrong. */
export function roundLines({ number, fault, kills, recoveryMs, verdict, failedCalls }: Round): readonly string[] {
  const { lost, doubled, stuck, disagreed, withPerson, acknowledged } = verdict;
  const unreached = kills.filter(({ reached }) => !reached).map(({ name }) => name);
  const failed = [...failedCalls.values()].reduce((sum, count) => sum + count, 0);
  const line = [
    `round ${number}: ${fault.length > NAME_CHARS_MAX ? `${fault.slice(0, NAME_CHARS_MAX)}…` : fault}`,
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
  private readonly kills = new Map<string, { reached: number; missed: number; worstMs: number }>();
  private readonly begunAt = performance.now();
  private readonly sums = { rounds: 0, acknowledged: 0, lost: 0, doubled: 0, stuck: 0, disagreed: 0, unrecovered: 0 };
  private worst = { ms: 0, fault: 'none' };

  add({ kills, verdict }: Round): void {
    const { sums } = this;
    sums.rounds += 1;
    sums.acknowledged += verdict.acknowledged;
    for (const kind of ['lost', 'doubled', 'stuck', 'disagreed'] as const) sums[kind] += verdict[kind].length;
    for (const kill of kills) this.count(kill);
  }

  private count({ name, reached, recoveryMs }: Kill): void {
    if (recoveryMs === undefined) this.sums.unrecovered += 1;
    const ms = recoveryMs ?? 0;
    if (ms > this.worst.ms) this.worst = { ms, fault: name };
    const count = this.kills.get(name) ?? { reached: 0, missed: 0, worstMs: 0 };
    count[reached ? 'reached' : 'missed'] += 1;
    count.worstMs = Math.max(count.worstMs, ms);
    this.kills.set(name, count);
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
    const seconds = (performance.now() - this.begunAt) / 1_000;
    const total = struck.reduce((sum, [, { reached }]) => sum + reached, 0);
    return [
      'struck  not reached  worst recovery  fault',
      ...struck.map(
        ([name, { reached, missed, worstMs }]) =>
          `${String(reached).padStart(6)}  ${String(missed).padStart(11)}  ${`${Math.round(worstMs)} ms`.padStart(14)}  ${name}`,
      ),
      `rounds ${rounds}`,
      `kills and faults ${total}, kinds ${struck.filter(([, { reached }]) => reached > 0).length}`,
      `seconds ${Math.round(seconds)}, per kill or fault ${(seconds / Math.max(1, total)).toFixed(1)}`,
      `acknowledged ${acknowledged}`,
      `lost ${lost}`,
      `doubled ${doubled}`,
      `stuck ${stuck}, not recovered ${unrecovered}, disagreed ${disagreed}`,
      `worst recovery ${Math.round(this.worst.ms)} ms (${this.worst.fault})`,
    ];
  }
}
