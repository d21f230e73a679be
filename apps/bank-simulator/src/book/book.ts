import { AppError, endOfLegalDate, formatAmount, instantText, invariant, legalDateOf, type Instant, type Minor } from '#kernel';
import { Changes } from './changes.js';
import { availableOf, balanceOf, rankOf, spread, uncoveredOf } from './coverage.js';
import type { Account, Customer, Freeze, JournalRow, Movement, MovementKind, Notice, NoticeKind, Redemption, Transfer } from './model.js';

/** What one bank is, apart from what it holds. */
export interface BankIdentity {
  readonly bank: string;
  /** The bank's own 12-digit payment numbers; a court account under one of them is credited at once. */
  readonly bankNumbers: readonly string[];
  /** Empty for a bank that is one legal person; the first one is taken when an account names none. */
  readonly legalPersons: readonly string[];
  /** How long money to another bank is on its way, in business time. */
  readonly interbankDelayMs: number;
}

/** Everything that a bank holds, as the store loads and keeps it. */
export interface BookRecords {
  readonly customers: readonly Customer[];
  readonly accounts: readonly Account[];
  readonly freezes: readonly Freeze[];
  readonly transfers: readonly Transfer[];
  readonly redemptions: readonly Redemption[];
  readonly movements: readonly Movement[];
  readonly last: LastNumbers;
}

export interface LastNumbers {
  readonly customer: number;
  readonly arrival: number;
  readonly journal: number;
  readonly notice: number;
  readonly movement: number;
  readonly transfer: number;
}

export const EMPTY_BOOK: BookRecords = {
  customers: [],
  accounts: [],
  freezes: [],
  transfers: [],
  redemptions: [],
  movements: [],
  last: { customer: 0, arrival: 0, journal: 0, notice: 0, movement: 0, transfer: 0 },
};

/** Why the coverage of an account changed: money came in, or something ahead ended or shrank. */
export type CoverageCause = 'inflow' | 'cleared';

/** Bookings that an inquiry can show per account; older ones stay in the store only. */
export const MOVEMENTS_SHOWN_MAX = 200;

/**
 * The books of one bank in memory, changed synchronously and in one order only. It decides nothing about faults,
 * dialects or storage; whoever changes it takes `changes` and stores them before anybody hears of the result.
 */
export class Book {
  readonly changes = new Changes();
  customers: Customer[];
  readonly accounts = new Map<string, Account>();
  readonly accountsOfCustomer = new Map<number, Account[]>();
  readonly customersByIdNumber = new Map<string, Customer[]>();
  readonly transfers = new Map<number, Transfer>();
  readonly redemptions = new Map<string, Redemption>();
  private readonly live = new Map<string, Freeze[]>();
  private readonly ended = new Map<string, Freeze[]>();
  private readonly movements = new Map<string, Movement[]>();
  private readonly last: { -readonly [K in keyof LastNumbers]: number };
  /** No later than the first thing that falls due by itself; Infinity when nothing does. */
  private dueAt: Instant;

  constructor(
    readonly identity: BankIdentity,
    records: BookRecords = EMPTY_BOOK,
  ) {
    this.customers = [...records.customers];
    this.last = { ...records.last };
    for (const account of records.accounts) this.accounts.set(account.number, account);
    for (const freeze of records.freezes) this.listOf(freeze.state === 'live' ? this.live : this.ended, freeze.account).push(freeze);
    for (const transfer of records.transfers) if (transfer.state === 'sent') this.transfers.set(transfer.id, transfer);
    for (const redemption of records.redemptions) this.redemptions.set(redemption.account, redemption);
    for (const movement of records.movements) this.showMovement(movement);
    this.index();
    this.dueAt = this.firstDue();
  }

  next(counter: keyof LastNumbers): number {
    return ++this.last[counter];
  }

  lastNumbers(): LastNumbers {
    return { ...this.last };
  }

  /** @throws AppError `not-found` */
  account(number: string): Account {
    const account = this.accounts.get(number);
    if (!account) throw new AppError('not-found', `no account ${number} at ${this.identity.bank}`);
    return account;
  }

  /** The live freezes of an account, earliest arrival first. */
  liveOf(account: string): readonly Freeze[] {
    return this.live.get(account) ?? [];
  }

  /** Every freeze that an order set on an account, also those that have ended. */
  freezesOf(account: string): readonly Freeze[] {
    return [...this.liveOf(account), ...(this.ended.get(account) ?? [])];
  }

  movementsOf(account: string): readonly Movement[] {
    return this.movements.get(account) ?? [];
  }

  /** Derives the look-up tables anew after the list of customers and accounts has changed. */
  index(): void {
    this.customersByIdNumber.clear();
    this.accountsOfCustomer.clear();
    for (const customer of this.customers) this.listOf(this.customersByIdNumber, idNumberKey(customer.idNumber)).push(customer);
    for (const account of this.accounts.values()) this.listOf(this.accountsOfCustomer, account.customer.id).push(account);
  }

  addFreeze(freeze: Freeze): void {
    this.listOf(this.live, freeze.account).push(freeze);
    this.changes.freezes.add(freeze);
    if (freeze.to) this.dueNoLaterThan(endOfLegalDate(freeze.to));
  }

