import type { Reader, Row } from '#persistence';
import type { Vault } from '../../vault.js';

/** 执行款专户 of a case: the account that deducted money goes to, and nowhere else (R20). */
export interface CourtAccount {
  readonly name: string;
  readonly number: string;
  readonly subAccount?: string;
  readonly bankName: string;
  readonly bankNumber: string;
}

/** A master account of a court's register. The number of a case account under it is free (一案一账号, R21). */
export interface RegisteredAccount {
  readonly name: string;
  readonly bankNumber: string;
  readonly bankName?: string;
}

export interface CourtRow extends Row {
  readonly code: string;
  readonly name: string;
  readonly version: number;
}

export function findCourt(reader: Reader, code: string): Promise<CourtRow | undefined> {
  return reader.one<CourtRow>('SELECT code, name, version FROM courts WHERE code = ?', [code]);
}

/** The court's name as documents print it; its code where the register has no name. */
export async function courtNameOf(reader: Reader, code: string): Promise<string> {
  return (await findCourt(reader, code))?.name ?? code;
}

export function accountRowId(courtCode: string, nameIndex: string, bankNumber: string): string {
  return `${courtCode}/${nameIndex}/${bankNumber}`;
}

/** Whether an account stands in the court's register: by its name and bank number, without regard to its number (R20). */
export async function isRegisteredAccount(
  reader: Reader,
  vault: Vault,
  courtCode: string,
  account: Pick<CourtAccount, 'name' | 'bankNumber'>,
): Promise<boolean> {
  const found = await reader.one('SELECT 1 AS found FROM court_accounts WHERE court_code = ? AND name_index = ? AND bank_number = ?', [
    courtCode,
    vault.blind.of('name', account.name),
    account.bankNumber,
  ]);
  return found !== undefined;
}

interface AccountRow extends Row {
  readonly name_index: string;
  readonly bank_number: string;
  readonly sealed: Buffer;
}

export async function registeredAccounts(reader: Reader, vault: Vault, courtCode: string): Promise<readonly RegisteredAccount[]> {
  const rows = await reader.all<AccountRow>(
    'SELECT name_index, bank_number, sealed FROM court_accounts WHERE court_code = ? ORDER BY bank_number, name_index',
    [courtCode],
  );
  const key = vault.systemKey('court-accounts');
  return rows.map((row) => {
    const place = accountRowId(courtCode, row.name_index, row.bank_number);
    return vault.open<RegisteredAccount>(key, 'court_accounts', 'sealed', place, row.sealed);
  });
}
