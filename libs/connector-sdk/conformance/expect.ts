import type { ControlLine, HoldingLine, OrderAnswered } from '#contracts';
import type { Told } from './case.js';

/** The bank (or our connector) does not keep what the case says. The message tells what was expected and what came. */
export class NotConformant extends Error {
  override readonly name = 'NotConformant';
}

export function must(holds: boolean, says: string): asserts holds {
  if (!holds) throw new NotConformant(says);
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Equal as values; absent and undefined members are the same. */
export function equal(what: string, found: unknown, expected: unknown): void {
  must(JSON.stringify(sorted(found)) === JSON.stringify(sorted(expected)), `${what} is ${shown(found)}, expected ${shown(expected)}`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, sorted(one)]),
  );
}

/** What an order's end looks like when it is not what a case waits for. */
function endOf({ answers, events }: Told): string {
  const doubt = events.find(({ event }) => event === 'undetermined' || event === 'withdrawn');
  if (doubt) return `${doubt.event} (${doubt.code ?? ''}: ${doubt.reason ?? ''})`;
  const [answer] = answers;
  if (!answer) return 'no answer in time';
  const { inquiry, control, rollback } = answer;
  return shown({ inquiry: inquiry?.result, lines: control?.lines.map(({ seq, status }) => ({ seq, status })), rollback });
}

function answered(told: Told): OrderAnswered {
  const [answer] = told.answers;
  must(answer !== undefined, `the order ended as: ${endOf(told)}`);
  return answer;
}

export function inquiryOf(told: Told): NonNullable<OrderAnswered['inquiry']> {
  const { inquiry } = answered(told);
  must(inquiry !== undefined, `expected the answer of an inquiry, the order ended as: ${endOf(told)}`);
  return inquiry;
}

export function holdingOf(told: Told, account: string): HoldingLine {
  const found = inquiryOf(told).holdings.find((one) => one.account === account);
  must(found !== undefined, `account ${account} is not listed`);
  return found;
}

/** Our side says that it does not know what the bank did: of the order, or of its first line. */
export function isInDoubt({ answers, events }: Told): boolean {
  const [line] = answers.flatMap(({ control }) => control?.lines ?? []);
  return line?.status === 'undetermined' || events.some(({ event }) => event === 'undetermined');
}

/** The last word on a line. */
export function lineOf(told: Told, seq = 1): ControlLine {
  const lines = told.answers.flatMap(({ control }) => control?.lines ?? []).filter((line) => line.seq === seq);
  const line = lines.at(-1);
  must(line !== undefined, `line ${seq} is not answered; the order ended as: ${endOf(told)}`);
  return line;
}

export function rollbackOf(told: Told): NonNullable<OrderAnswered['rollback']> {
  const { rollback } = answered(told);
  must(rollback !== undefined, `expected a rollback, the order ended as: ${endOf(told)}`);
  return rollback;
}

/** Members of a control line that a case looks at; amounts as decimal texts. */
export interface Figures {
  readonly status: ControlLine['status'];
  readonly limit?: string;
  readonly covered?: string;
  readonly uncovered?: string;
  readonly balance?: string;
  readonly available?: string;
  readonly rank?: number;
  readonly from?: string;
  readonly to?: string;
}

/** A line says exactly these figures, whatever else it says. */
export function figures(told: Told, expected: Figures, seq = 1): ControlLine {
  const line = lineOf(told, seq);
  for (const name of Object.keys(expected) as (keyof Figures)[]) {
    const found = line[name];
    equal(`line ${seq}: ${name}`, typeof found === 'object' ? found.amount : found, expected[name]);
  }
  return line;
}

/** A line is refused with one of these canonical reasons (R26). */
export function refusedFor(told: Told, codes: readonly string[], seq = 1): void {
  const { reason } = figures(told, { status: 'refused' }, seq);
  must(reason !== undefined, `line ${seq} is refused without a reason`);
  must(codes.includes(reason.code), `line ${seq} is refused for ${reason.code}, expected ${codes.join(' or ')}`);
}

/** The substance of the answers, for comparing a repetition with the first. */
export function substance({ answers }: Told): unknown {
  return answers.map(({ inquiry, control, rollback }) => ({ inquiry, control, rollback }));
}
