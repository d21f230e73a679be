import { AppError, type FieldError } from '#kernel';
import { OPEN_LINE_STATUSES } from '#orders';
import { compareAndSetOrStale, placeholders, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { CaseRow } from '../../adapters/store/case-rows.js';
import { isRegisteredAccount } from '../../adapters/store/court-rows.js';
import type { Vault } from '../../vault.js';
import { accountNotRegistered, sealCourtAccount } from '../file-case/file-case.js';
import { faulty, readDebt, type Debt } from '../file-case/new-case.js';
import type { MoneyWatch } from '../money-watch.js';
import type { CourtAccountChange, DebtChange } from './change-rows.js';

/** The sums of a changed debt. @throws AppError `invalid` */
export function debtOf(change: Omit<DebtChange, 'reason'>, currency: string): Debt {
  const faults: FieldError[] = [];
  const debt = readDebt(change, currency, '', faults);
  if (!debt || faults.length > 0) throw faulty(faults);
  return debt;
}

/** Writes an approved debt into its case, under the case's lock; what a new excess asks for follows in the same commit (I7). */
export async function applyDebt(tx: Tx, locked: CaseRow, caseKey: DataKey, debt: Debt, watch: MoneyWatch): Promise<void> {
  const change = {
    principal: debt.principal,
    interest: debt.interest,
    interest_to: debt.interestTo ?? null,
    fee: debt.fee,
    ceiling: debt.ceiling,
    version: locked.version + 1,
  };
  await compareAndSetOrStale(tx, 'cases', change, { id: locked.id, version: locked.version });
  await watch.moneyChanged(tx, locked.id, caseKey);
}

/** @throws AppError `court-account-missing` when the register has no such account, `open-orders` while a deduct is open */
export async function assertAccountMayChange(tx: Tx, vault: Vault, locked: CaseRow, account: CourtAccountChange): Promise<void> {
  if (!(await isRegisteredAccount(tx, vault, locked.court_code, account))) throw accountNotRegistered('');
  const open = await tx.one<{ n: number }>(
    `SELECT COUNT(*) AS n FROM order_lines
     WHERE case_id = ? AND action = 'deduct' AND status IN (${placeholders(OPEN_LINE_STATUSES.length)})`,
    [locked.id, ...OPEN_LINE_STATUSES],
  );
  if (Number(open?.n ?? 0) > 0) throw new AppError('open-orders', '尚有未办结的扣划，不得变更执行款账户');
}

export async function applyCourtAccount(
  tx: Tx,
  vault: Vault,
  locked: CaseRow,
  caseKey: DataKey,
  { name, number, subAccount, bankName, bankNumber }: CourtAccountChange,
): Promise<void> {
  const account = { name, number, bankName, bankNumber, ...(subAccount === undefined ? {} : { subAccount }) };
  await compareAndSetOrStale(
    tx,
    'cases',
    { court_account_sealed: sealCourtAccount(vault, caseKey, locked.id, account), version: locked.version + 1 },
    { id: locked.id, version: locked.version },
  );
}
