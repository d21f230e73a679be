import { canonicalBytes, sha256Hex, type CanonicalValue } from '#kernel';
import type { ControlLine, OrderDispatched } from '#contracts';
import type { AnswerContent } from '#connector-sdk';

export type UnitStatus = ControlLine['status'] | 'rolled-back';

/** What is kept of a line. An inquiry, and an order that was given back, are one unit with the number 0. */
export interface SettledUnit {
  readonly seq: number;
  readonly status: UnitStatus;
  /** Digest of what counts in it; two answers of one substance do not contradict each other. */
  readonly substance: string;
}

export interface Settlement {
  /** What is new in the answer, to be told to the gateway; undefined when nothing is. */
  readonly news: AnswerContent | undefined;
  /** Units that were over already and of which the answer says something else. Never applied. */
  readonly contradicted: readonly number[];
  readonly units: readonly SettledUnit[];
}

const WHOLE_ORDER = 0;
const OVER: ReadonlySet<UnitStatus> = new Set<UnitStatus>(['executed', 'partly-executed', 'refused', 'rolled-back']);

export function isOver({ status }: Pick<SettledUnit, 'status'>): boolean {
  return OVER.has(status);
}

/** Compares an answer with what earlier answers have settled: a repetition changes nothing, a contradiction is never applied. */
export function settleLines(order: OrderDispatched, settled: readonly SettledUnit[], content: AnswerContent): Settlement {
  if ('control' in content) return settleControl(order, settled, content.control.lines);
  const unit = wholeUnit(content);
  const known = settled.find(({ seq }) => seq === WHOLE_ORDER);
  if (known?.substance === unit.substance) return { news: undefined, contradicted: [], units: [] };
  const over = settled.filter(isOver);
  if (over.length > 0) return { news: undefined, contradicted: over.map(({ seq }) => seq), units: [] };
  return { news: content, contradicted: [], units: [unit] };
}

function settleControl(order: OrderDispatched, settled: readonly SettledUnit[], lines: readonly ControlLine[]): Settlement {
  if (settled.some(({ status }) => status === 'rolled-back')) {
    return { news: undefined, contradicted: lines.map(({ seq }) => seq), units: [] };
  }
  const known = new Map(settled.map((unit) => [unit.seq, unit]));
  const news: ControlLine[] = [];
  const contradicted: number[] = [];
  for (const line of [...lines, ...passedOver(order, known, lines)]) {
    const before = known.get(line.seq);
    const { substance } = controlUnit(line);
    if (before?.substance === substance) continue;
    if (before && isOver(before)) contradicted.push(line.seq);
    else news.push(line);
  }
  return { news: news.length > 0 ? { control: { lines: news } } : undefined, contradicted, units: news.map(controlUnit) };
}

/** Lines that the bank has never said anything about, although it answers the order: nobody knows what became of them. */
function passedOver(
  order: OrderDispatched,
  known: ReadonlyMap<number, SettledUnit>,
  lines: readonly ControlLine[],
): readonly ControlLine[] {
  const said = new Set(lines.map(({ seq }) => seq));
  return order.lines
    .filter(({ seq }) => !said.has(seq) && !known.has(seq))
    .map(({ seq }) => ({ seq, status: 'undetermined', reason: { code: 'FORMAT', text: '银行反馈中缺少该序号' } }));
}

/** Every line of the order that is not over, said to be undetermined: what an answer is worth that nobody can trust or read. */
export function doubtfulLines(order: OrderDispatched, settled: readonly SettledUnit[], code: string, text: string): readonly ControlLine[] {
  if (settled.some(({ status }) => status === 'rolled-back')) return [];
  const over = new Set(settled.filter(isOver).map(({ seq }) => seq));
  return order.lines.filter(({ seq }) => !over.has(seq)).map(({ seq }) => ({ seq, status: 'undetermined', reason: { code, text } }));
}

/** Figures that only say how things stood when the bank wrote (balance, rank, other courts' measures) are no part of the substance. */
function controlUnit(line: ControlLine): SettledUnit {
  const { seq, status, limit, covered, uncovered, from, to, expectedOn, moved } = line;
  const what = { status, limit, covered, uncovered, from, to, moved, expectedOn: status === 'in-progress' ? expectedOn : undefined };
  return { seq, status, substance: digestOf(what) };
}

function wholeUnit(content: Exclude<AnswerContent, { control: unknown }>): SettledUnit {
  if ('rollback' in content) return { seq: WHOLE_ORDER, status: 'rolled-back', substance: digestOf({ rollback: content.rollback.code }) };
  return { seq: WHOLE_ORDER, status: 'executed', substance: digestOf(content.inquiry) };
}

function digestOf(value: object): string {
  return sha256Hex(canonicalBytes(value as CanonicalValue));
}
