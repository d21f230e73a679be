import type { TransactionLine } from '#contracts';
import { instantText, moneyJson } from '#kernel';
import { restrictionOf, type Policy } from '#orders';
import { maskAccount, maskName, type DataKey } from '#privacy';
import { openHolding, type HoldingRow } from '../../adapters/store/holdings-reading.js';
import { measureAccount, type MeasureRow } from '../../adapters/store/measures-reading.js';
import type { PaymentRow } from '../../adapters/store/payment-rows.js';
import type { TaskDetail, TaskRow } from '../../adapters/store/task-rows.js';
import type { Vault } from '../../vault.js';
import { restrictionOfHolding } from '../judge-request/gate-facts.js';

/** What is sent to a reader: accounts masked, members that say nothing left out. */
export type View = Readonly<Record<string, unknown>>;

function money(minor: number, currency: string) {
  return moneyJson(BigInt(minor), currency);
}

export function holdingView(vault: Vault, caseKey: DataKey, policy: Policy, row: HoldingRow): View {
  const holding = openHolding(vault, caseKey, row);
  const { restriction } = holding;
  const rule = restrictionOfHolding(policy, holding) ?? restrictionOf(policy, row.kind);
  return {
    id: row.id,
    debtorId: row.debtor_id,
    bank: row.bank,
    legalPerson: row.legal_person,
    account: maskAccount(holding.account),
    kind: row.kind,
    currency: row.currency,
    state: row.state,
    balance: money(row.balance, row.currency),
    available: money(row.available, row.currency),
    priorMeasures: holding.priorMeasures,
    // A holder of a right may be a person; whose right it is matters to the court, so the name stays and is the bank's own word.
    priorityRights: holding.priorityRights,
    ...(rule
      ? {
          restriction: {
            code: rule.code,
            freeze: rule.freeze,
            deduct: rule.deduct,
            ...(rule.reserve === undefined ? {} : { reserve: moneyJson(rule.reserve, row.currency) }),
            basis: restriction?.basis ?? rule.basis,
          },
        }
      : {}),
    ...(holding.coOwners ? { coOwners: holding.coOwners.map(maskName) } : {}),
    ...(holding.asset ? { asset: holding.asset } : {}),
    ...(row.order_number === null ? {} : { orderNumber: row.order_number }),
    asOf: instantText(row.as_of),
  };
}

/** A counterparty is somebody outside the case: never more of him than a mask. */
export function transactionView(line: TransactionLine): View {
  const { counterpartName, counterpartAccount, ...rest } = line;
  return {
    ...rest,
    ...(counterpartName === undefined ? {} : { counterpartName: maskName(counterpartName) }),
    ...(counterpartAccount === undefined ? {} : { counterpartAccount: maskAccount(counterpartAccount) }),
  };
}

export function measureView(vault: Vault, caseKey: DataKey, row: MeasureRow): View {
  return {
    id: row.id,
    caseId: row.case_id,
    ...(row.holding_id === null ? {} : { holdingId: row.holding_id }),
    debtorId: row.debtor_id,
    bank: row.bank,
    legalPerson: row.legal_person,
    account: maskAccount(measureAccount(vault, caseKey, row)),
    kind: row.kind,
    scope: row.scope,
    limit: money(row.limit_amount, row.currency),
    covered: money(row.covered, row.currency),
    uncovered: money(row.uncovered, row.currency),
    rank: row.rank_no,
    status: row.status,
    from: row.from_date,
    to: row.to_date,
    orderNumber: row.order_number,
    seq: row.seq,
    asOf: instantText(row.as_of),
  };
}

export function paymentView(row: PaymentRow): View {
  return {
    id: row.id,
    orderNumber: row.order_number,
    seq: row.seq,
    measureId: row.measure_id,
    amount: money(row.amount, row.currency),
    principal: money(row.principal, row.currency),
    interest: money(row.interest, row.currency),
    fee: money(row.fee, row.currency),
    channel: row.channel,
    bankSerial: row.bank_serial,
    valueDate: row.value_date,
    state: row.state,
    ...(row.credited_at === null ? {} : { creditedAt: instantText(row.credited_at) }),
    ...(row.claim_due_at === null ? {} : { claimDueAt: instantText(row.claim_due_at) }),
    ...(row.claimed_at === null ? {} : { claimedAt: instantText(row.claimed_at) }),
  };
}

export function taskView(row: TaskRow, detail: TaskDetail | undefined): View {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    state: row.state,
    ...(row.case_id === null ? {} : { caseId: row.case_id }),
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
    ...(row.order_number === null ? {} : { orderNumber: row.order_number }),
    ...(row.seq === null ? {} : { seq: row.seq }),
    ...(detail ?? {}),
    at: instantText(row.at),
    ...(row.due_at === null ? {} : { dueAt: instantText(row.due_at) }),
    ...(row.done_by === null || row.done_at === null ? {} : { doneBy: row.done_by, doneAt: instantText(row.done_at) }),
  };
}
