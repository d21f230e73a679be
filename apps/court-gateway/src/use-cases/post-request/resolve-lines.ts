import { releaseTarget } from '#orders';
import type { DataKey } from '#privacy';
import type { Holding } from '../../adapters/store/holdings-reading.js';
import { measureAccount, type MeasureRow } from '../../adapters/store/measures-reading.js';
import { NO_KIND } from '../../adapters/store/order-rows.js';
import type { BankDirectory } from '../../gateway-parts.js';
import type { Vault } from '../../vault.js';
import { amountAt, invalidAt, positiveAt, unknownAt } from '../judge-request/amounts.js';
import { loweredBy } from '../judge-request/gate-facts.js';
import type { ResolvedLine } from '../judge-request/lines.js';
import type { Situation } from '../judge-request/situation.js';
import type { FreezeLineCommand, InquireCommand, RequestCommand } from './command.js';

/** What lines are looked up in. */
export interface Surroundings {
  readonly situation: Situation;
  readonly banks: BankDirectory;
  readonly vault: Vault;
  readonly caseKey: DataKey;
}

/** The kind of account that is taken for one that no inquiry has found: a deposit, which has the shortest term. */
const UNKNOWN_KIND = 'current';

/**
 * Looks up what the lines of a posted body mean. It judges nothing that a gate judges; it refuses what cannot be understood.
 * @throws AppError `invalid`, or `not-found` for a holding or measure that is none of the case
 */
export function resolveLines(command: RequestCommand, around: Surroundings): readonly ResolvedLine[] {
  switch (command.action) {
    case 'inquire':
      return inquiryLines(command, around);
    case 'freeze':
      return (command.lines ?? []).map((line, index) => freezeLine(line, `/lines/${index}`, around));
    case 'renew':
      return command.measureIds.map((id, index) => measureLine(id, `/measureIds/${index}`, around));
    case 'release':
      return command.lines.map((line, index) => {
        const pointer = `/lines/${index}`;
        const { measure, base } = onMeasure(line.measureId, pointer, `${pointer}/measureId`, around);
        const release = {
          ...(line.amount === undefined ? {} : { amount: positiveAt(line.amount, measure.currency, `${pointer}/amount`) }),
          ...(line.newLimit === undefined ? {} : { newLimit: amountAt(line.newLimit, measure.currency, `${pointer}/newLimit`) }),
        };
        const newLimit = releaseTarget({ ...release, measure: { limit: BigInt(measure.limit_amount) } });
        return { ...base, release, newLimit, amount: loweredBy(measure, newLimit) };
      });
    case 'deduct':
      return command.lines.map((line, index) => {
        const pointer = `/lines/${index}`;
        const { measure, base } = onMeasure(line.measureId, pointer, `${pointer}/measureId`, around);
        return { ...base, amount: positiveAt(line.amount, measure.currency, `${pointer}/amount`) };
      });
  }
}

/** All debtors at all active banks, unless the body names some; one line for each debtor and legal-person bank. */
function inquiryLines(command: InquireCommand, { situation, banks }: Surroundings): readonly ResolvedLine[] {
  const debtors = command.debtorIds
    ? command.debtorIds.map((id, index) => ({ id, pointer: `/debtorIds/${index}` }))
    : situation.parties.filter(({ role }) => role === 'debtor').map(({ id }) => ({ id, pointer: '/caseId' }));
  const at = command.banks
    ? command.banks.map((bank, index) => ({ bank, pointer: `/banks/${index}` }))
    : banks.all().flatMap(({ bank, active }) => (active ? [{ bank, pointer: '/banks' }] : []));
  return debtors.flatMap((debtor) =>
    at.flatMap(({ bank, pointer }) =>
      // A bank that nobody knows has no legal persons; the gates refuse it by its name.
      (banks.find(bank)?.legalPersons ?? [{ code: bank }]).map(({ code }) => ({
        pointer,
        debtorPointer: debtor.pointer,
        bankPointer: pointer,
        bank,
        legalPerson: code,
        debtorId: debtor.id,
        currency: situation.case.currency,
        kind: NO_KIND,
      })),
    ),
  );
}

