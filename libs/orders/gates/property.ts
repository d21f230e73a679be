import { type Minor, formatAmount, maxMinor, sumMinor } from '#kernel';
import { type RestrictionFacts, deductibleOf, freezableOf, isExempt } from '../restrictions.js';
import type {
  DeductFacts,
  FreezeFacts,
  GateBank,
  GateDeductLine,
  GateFacts,
  GateFreezeLine,
  GateMeasure,
  InquireFacts,
  RenewFacts,
} from './facts.js';
import type { Refusal } from './refusal.js';

type ControlledFacts = FreezeFacts | RenewFacts | DeductFacts;
interface RestrictedLine {
  readonly pointer: string;
  readonly restriction: RestrictionFacts;
}

function restrictedLines(facts: ControlledFacts): readonly RestrictedLine[] {
  const lines: readonly { pointer: string; holding?: { restriction?: RestrictionFacts }; measure?: { restriction?: RestrictionFacts } }[] =
    facts.lines;
  return lines.flatMap(({ pointer, holding, measure }) => {
    const restriction = holding?.restriction ?? measure?.restriction;
    return restriction ? [{ pointer, restriction }] : [];
  });
}

/** R24: money that the law keeps from any seizure is neither frozen, nor kept frozen, nor taken. */
export function propertyMustNotBeExempt(facts: ControlledFacts): Refusal | undefined {
  const line = restrictedLines(facts).find(({ restriction }) => isExempt(restriction));
  return (
    line && {
      code: 'exempt-account',
      detail: `该账户资金依法不得查控：${line.restriction.basis}`,
      pointer: line.pointer,
      extra: { restriction: line.restriction.code },
    }
  );
}

/** R24: of money that may be frozen only above a reserve, the reserve stays free; what may be deducted only is not frozen at all. */
export function freezeMustRespectRestriction(facts: FreezeFacts): Refusal | undefined {
  for (const line of facts.lines) {
    const { holding } = line;
    if (!holding?.restriction || holding.restriction.freeze === 'yes') continue;
    const most = maxMinor(0n, freezableOf(holding.available, holding.restriction) - holding.openFreezes);
    const asked = sumOf(facts.lines, (other) => other.holding?.id === holding.id);
    if (asked > most || line.scope === 'account') return restricted(line, holding.restriction, most, holding.currency, '冻结');
  }
  return undefined;
}

/**
 * R24: money that may be frozen and not taken stays where it is; of the rest, the reserve stays in the account, reckoned on the balance that
 * the bank stated last. Where no balance is known, what is covered was frozen above the reserve and may go. Known hole: when the debtor has
 * spent the reserve that was left to him, this refuses although the frozen part is free to take; the officer then waits for the next inflow.
 */
export function deductMustRespectRestriction(facts: DeductFacts): Refusal | undefined {
  for (const line of facts.lines) {
    const { measure } = line;
    if (!measure.restriction || measure.restriction.deduct === 'yes') continue;
    const most = maxMinor(0n, deductibleFrom(measure, measure.restriction) - measure.openDeducts);
    const asked = sumOf(facts.lines, (other) => other.measure.id === measure.id);
    if (asked > most) return restricted(line, measure.restriction, most, measure.currency, '扣划');
  }
  return undefined;
}

function deductibleFrom(measure: GateMeasure, restriction: RestrictionFacts): Minor {
  if (measure.balance === undefined && restriction.deduct === 'above-reserve') return measure.covered;
  return deductibleOf(measure.balance ?? 0n, restriction);
}

function sumOf<L extends GateFreezeLine | GateDeductLine>(lines: readonly L[], same: (line: L) => boolean): Minor {
  return sumMinor(lines.filter(same).map((line) => line.amount));
}

function restricted(line: { pointer: string }, restriction: RestrictionFacts, most: Minor, currency: string, act: string): Refusal {
  const available = formatAmount(most, currency);
  return {
    code: 'restricted-account',
    detail: `该账户资金受限，${act}不得超过${available}：${restriction.basis}`,
    pointer: line.pointer,
    extra: { restriction: restriction.code, available },
  };
}

/** 法〔2014〕266号, R34: what the bank's profile says it can do; an inactive bank can do nothing. */
export function bankMustSupport(facts: GateFacts & { readonly action: GateBank['actions'][number] }): Refusal | undefined {
  const banks = new Map(facts.banks.map((bank) => [bank.name, bank]));
  const line = facts.lines.find(({ bank }) => !banks.get(bank)?.active || !banks.get(bank)?.actions.includes(facts.action));
  return line && unsupported(`${line.bank}不支持此项业务`, line.bankPointer ?? line.pointer);
}

export function bankMustSupportTransactions(facts: InquireFacts): Refusal | undefined {
  if (!facts.transactions) return undefined;
  const without = facts.banks.find((bank) => !bank.transactions && facts.lines.some((line) => line.bank === bank.name));
  return without && unsupported(`${without.name}不支持查询交易流水`, '/transactions');
}

/** R18, R34: the scope and the kind of property; and one currency per case, since a ceiling over several currencies means nothing. */
export function bankMustSupportFreeze(facts: FreezeFacts): Refusal | undefined {
  const banks = new Map(facts.banks.map((bank) => [bank.name, bank]));
  for (const line of facts.lines) {
    const bank = banks.get(line.bank);
    if (!bank?.scopes.includes(line.scope)) return unsupported(`${line.bank}不支持冻结整个账户`, `${line.pointer}/scope`);
    if (!bank.propertyKinds.includes(line.holding?.property ?? 'deposit'))
      return unsupported(`${line.bank}不支持冻结此类财产`, line.pointer);
    if (line.currency !== facts.case.currency) return unsupported('账户币种与案件币种不同，暂不支持网络冻结', line.pointer);
  }
  return undefined;
}

/** R18: full and partial deduction; a bank that can only take the whole is asked for the whole. */
export function bankMustSupportDeduct(facts: DeductFacts): Refusal | undefined {
  const banks = new Map(facts.banks.map((bank) => [bank.name, bank]));
  const line = facts.lines.find(({ bank, amount, measure }) => !banks.get(bank)?.partialDeduct && amount < measure.covered);
  return line && unsupported(`${line.bank}不支持部分扣划`, `${line.pointer}/amount`);
}

function unsupported(detail: string, pointer: string): Refusal {
  return { code: 'unsupported-by-bank', detail, pointer };
}
