import { AppError, formatAmount, sha256Hex, type Instant } from '#kernel';
import { committed, type CaseMoney, type FreezePlan } from '#orders';
import { insert, type Reader, type Row, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { caseMoneyOf, notFound, type CaseRow } from '../../adapters/store/case-rows.js';
import { holdingsOfCase } from '../../adapters/store/holdings-reading.js';
import { measureMoneyOf, measuresOfCase } from '../../adapters/store/measures-reading.js';
import { openLinesOfCase } from '../../adapters/store/order-rows.js';
import type { Vault } from '../../vault.js';

interface PlanRow extends Row {
  readonly id: string;
  readonly case_id: string;
  readonly sealed: Buffer;
  readonly valid_to: Instant;
}

/** What is kept of a plan: its lines, and what it was reckoned from. Amounts are decimal strings in `currency`. */
export interface StoredPlan {
  readonly currency: string;
  readonly lines: readonly { readonly holdingId: string; readonly amount: string }[];
  readonly basis: string;
}

/** A digest of all figures that a plan rests on: equal digests mean that nothing of the case's money or holdings has changed. */
export async function planBasis(reader: Reader, row: CaseRow): Promise<string> {
  const money = caseMoneyOf(row);
  const measures = (await measuresOfCase(reader, row.id)).map(measureMoneyOf);
  const open = (await openLinesOfCase(reader, row.id)).filter(({ action }) => action === 'freeze');
  const holdings = await holdingsOfCase(reader, row.id);
  const figures = holdings.map((one) => [
    one.id,
    one.state,
    one.currency,
    one.balance,
    one.available,
    one.restriction_code,
    one.restriction_reserve,
  ]);
  const bound = committed(
    money,
    measures,
    open.map(({ amount }) => BigInt(amount ?? 0)),
  );
  return sha256Hex(JSON.stringify([moneyTexts(money), String(bound), open.map((line) => [line.holding_id, line.amount]), figures]));
}

function moneyTexts({ ceiling, collected, satisfied }: CaseMoney): readonly string[] {
  return [String(ceiling), String(collected), String(satisfied)];
}

export interface NewPlan {
  readonly id: string;
  readonly case: CaseRow;
  readonly plan: FreezePlan;
  readonly basis: string;
  readonly by: string;
  readonly at: Instant;
  readonly validTo: Instant;
}

export async function insertPlan(tx: Tx, vault: Vault, caseKey: DataKey, made: NewPlan): Promise<void> {
  const { currency } = made.case;
  const lines = made.plan.lines.map(({ holdingId, amount }) => ({ holdingId, amount: formatAmount(amount, currency) }));
  const stored: StoredPlan = { currency, lines, basis: made.basis };
  await insert(tx, 'plans', {
    id: made.id,
    case_id: made.case.id,
    case_lock_no: made.case.lock_no,
    sealed: vault.seal(caseKey, 'plans', 'sealed', made.id, stored),
    by_user: made.by,
    at: made.at,
    valid_to: made.validTo,
  });
}

/**
 * The plan that a freeze names, read under the case's lock.
 * @throws AppError `not-found`, or `plan-stale` when it is too old or the case's money or holdings have changed since
 */
export async function usePlan(tx: Tx, vault: Vault, caseKey: DataKey, row: CaseRow, planId: string, at: Instant): Promise<StoredPlan> {
  const found = await tx.one<PlanRow>('SELECT id, case_id, sealed, valid_to FROM plans WHERE id = ?', [planId]);
  if (!found || found.case_id !== row.id) throw notFound();
  const plan = vault.open<StoredPlan>(caseKey, 'plans', 'sealed', found.id, found.sealed);
  if (at > found.valid_to) throw stale('冻结方案已超过有效期，请重新制作');
  if ((await planBasis(tx, row)) !== plan.basis) throw stale('案件金额或财产情况已变化，请重新制作冻结方案');
  if (plan.lines.length === 0) throw stale('冻结方案没有可冻结的财产');
  return plan;
}

function stale(detail: string): AppError {
  return new AppError('plan-stale', detail, { errors: [{ pointer: '/planId', detail }] });
}
