import {
  AppError,
  formatAmount,
  isCurrency,
  isLegalDate,
  MINOR_MAX,
  parseAmount,
  sumMinor,
  type FieldError,
  type LegalDate,
  type Minor,
} from '#kernel';
import {
  CASE_KINDS,
  caseKindOf,
  identityFaults,
  isCaseNumberOfAnyStyle,
  normalIdNumber,
  parseCaseNumber,
  type CaseKind,
  type PartyRole,
} from '#orders';
import type { CourtAccount } from '../../adapters/store/court-rows.js';

/** A case as it comes in, by the interface or as lines of a file; shapes are checked, meanings are not. */
export interface CaseInput {
  readonly caseNumber: string;
  readonly courtCode: string;
  readonly kind?: string;
  readonly filedOn: string;
  readonly cause?: string;
  readonly tags?: readonly string[];
  readonly ceiling?: { readonly amount: string; readonly currency: string };
  readonly debt?: { readonly principal: string; readonly interest?: string; readonly interestTo?: string; readonly fee?: string };
  readonly courtAccount?: CourtAccount;
  readonly predecessors?: readonly { readonly caseNumber: string }[];
  readonly parties: readonly PartyInput[];
}

export interface PartyInput {
  readonly role: PartyRole;
  readonly kind: 'person' | 'organisation';
  readonly name: string;
  readonly idType: string;
  readonly idNumber: string;
  readonly liabilityCap?: string;
}

/** What is owed, in the minor unit of the case's currency (R19): the ceiling is the sum. */
export interface Debt {
  readonly principal: Minor;
  readonly interest: Minor;
  readonly interestTo?: LegalDate;
  readonly fee: Minor;
  readonly ceiling: Minor;
}

/** A case that may be filed. */
export interface NewCase {
  readonly caseNumber: string;
  readonly courtCode: string;
  readonly kind: CaseKind;
  readonly filedOn: LegalDate;
  readonly cause?: string;
  readonly tags: readonly string[];
  readonly currency: string;
  readonly debt: Debt;
  readonly courtAccount?: CourtAccount;
  readonly predecessors: readonly { readonly caseNumber: string }[];
  readonly parties: readonly NewParty[];
}

export interface NewParty extends Omit<PartyInput, 'liabilityCap'> {
  readonly liabilityCap?: Minor;
}

export const PARTIES_MAX = 200;
const DEFAULT_CURRENCY = 'CNY';

/**
 * Judges every part of a case and lists all faults at once.
 * @throws AppError `invalid` with a pointer for each fault
 */
export function readNewCase(input: CaseInput): NewCase {
  const faults: FieldError[] = [];
  const number = parseCaseNumber(input.caseNumber);
  if (!number) faults.push({ pointer: '/caseNumber', detail: '不是规范的案号，例如 (2026)鄂0106执1234号' });
  if (!isLegalDate(input.filedOn)) faults.push({ pointer: '/filedOn', detail: '是 YYYY-MM-DD 形式的日期' });
  const kind = CASE_KINDS.find((each) => each === (input.kind ?? caseKindOf(number?.type ?? '')));
  if (!kind) faults.push({ pointer: '/kind', detail: `是以下之一：${CASE_KINDS.join('、')}` });
  const predecessors = (input.predecessors ?? []).map(({ caseNumber }, index) => {
    if (!isCaseNumberOfAnyStyle(caseNumber)) faults.push({ pointer: `/predecessors/${index}/caseNumber`, detail: '不是规范的案号' });
    return { caseNumber: parseCaseNumber(caseNumber)?.text ?? caseNumber.trim() };
  });
  const currency = input.ceiling?.currency ?? DEFAULT_CURRENCY;
  const debt = readCeilingOrDebt(input, faults);
  const parties = readParties(input.parties, currency, faults);
  if (faults.length > 0 || !number || !kind || !debt) throw faulty(faults);
  return {
    caseNumber: number.text,
    courtCode: input.courtCode,
    kind,
    filedOn: input.filedOn,
    ...(input.cause === undefined ? {} : { cause: input.cause.trim() }),
    tags: input.tags ?? [],
    currency,
    debt,
    ...(input.courtAccount === undefined ? {} : { courtAccount: input.courtAccount }),
    predecessors,
    parties,
  };
}

