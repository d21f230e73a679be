import { AppError, moneyJson, type Instant, type LegalDate, type Minor, type MoneyJson } from '#kernel';
import type { Book } from './book.js';
import { availableOf, balanceOf, rankOf, uncoveredOf, worthOfShares } from './coverage.js';
import type { Account, AccountKind, Customer, Freeze, Opaque } from './model.js';

/** A customer as `PUT customers` brings him, already checked. */
export interface CustomerEntry {
  readonly name: string;
  readonly idType: string;
  readonly idNumber: string;
  readonly accounts: readonly AccountEntry[];
}

export interface AccountEntry {
  readonly number: string;
  readonly kind: AccountKind;
  readonly currency: string;
  readonly balance: Minor;
  readonly held: readonly HeldEntry[];
  readonly priorityRights: readonly Opaque[];
  readonly state?: string;
  readonly restriction?: Opaque;
  readonly shares?: string;
  readonly unitPrice?: string;
  readonly productNumber?: string;
  readonly legalPerson?: string;
}

/** A measure of another authority that was there before. Without `until` it runs until it is lifted. */
export interface HeldEntry {
  readonly authority: string;
  readonly document: string;
  readonly amount: Minor;
  readonly until?: LegalDate;
}

/**
 * Replaces all customers. An account that was there before under the same number keeps its freezes with their ranks;
 * one that is missing is gone, with its freezes. Prior measures are told apart by authority and document.
 * @throws AppError `invalid` when an account number stands twice; then nothing is changed
 */
export function replaceCustomers(book: Book, entries: readonly CustomerEntry[], at: Instant): void {
  refuseTwice(entries);
  const numbers = new Set(entries.flatMap((entry) => entry.accounts.map((account) => account.number)));
  for (const account of [...book.accounts.values()]) if (!numbers.has(account.number)) book.removeAccount(account);
  book.customers = entries.map((entry) => ({
    id: book.next('customer'),
    name: entry.name,
    idType: entry.idType,
    idNumber: entry.idNumber,
  }));
  for (const [index, entry] of entries.entries()) {
    const customer = book.customers[index];
    if (customer) for (const account of entry.accounts) placeAccount(book, customer, account, at);
  }
  book.changes.customersReplaced = true;
  book.index();
  book.recomputeDue();
}

function refuseTwice(entries: readonly CustomerEntry[]): void {
  const seen = new Set<string>();
  for (const [i, entry] of entries.entries()) {
    for (const [j, account] of entry.accounts.entries()) {
      if (seen.has(account.number)) {
        const errors = [{ pointer: `/${i}/accounts/${j}/number`, detail: 'this account number stands twice' }];
        throw new AppError('invalid', 'an account number stands twice', { errors });
      }
      seen.add(account.number);
    }
  }
}

function placeAccount(book: Book, customer: Customer, entry: AccountEntry, at: Instant): void {
  const before = book.accounts.get(entry.number);
  const account: Account = {
    number: entry.number,
    customer,
    kind: entry.kind,
    currency: entry.currency,
    state: entry.state ?? (entry.kind === 'closed' ? 'closed' : 'normal'),
    legalPerson: entry.legalPerson,
    restriction: entry.restriction,
    priorityRights: entry.priorityRights,
    productNumber: entry.productNumber,
    shares: entry.shares,
    unitPrice: entry.unitPrice,
    cash: before?.cash ?? 0n,
  };
  const worth = worthOfShares(account);
  // The stated balance holds the product's worth; what is above it is cash.
  const cash = entry.balance > worth ? entry.balance - worth : 0n;
  book.changes.removedAccounts.delete(account.number);
  book.changes.accounts.add(account);
  book.changing(account, 'inflow', at, [], () => {
    book.accounts.set(account.number, account);
    if (cash !== account.cash) book.post(account, before ? 'correction' : 'opening', cash - account.cash, at);
    replaceHeld(book, account, entry.held);
  });
}