function freezeLine(line: FreezeLineCommand, pointer: string, around: Surroundings): ResolvedLine {
  const scope = line.scope ?? 'funds';
  if (line.holdingId !== undefined) {
    if (line.bank !== undefined || line.account !== undefined || line.legalPerson !== undefined) {
      throw invalidAt(pointer, 'holdingId 与 bank、account 只能填一种');
    }
    const holding = around.situation.holdings.find(({ row }) => row.id === line.holdingId);
    if (!holding) throw unknownAt(`${pointer}/holdingId`);
    return {
      ...onHolding(holding, line.debtorId, pointer),
      scope,
      amount: positiveAt(line.amount, holding.row.currency, `${pointer}/amount`),
    };
  }
  if (line.bank === undefined || line.account === undefined) throw invalidAt(pointer, '须填 holdingId，或者 bank 和 account');
  const { bank, account } = line;
  const known = knownHolding(line, bank, account, around);
  if (known)
    return { ...onHolding(known, line.debtorId, pointer), scope, amount: positiveAt(line.amount, known.row.currency, `${pointer}/amount`) };
  const { currency } = around.situation.case;
  return {
    pointer,
    bankPointer: `${pointer}/bank`,
    debtorPointer: `${pointer}/debtorId`,
    bank,
    legalPerson: legalPersonOf(bank, line.legalPerson, pointer, around),
    debtorId: line.debtorId ?? onlyDebtor(pointer, around.situation),
    account: { number: account, index: around.vault.blind.of('account', account) },
    currency,
    kind: UNKNOWN_KIND,
    scope,
    amount: positiveAt(line.amount, currency, `${pointer}/amount`),
  };
}

/** An account that an inquiry has found is that holding, also when it is named by its number: its restriction cannot be passed by. */
function knownHolding(line: FreezeLineCommand, bank: string, account: string, { situation, vault }: Surroundings): Holding | undefined {
  const index = vault.blind.of('account', account);
  const known = situation.holdings.filter(
    ({ row }) =>
      row.bank === bank && row.account_index === index && (line.legalPerson === undefined || row.legal_person === line.legalPerson),
  );
  // Another debtor's holding is taken too: the gates then refuse the line, because it is not in its owner's name.
  return known.find(({ row }) => row.debtor_id === line.debtorId) ?? known[0];
}

function onHolding({ row, account }: Holding, debtorId: string | undefined, pointer: string): ResolvedLine {
  return {
    pointer,
    bank: row.bank,
    legalPerson: row.legal_person,
    debtorId: debtorId ?? row.debtor_id,
    holdingId: row.id,
    account: { number: account, index: row.account_index },
    currency: row.currency,
    kind: row.kind,
  };
}

function legalPersonOf(bank: string, wanted: string | undefined, pointer: string, { banks }: Surroundings): string {
  const persons = banks.find(bank)?.legalPersons ?? [{ code: bank }];
  if (wanted === undefined) return persons[0]?.code ?? bank;
  if (!persons.some(({ code }) => code === wanted)) throw invalidAt(`${pointer}/legalPerson`, `不是${bank}的法人行`);
  return wanted;
}

function soleDebtor({ parties }: Situation): string | undefined {
  const debtors = parties.filter(({ role }) => role === 'debtor');
  return debtors.length === 1 ? debtors[0]?.id : undefined;
}

function onlyDebtor(pointer: string, situation: Situation): string {
  const only = soleDebtor(situation);
  if (only === undefined) throw invalidAt(`${pointer}/debtorId`, '本案有多名被执行人，须指明是谁的账户');
  return only;
}

function measureLine(measureId: string, pointer: string, around: Surroundings): ResolvedLine {
  return onMeasure(measureId, pointer, pointer, around).base;
}

/** A release of one measure to a limit. */
export function releaseLineOf(vault: Vault, caseKey: DataKey, measure: MeasureRow, newLimit: bigint, pointer: string): ResolvedLine {
  return { ...lineOn(vault, caseKey, measure, pointer), newLimit, amount: loweredBy(measure, newLimit) };
}

function onMeasure(
  measureId: string,
  pointer: string,
  idPointer: string,
  { situation, vault, caseKey }: Surroundings,
): { readonly measure: MeasureRow; readonly base: ResolvedLine } {
  const measure = situation.measures.find(({ id }) => id === measureId);
  if (!measure) throw unknownAt(idPointer);
  return { measure, base: lineOn(vault, caseKey, measure, pointer) };
}

function lineOn(vault: Vault, caseKey: DataKey, measure: MeasureRow, pointer: string): ResolvedLine {
  return {
    pointer,
    bank: measure.bank,
    legalPerson: measure.legal_person,
    debtorId: measure.debtor_id,
    measureId: measure.id,
    ...(measure.holding_id === null ? {} : { holdingId: measure.holding_id }),
    account: { number: measureAccount(vault, caseKey, measure), index: measure.account_index },
    currency: measure.currency,
    kind: measure.kind,
  };
}