  endFreeze(freeze: Freeze, state: 'released' | 'expired' | 'exhausted'): void {
    invariant(freeze.state === 'live', 'only a live freeze can end');
    freeze.state = state;
    freeze.covered = 0n;
    freeze.waiting = false;
    this.live.set(
      freeze.account,
      this.liveOf(freeze.account).filter((other) => other !== freeze),
    );
    this.listOf(this.ended, freeze.account).push(freeze);
    this.changes.freezes.add(freeze);
  }

  /** Returned money lies under its freeze again, at the rank it always had. */
  reviveFreeze(freeze: Freeze): void {
    invariant(freeze.state === 'exhausted', 'only an exhausted freeze can come back');
    freeze.state = 'live';
    this.ended.set(
      freeze.account,
      (this.ended.get(freeze.account) ?? []).filter((other) => other !== freeze),
    );
    this.live.set(
      freeze.account,
      [...this.liveOf(freeze.account), freeze].sort((a, b) => a.id - b.id),
    );
    this.changes.freezes.add(freeze);
  }

  removeAccount(account: Account): void {
    for (const freeze of [...this.liveOf(account.number)]) this.endFreeze(freeze, 'released');
    this.accounts.delete(account.number);
    this.redemptions.delete(account.number);
    this.changes.removedAccounts.add(account.number);
  }

  /** Books an amount (signed) into the account's cash. A booking that would overdraw is a defect. */
  post(account: Account, kind: MovementKind, amount: Minor, at: Instant, given?: string): void {
    account.cash += amount;
    invariant(account.cash >= 0n, 'an account is never overdrawn');
    this.changes.accounts.add(account);
    const seq = this.next('movement');
    const serial = given ?? `${legalDateOf(at).replaceAll('-', '')}M${String(seq).padStart(8, '0')}`;
    const movement: Movement = { seq, account: account.number, at, kind, amount, balance: account.cash, serial };
    this.showMovement(movement);
    this.changes.movements.push(movement);
  }

  journal(row: Omit<JournalRow, 'seq'>): JournalRow {
    const full: JournalRow = { seq: this.next('journal'), ...row };
    this.changes.journal.push(full);
    return full;
  }

  /**
   * Makes a change on one account, spreads the balance over its freezes again and tells the court of every freeze
   * whose coverage changed by it. Freezes in `except` are told in another way, for example by the answer itself.
   */
  changing<T>(account: Account, cause: CoverageCause, at: Instant, except: readonly Freeze[], change: () => T): T {
    const before = new Map(this.liveOf(account.number).map((freeze) => [freeze, { covered: freeze.covered, waiting: freeze.waiting }]));
    const result = change();
    spread(account, this.liveOf(account.number));
    for (const freeze of this.liveOf(account.number)) {
      const was = before.get(freeze);
      if (was && was.covered === freeze.covered && was.waiting === freeze.waiting) continue;
      this.changes.freezes.add(freeze);
      if (!was || except.includes(freeze)) continue;
      this.notify(cause === 'cleared' && was.waiting && !freeze.waiting ? 'promoted' : 'coverage', freeze, at);
    }
    return result;
  }

  /** Queues a notice about a freeze that an order set; other authorities hear from the bank on other ways. */
  notify(kind: NoticeKind, freeze: Freeze, at: Instant, payment?: Notice['payment']): void {
    if (freeze.orderNumber === undefined || freeze.line === undefined) return;
    const account = this.accounts.get(freeze.account);
    if (!account) return;
    const freezes = this.liveOf(freeze.account);
    const text = (minor: Minor) => formatAmount(minor, account.currency);
    this.changes.notices.push({
      seq: this.next('notice'),
      kind,
      at: instantText(at),
      orderNumber: freeze.orderNumber,
      line: freeze.line,
      account: freeze.account,
      legalPerson: account.legalPerson,
      currency: account.currency,
      limit: text(freeze.state === 'live' ? freeze.limit : 0n),
      covered: text(freeze.covered),
      uncovered: text(uncoveredOf(freeze)),
      rank: rankOf(freeze, freezes),
      waiting: freeze.waiting,
      state: freeze.state,
      balance: text(balanceOf(account)),
      available: text(availableOf(account, freezes)),
      payment,
    });
  }

  dueNoLaterThan(at: Instant): void {
    if (at < this.dueAt) this.dueAt = at;
  }

  nextDueAt(): Instant {
    return this.dueAt;
  }

  /** Looks through everything for the next due time; called only when something fell due. */
  recomputeDue(): void {
    this.dueAt = this.firstDue();
  }

  liveFreezes(): Freeze[] {
    return [...this.live.values()].flat();
  }

  private firstDue(): Instant {
    let first = Infinity;
    for (const freeze of this.liveFreezes()) if (freeze.to) first = Math.min(first, endOfLegalDate(freeze.to));
    for (const transfer of this.transfers.values()) first = Math.min(first, transfer.dueAt);
    for (const redemption of this.redemptions.values()) first = Math.min(first, redemption.dueAt);
    return first;
  }

  private showMovement(movement: Movement): void {
    const shown = this.listOf(this.movements, movement.account);
    shown.push(movement);
    if (shown.length > MOVEMENTS_SHOWN_MAX) shown.shift();
  }

  private listOf<K, V>(map: Map<K, V[]>, key: K): V[] {
    const list = map.get(key) ?? [];
    if (list.length === 0) map.set(key, list);
    return list;
  }
}

/** Person ids are compared without regard to blanks and case: the last sign of a Chinese one may be an x. */
export function idNumberKey(idNumber: string): string {
  return idNumber.replace(/\s+/g, '').toUpperCase();
}
