import { insert, type SqlValue, type Tx } from '#persistence';
import type { Book } from '../book/book.js';
import type { Account, Freeze, JournalRow, Movement, Transfer } from '../book/model.js';
import type { Faults } from '../faults/faults.js';
import { put } from './put.js';

/** Stores what has changed in a book, in the transaction that makes it durable. The caller clears the changes after the commit. */
export async function writeChanges(tx: Tx, book: Book, faults: Faults, withNotices: boolean): Promise<void> {
  const { bank } = book.identity;
  const { changes } = book;
  if (changes.customersReplaced) await writeCustomers(tx, book);
  for (const number of changes.removedAccounts) await tx.run('DELETE FROM sim_account WHERE bank = ? AND number = ?', [bank, number]);
  for (const account of changes.accounts) await put(tx, 'sim_account', accountRow(bank, account), ['bank', 'number']);
  for (const freeze of changes.freezes) await put(tx, 'sim_freeze', freezeRow(bank, freeze), ['bank', 'id']);
  for (const transfer of changes.transfers) await put(tx, 'sim_transfer', transferRow(bank, transfer), ['bank', 'id']);
  for (const { account, dueAt } of changes.redemptions)
    await put(tx, 'sim_redemption', { bank, account, due_at: dueAt }, ['bank', 'account']);
  for (const account of changes.endedRedemptions)
    await tx.run('DELETE FROM sim_redemption WHERE bank = ? AND account = ?', [bank, account]);
  for (const movement of changes.movements) await insert(tx, 'sim_movement', movementRow(bank, movement));
  for (const row of changes.journal) await insert(tx, 'sim_journal', journalRow(bank, row));
  if (withNotices) {
    for (const notice of changes.notices) {
      await insert(tx, 'sim_notice', { bank, seq: notice.seq, kind: notice.kind, notice_json: JSON.stringify(notice), to_deliver: 1 });
    }
  }
  await writeBank(tx, book, faults);
}

async function writeCustomers(tx: Tx, book: Book): Promise<void> {
  const { bank } = book.identity;
  await tx.run('DELETE FROM sim_customer WHERE bank = ?', [bank]);
  for (const { id, name, idType, idNumber } of book.customers) {
    await insert(tx, 'sim_customer', { bank, id, name, id_type: idType, id_number: idNumber });
  }
}

async function writeBank(tx: Tx, book: Book, faults: Faults): Promise<void> {
  const last = book.lastNumbers();
  const row = {
    bank: book.identity.bank,
    faults: JSON.stringify(faults),
    customer_last: last.customer,
    arrival_last: last.arrival,
    journal_last: last.journal,
    notice_last: last.notice,
    movement_last: last.movement,
    transfer_last: last.transfer,
  };
  await put(tx, 'sim_bank', row, ['bank']);
}

type Columns = Readonly<Record<string, SqlValue>>;

function accountRow(bank: string, account: Account): Columns {
  return {
    bank,
    number: account.number,
    customer_id: account.customer.id,
    kind: account.kind,
    currency: account.currency,
    state: account.state,
    legal_person: account.legalPerson ?? null,
    restriction: account.restriction === undefined ? null : JSON.stringify(account.restriction),
    priority_rights: JSON.stringify(account.priorityRights),
    product_number: account.productNumber ?? null,
    shares: account.shares ?? null,
    unit_price: account.unitPrice ?? null,
    cash: account.cash,
  };
}

function freezeRow(bank: string, freeze: Freeze): Columns {
  return {
    bank,
    id: freeze.id,
    account: freeze.account,
    authority: freeze.authority,
    document: freeze.document,
    case_number: freeze.caseNumber ?? null,
    order_number: freeze.orderNumber ?? null,
    line: freeze.line ?? null,
    scope: freeze.scope,
    from_date: freeze.from ?? null,
    to_date: freeze.to ?? null,
    limit_minor: freeze.limit,
    covered: freeze.covered,
    waiting: freeze.waiting ? 1 : 0,
    state: freeze.state,
  };
}

function transferRow(bank: string, transfer: Transfer): Columns {
  return {
    bank,
    id: transfer.id,
    account: transfer.account,
    freeze_id: transfer.freezeId,
    order_number: transfer.orderNumber,
    line: transfer.line,
    amount: transfer.amount,
    currency: transfer.currency,
    serial: transfer.serial,
    due_at: transfer.dueAt,
    state: transfer.state,
  };
}

function movementRow(bank: string, { seq, account, at, kind, amount, balance, serial }: Movement): Columns {
  return { bank, seq, account, at, kind, amount, balance, serial };
}

function journalRow(bank: string, row: JournalRow): Columns {
  return {
    bank,
    seq: row.seq,
    at: row.at,
    order_number: row.orderNumber,
    line: row.line,
    action: row.action,
    account: row.account ?? null,
    amount: row.amount ?? null,
    currency: row.currency ?? null,
  };
}
