import { idNumberKey, type Book } from './book.js';
import type { Account, Customer } from './model.js';
import type { OrderSubject } from './order.js';
import type { RefusalCode } from './refusals.js';

export type IdentityResult = 'match' | 'unknown' | 'mismatch';

function sameName(a: string, b: string): boolean {
  return a.trim() === b.trim();
}

function matches(customer: Customer, subject: OrderSubject): boolean {
  return customer.idType === subject.idType && sameName(customer.name, subject.name);
}

/**
 * Full name, kind of id and id number must all agree (docs/rules.md); a number that is known under another name or kind
 * is a mismatch, never a guess.
 */
export function findCustomers(
  book: Book,
  subject: OrderSubject,
): { readonly result: IdentityResult; readonly customers: readonly Customer[] } {
  const sameNumber = book.customersByIdNumber.get(idNumberKey(subject.idNumber)) ?? [];
  const customers = sameNumber.filter((customer) => matches(customer, subject));
  if (customers.length > 0) return { result: 'match', customers };
  return { result: sameNumber.length > 0 ? 'mismatch' : 'unknown', customers: [] };
}

/** The legal person that keeps an account: in a union the first one where the account names none. */
export function legalPersonOf(book: Book, account: Account): string | undefined {
  return account.legalPerson ?? book.identity.legalPersons[0];
}

/** Whether an order to `legalPerson` reaches the account. A bank that is one legal person keeps all its accounts. */
export function isKeptBy(book: Book, account: Account, legalPerson: string | undefined): boolean {
  if (book.identity.legalPersons.length === 0) return true;
  return legalPersonOf(book, account) === (legalPerson ?? book.identity.legalPersons[0]);
}

/** Why an account may not be controlled as the subject's, or nothing when it may. */
export function ownershipProblem(account: Account, subject: OrderSubject): RefusalCode | undefined {
  if (idNumberKey(account.customer.idNumber) !== idNumberKey(subject.idNumber)) return 'ACCOUNT_NOT_OF_DEBTOR';
  if (account.customer.idType !== subject.idType) return 'ID_MISMATCH';
  if (!sameName(account.customer.name, subject.name)) return 'NAME_MISMATCH';
  return undefined;
}
