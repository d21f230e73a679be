import { parseAmount } from '#kernel';
import { Book, type BankIdentity } from '../book/book.js';
import { replaceCustomers, type AccountEntry } from '../book/customers.js';
import type { BankOrder, OrderLine } from '../book/order.js';

/** Builders for the specs of this room. */
export const IDENTITY: BankIdentity = { bank: 'testbank', bankNumbers: ['313521000000'], legalPersons: [], interbankDelayMs: 86_400_000 };

export const DEBTOR = { name: '陈志远', idType: '01', idNumber: '420106190001010019' };
export const COURT = '武汉市武昌区人民法院';
export const OWN_BANK = { name: '武昌区法院执行款专户', number: '4201010020261234', bankName: '湖北银行', bankNumber: '313521000000' };
export const OTHER_BANK = { ...OWN_BANK, bankNumber: '402521000000' };

/** 2026-03-10 11:52 in Asia/Shanghai. */
export const NOON = Date.UTC(2026, 2, 10, 3, 52, 4);

export function entry(number: string, balance: string, more: Partial<AccountEntry> = {}): AccountEntry {
  return { number, kind: 'current', currency: 'CNY', balance: parseAmount(balance), held: [], priorityRights: [], ...more };
}

export function bookWith(accounts: readonly AccountEntry[], identity: BankIdentity = IDENTITY): Book {
  const book = new Book(identity);
  replaceCustomers(book, [{ ...DEBTOR, accounts }], NOON);
  book.changes.clear();
  return book;
}

let count = 0;

export function order(action: BankOrder['action'], lines: readonly Omit<OrderLine, 'seq'>[], more: Partial<BankOrder> = {}): BankOrder {
  count += 1;
  return {
    orderNumber: `2026031042010600${String(count).padStart(8, '0')}`,
    action,
    subject: DEBTOR,
    authority: COURT,
    caseNumber: '(2026)鄂0106执1234号',
    lines: lines.map((line, i) => ({ seq: i + 1, ...line })),
    ...more,
  };
}

export function freeze(account: string, amount: string, more: Partial<OrderLine> = {}): BankOrder {
  return order('freeze', [{ account, amount: parseAmount(amount), scope: 'funds', from: '2026-03-10', to: '2027-03-09', ...more }]);
}
