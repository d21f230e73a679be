import { inOrder, isLegalDate, parseSpan, WEEKDAYS, type LegalDate, type Span, type WeekHours } from '#kernel';
import { MISUSE_RULES, type MisusePolicy, type MisuseRuleText } from './misuse-policy.js';
import type { PolicyReader } from './reading-policy.js';

const SPANS_MAX = 4;
/** Two years of holidays and days worked in their place. */
const DAYS_MAX = 200;
const ACTS_MAX = 10_000;
const TIMES_MAX = 100;
/** A finding names each of them. */
const SITTINGS_MAX = 50;
/** A burst is counted by minutes, which a state must hold. */
const MINUTES_MAX = 120;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const UNITS = [
  [DAY_MS, '天'],
  [3_600_000, '小时'],
  [MINUTE_MS, '分钟'],
  [1_000, '秒'],
] as const;

type Row = Readonly<Record<string, unknown>>;

/** The member `misuse` of the policy; faults go to the reader. */
export function readMisuse(read: PolicyReader, value: unknown): MisusePolicy {
  const root = read.object(value, '/misuse', ['workingHours', 'rules']);
  const rows = read.object(root['rules'], '/misuse/rules', MISUSE_RULES);
  const rule = (name: keyof MisusePolicy['rules'], figures: readonly string[]) => new RuleReader(read, rows[name], name, figures);
  const outside = rule('outside-hours', ['acts']);
  const burst = rule('burst', ['withinMinutes', 'acts', 'timesUsual']);
  const swift = rule('swift-approval', ['within']);
  const repeated = rule('repeated-reveals', ['sittings', 'within', 'pause']);
  const dormant = rule('dormant-account', ['after']);
  const nearEnd = rule('release-near-end', ['within']);
  return {
    hours: readHours(read, root['workingHours']),
    rules: {
      'outside-hours': outside.with({ acts: outside.whole('acts', 1, ACTS_MAX) }),
      burst: burst.with({
        withinMinutes: burst.whole('withinMinutes', 1, MINUTES_MAX),
        acts: burst.whole('acts', 2, ACTS_MAX),
        timesUsual: burst.whole('timesUsual', 1, TIMES_MAX),
      }),
      'swift-approval': swift.with({ withinMs: swift.duration('within') }),
      'repeated-reveals': repeated.with({
        sittings: repeated.whole('sittings', 2, SITTINGS_MAX),
        withinMs: repeated.duration('within'),
        pauseMs: repeated.duration('pause'),
      }),
      'dormant-account': dormant.with({ afterMs: dormant.duration('after') }),
      'unrelated-case': rule('unrelated-case', []).with({}),
      'self-linked': rule('self-linked', []).with({}),
      'release-near-end': nearEnd.with({ withinMs: nearEnd.duration('within') }),
    },
  };
}

/** Reads one rule: its texts, and its figures, which its explanation names in braces. */
class RuleReader {
  private readonly row: Row;
  private readonly at: string;
  private readonly figures = new Map<string, string>();

  constructor(
    private readonly read: PolicyReader,
    value: unknown,
    name: string,
    figures: readonly string[],
  ) {
    this.at = `/misuse/rules/${name}`;
    this.row = read.object(value, this.at, ['name', 'explanation', ...figures]);
  }

  whole(member: string, min: number, max: number): number {
    const value = this.read.whole(this.row[member], `${this.at}/${member}`, min, max);
    this.figures.set(member, String(value));
    return value;
  }

  duration(member: string): number {
    const value = this.read.duration(this.row[member], `${this.at}/${member}`);
    this.figures.set(member, durationText(value));
    return value;
  }

  /** Call it after the figures have been read: an explanation that names another one, or leaves one out, would mislead. */
  with<T extends object>(figures: T): T & MisuseRuleText {
    const text = this.read.text(this.row['explanation'], `${this.at}/explanation`);
    const named = new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, member = '']) => member));
    for (const member of named) {
      if (!this.figures.has(member)) this.read.fault(`${this.at}/explanation`, `names {${member}}, which is no figure of the rule`);
    }
    for (const member of this.figures.keys()) {
      if (!named.has(member)) this.read.fault(`${this.at}/explanation`, `must name {${member}}`);
    }
    const explanation = text.replace(/\{(\w+)\}/g, (all, member: string) => this.figures.get(member) ?? all);
    return { ...figures, name: this.read.text(this.row['name'], `${this.at}/name`), explanation };
  }
}

/** `90秒`, `24小时`, `60天`: the largest unit that leaves no rest. */
function durationText(ms: number): string {
  const [size, unit] = UNITS.find(([each]) => ms % each === 0) ?? [1_000, '秒'];
  return `${ms / size}${unit}`;
}

function readHours(read: PolicyReader, value: unknown): WeekHours {
  const at = '/misuse/workingHours';
  const root = read.object(value, at, ['hours', 'holidays', 'workdays']);
  const hours = read.object(root['hours'], `${at}/hours`, WEEKDAYS);
  const week = WEEKDAYS.map((name) => (hours[name] === undefined ? [] : readSpans(read, hours[name], `${at}/hours/${name}`)));
  const days = new Map<LegalDate, readonly Span[]>();
  const note = (day: unknown, pointer: string, spans: readonly Span[]): void => {
    if (typeof day !== 'string' || !isLegalDate(day)) return read.fault(pointer, 'must be a date YYYY-MM-DD');
    if (days.has(day)) read.fault(pointer, 'names a day that is named already');
    days.set(day, spans);
  };
  for (const [i, day] of read.list(root['holidays'], `${at}/holidays`).entries()) note(day, `${at}/holidays/${i}`, []);
  for (const [day, spans] of read.rows(root['workdays'], `${at}/workdays`)) {
    note(day, `${at}/workdays/${day}`, readSpans(read, spans, `${at}/workdays/${day}`));
  }
  if (days.size > DAYS_MAX) read.fault(at, `names at most ${DAYS_MAX} days`);
  return { week, days };
}

function readSpans(read: PolicyReader, value: unknown, pointer: string): readonly Span[] {
  const list = read.list(value, pointer);
  if (list.length > SPANS_MAX) read.fault(pointer, `names at most ${SPANS_MAX} spans`);
  const spans = list.map((one, i) => {
    const span = typeof one === 'string' ? parseSpan(one) : undefined;
    if (!span) read.fault(`${pointer}/${i}`, 'must be hours such as 08:30-17:00');
    return span ?? { fromMinute: 0, toMinute: 0 };
  });
  if (!inOrder(spans)) read.fault(pointer, 'must be in order and not overlap');
  return spans;
}