function replaceHeld(book: Book, account: Account, held: readonly HeldEntry[]): void {
  const left = book.liveOf(account.number).filter((freeze) => freeze.orderNumber === undefined);
  for (const entry of held) {
    const at = left.findIndex((freeze) => freeze.authority === entry.authority && freeze.document === entry.document);
    const [known] = at >= 0 ? left.splice(at, 1) : [];
    if (known) {
      known.limit = entry.amount;
      known.to = entry.until;
      book.changes.freezes.add(known);
    } else book.addFreeze(heldFreeze(book, account, entry));
  }
  for (const freeze of left) book.endFreeze(freeze, 'released');
}

function heldFreeze(book: Book, account: Account, entry: HeldEntry): Freeze {
  return {
    id: book.next('arrival'),
    account: account.number,
    authority: entry.authority,
    document: entry.document,
    scope: 'funds',
    to: entry.until,
    limit: entry.amount,
    covered: 0n,
    waiting: false,
    state: 'live',
  };
}

/** What `GET customers` shows: everything that `PUT` takes, and beside it the live figures and freezes, read only. */
export interface CustomerView {
  readonly name: string;
  readonly idType: string;
  readonly idNumber: string;
  readonly accounts: readonly AccountView[];
}

export interface AccountView {
  readonly number: string;
  readonly kind: AccountKind;
  readonly currency: string;
  readonly balance: MoneyJson;
  readonly available: MoneyJson;
  readonly state: string;
  readonly legalPerson?: string;
  readonly held: readonly { authority: string; document: string; amount: MoneyJson; until?: LegalDate }[];
  readonly priorityRights: readonly Opaque[];
  readonly restriction?: Opaque;
  readonly shares?: string;
  readonly unitPrice?: string;
  readonly productNumber?: string;
  readonly freezes: readonly FreezeView[];
}

/** One of the live freezes that orders have set. */
export interface FreezeView {
  readonly orderNumber: string;
  readonly line: number;
  readonly authority: string;
  readonly document: string;
  readonly caseNumber?: string;
  readonly scope: string;
  readonly limit: MoneyJson;
  readonly covered: MoneyJson;
  readonly uncovered: MoneyJson;
  readonly rank: number;
  readonly status: 'in-force' | 'waiting';
  readonly from?: LegalDate;
  readonly to?: LegalDate;
}

export function customerViews(book: Book): CustomerView[] {
  return book.customers.map(({ id, name, idType, idNumber }) => {
    const accounts = (book.accountsOfCustomer.get(id) ?? []).map((account) => accountView(book, account));
    return { name, idType, idNumber, accounts };
  });
}

export function accountView(book: Book, account: Account): AccountView {
  const freezes = book.liveOf(account.number);
  const money = (minor: Minor) => moneyJson(minor, account.currency);
  return {
    number: account.number,
    kind: account.kind,
    currency: account.currency,
    balance: money(balanceOf(account)),
    available: money(availableOf(account, freezes)),
    state: account.state,
    legalPerson: account.legalPerson,
    held: freezes
      .filter((freeze) => freeze.orderNumber === undefined)
      .map(({ authority, document, limit, to }) => ({ authority, document, amount: money(limit), until: to })),
    priorityRights: account.priorityRights,
    restriction: account.restriction,
    shares: account.shares,
    unitPrice: account.unitPrice,
    productNumber: account.productNumber,
    freezes: freezes.filter((freeze) => freeze.orderNumber !== undefined).map((freeze) => freezeView(freeze, freezes, money)),
  };
}

function freezeView(freeze: Freeze, freezes: readonly Freeze[], money: (minor: Minor) => MoneyJson): FreezeView {
  return {
    orderNumber: freeze.orderNumber ?? '',
    line: freeze.line ?? 0,
    authority: freeze.authority,
    document: freeze.document,
    caseNumber: freeze.caseNumber,
    scope: freeze.scope,
    limit: money(freeze.limit),
    covered: money(freeze.covered),
    uncovered: money(uncoveredOf(freeze)),
    rank: rankOf(freeze, freezes),
    status: freeze.waiting ? 'waiting' : 'in-force',
    from: freeze.from,
    to: freeze.to,
  };
}
