import { type Minor, formatAmount, maxMinor, sumMinor } from '#kernel';
import { boundBy, commitmentMax, room } from '../ceilings.js';
import type { DeductFacts, FreezeFacts, GateDeductLine, GateMeasure, GateReleaseLine, ReleaseFacts } from './facts.js';
import type { Refusal } from './refusal.js';

/** I7, R19: no freeze raises what is committed above the ceiling less satisfactions. */
export function freezeMustStayUnderCeiling(facts: FreezeFacts): Refusal | undefined {
  const left = room(facts.case.money, facts.case.committed);
  if (sumMinor(facts.lines.map((line) => line.amount)) <= left) return undefined;
  return overCeiling(facts, left, '冻结金额合计超过案件标的额上限的余额');
}

/**
 * R19: what is taken stays within what is owed. A deduct leaves `committed` as it is, so this binds only where the debt has fallen below
 * what is frozen: then the excess is released and not taken.
 */
export function deductMustStayUnderCeiling(facts: DeductFacts): Refusal | undefined {
  const { money, openDeducts } = facts.case;
  const left = commitmentMax(money) - money.collected - openDeducts;
  if (sumMinor(facts.lines.map((line) => line.amount)) <= left) return undefined;
  return overCeiling(facts, maxMinor(0n, left), '扣划金额合计超过案件未履行额');
}

function overCeiling(facts: FreezeFacts | DeductFacts, left: Minor, detail: string): Refusal {
  const room = formatAmount(left, facts.case.currency);
  return { code: 'over-ceiling', detail: `${detail}${room}`, pointer: facts.lines[0]?.pointer, extra: { room } };
}

/**
 * I8, R20: open and undetermined deducts of a measure and this one stay within what is covered, which is nothing unless the measure is in
 * force. Open releases count too, but a deduct beside one is refused as `open-orders` in any case and is told so rather than about a sum.
 */
export function deductMustStayWithinCovered(facts: DeductFacts): Refusal | undefined {
  for (const line of facts.lines) {
    const { measure } = line;
    const covered = measure.status === 'in-force' ? measure.covered : 0n;
    const left = maxMinor(0n, covered - measure.openDeducts);
    if (sumOnMeasure(facts.lines, measure) <= left) continue;
    const available = formatAmount(left, measure.currency);
    return {
      code: 'deduct-over-covered',
      detail: `扣划金额超过该项冻结实际控制且未在途的金额${available}`,
      pointer: `${line.pointer}/amount`,
      extra: { measureId: measure.id, available },
    };
  }
  return undefined;
}

function sumOnMeasure(lines: readonly GateDeductLine[], measure: GateMeasure): Minor {
  return sumMinor(lines.filter((line) => line.measure.id === measure.id).map((line) => line.amount));
}

/** R7, R15: preserved money is kept for the judgment and taken only in the execution case that follows. */
export function deductNotInPreservation(facts: DeductFacts): Refusal | undefined {
  if (facts.case.kind !== 'preservation') return undefined;
  return { code: 'deduct-in-preservation', detail: '财产保全案件不得扣划，应在执行案件中扣划', pointer: '/caseId' };
}

/** R20, I8: deducted money goes to the case's own account, which stands in the court's register (rollback code 0404). */
export function courtAccountMustBeRegistered(facts: DeductFacts): Refusal | undefined {
  if (facts.courtAccount?.registered) return undefined;
  const detail = facts.courtAccount ? '案件的执行款账户不在本院账户登记表内' : '案件没有执行款专户';
  return { code: 'court-account-missing', detail, pointer: '/caseId' };
}

/** I8: a deduct and a release of one measure exclude each other. */
export function deductMustNotMeetRelease(facts: DeductFacts): Refusal | undefined {
  const line = facts.lines.find(({ measure }) => measure.openReleases > 0n || measure.wholeReleaseOpen);
  return line && { code: 'open-orders', detail: '该项冻结有尚未办结的解除，不得扣划', pointer: line.pointer };
}

/**
 * I8: a release and a deduct of one measure exclude each other; releases of one measure do not exceed it together, and one that ends it is
 * not asked twice. A release that ends the measure may follow one that lowers it: lanes keep them in order.
 */
export function releaseMustNotMeetOthers(facts: ReleaseFacts): Refusal | undefined {
  for (const line of facts.lines) {
    const { measure } = line;
    if (measure.openDeducts > 0n) return openOrders(line, '该项冻结有尚未办结的扣划，不得解除');
    if (measure.wholeReleaseOpen) return openOrders(line, '该项冻结已有尚未办结的全部解除');
    if (releaseTarget(line) > 0n && measure.openReleases + releasedBy(line) > boundBy(measure)) {
      return openOrders(line, '连同尚未办结的解除，超过该项冻结的金额');
    }
  }
  return undefined;
}

function openOrders(line: GateReleaseLine, detail: string): Refusal {
  return { code: 'open-orders', detail, pointer: line.pointer };
}

/** The limit that a release line leaves: the one it names, or what is left after its amount, or nothing. */
export function releaseTarget(
  line: Pick<GateReleaseLine, 'amount' | 'newLimit'> & { readonly measure: Pick<GateMeasure, 'limit'> },
): Minor {
  if (line.newLimit !== undefined) return line.newLimit;
  return line.amount === undefined ? 0n : line.measure.limit - line.amount;
}

/** By how much a release line lowers what the measure binds; this is the sum that stands under a release ruling and in open releases. */
export function releasedBy(line: Pick<GateReleaseLine, 'amount' | 'newLimit' | 'measure'>): Minor {
  return boundBy(line.measure) - releaseTarget(line);
}

/** A release lowers something that is live, by one of its three forms: an amount, a new limit, or the whole. */
export function releaseMustLower(facts: ReleaseFacts): Refusal | undefined {
  const seen = new Set<string>();
  for (const line of facts.lines) {
    const { measure } = line;
    const target = releaseTarget(line);
    const invalid = (detail: string, member = ''): Refusal => ({ code: 'invalid', detail, pointer: `${line.pointer}${member}` });
    if (line.amount !== undefined && line.newLimit !== undefined) return invalid('解除金额与新的限额只能填一项');
    if (seen.has(measure.id)) return invalid('同一项冻结在一次请求中只能解除一次', '/measureId');
    if (measure.status !== 'in-force' && measure.status !== 'waiting') return invalid('该项冻结已经终结', '/measureId');
    if (target < 0n) return invalid('解除金额超过该项冻结的限额', '/amount');
    if (target >= boundBy(measure) && target > 0n) return invalid('新的限额没有降低该项冻结', '/newLimit');
    seen.add(measure.id);
  }
  return undefined;
}