function readCeilingOrDebt({ ceiling, debt }: CaseInput, faults: FieldError[]): Debt | undefined {
  if ((ceiling === undefined) === (debt === undefined)) {
    faults.push({ pointer: '/ceiling', detail: '标的额上限（ceiling）与债权明细（debt）须择一填写' });
    return undefined;
  }
  if (debt) return readDebt(debt, DEFAULT_CURRENCY, '/debt', faults);
  if (!isCurrency(ceiling?.currency ?? '')) faults.push({ pointer: '/ceiling/currency', detail: '是 ISO 4217 币种代码，例如 CNY' });
  const principal = readAmount(ceiling?.amount ?? '', ceiling?.currency ?? '', '/ceiling/amount', faults);
  return principal === undefined ? undefined : { principal, interest: 0n, fee: 0n, ceiling: principal };
}

/** R19: principal, interest to date and fee. Faults go into the list; then there is no result. */
export function readDebt(
  input: { readonly principal: string; readonly interest?: string; readonly interestTo?: string; readonly fee?: string },
  currency: string,
  base: string,
  faults: FieldError[],
): Debt | undefined {
  const principal = readAmount(input.principal, currency, `${base}/principal`, faults);
  const interest = readAmount(input.interest ?? '0', currency, `${base}/interest`, faults, 0n);
  const fee = readAmount(input.fee ?? '0', currency, `${base}/fee`, faults, 0n);
  if (principal === undefined || interest === undefined || fee === undefined) return undefined;
  const ceiling = sumMinor([principal, interest, fee]);
  if (ceiling > MINOR_MAX) faults.push({ pointer: `${base}/principal`, detail: `合计不得超过${formatAmount(MINOR_MAX, currency)}` });
  return { principal, interest, fee, ceiling, ...(input.interestTo === undefined ? {} : { interestTo: input.interestTo }) };
}

function readAmount(text: string, currency: string, pointer: string, faults: FieldError[], least = 1n): Minor | undefined {
  try {
    const amount = parseAmount(text, currency);
    if (amount >= least) return amount;
    faults.push({ pointer, detail: '须大于零' });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
    faults.push({ pointer, detail: '不是有效的金额，或小数位过多、数额过大' });
  }
  return undefined;
}

function readParties(parties: readonly PartyInput[], currency: string, faults: FieldError[]): NewParty[] {
  const seen = new Set<string>();
  if (!parties.some(({ role }) => role === 'debtor')) faults.push({ pointer: '/parties', detail: '至少有一名被执行人' });
  if (parties.length > PARTIES_MAX) faults.push({ pointer: '/parties', detail: `至多${PARTIES_MAX}名当事人` });
  return parties.map((party, index) => {
    const pointer = `/parties/${index}`;
    for (const fault of identityFaults(party.idType, party.idNumber)) faults.push({ ...fault, pointer: pointer + fault.pointer });
    const { liabilityCap, ...rest } = party;
    const idNumber = normalIdNumber(party.idNumber);
    const identity = `${party.role}|${party.idType}|${idNumber}`;
    if (seen.has(identity)) faults.push({ pointer, detail: '同一当事人重复' });
    seen.add(identity);
    if (liabilityCap === undefined) return { ...rest, name: party.name.trim(), idNumber };
    if (party.role !== 'debtor') faults.push({ pointer: `${pointer}/liabilityCap`, detail: '只有被执行人可以有责任限额' });
    const cap = readAmount(liabilityCap, currency, `${pointer}/liabilityCap`, faults);
    return { ...rest, name: party.name.trim(), idNumber, ...(cap === undefined ? {} : { liabilityCap: cap }) };
  });
}

/** One error for all faults of a body. */
export function faulty(faults: readonly FieldError[]): AppError {
  const [first] = faults;
  return new AppError('invalid', first ? `${first.pointer} ${first.detail}` : '内容不正确', { errors: faults });
}
