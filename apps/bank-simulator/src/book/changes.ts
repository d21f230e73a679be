import type { Account, Freeze, JournalRow, Movement, Notice, Redemption, Transfer } from './model.js';

/** What has changed in a book since the changes were last taken; exactly this has to be stored. */
export class Changes {
  readonly accounts = new Set<Account>();
  readonly removedAccounts = new Set<string>();
  readonly freezes = new Set<Freeze>();
  readonly transfers = new Set<Transfer>();
  readonly redemptions = new Set<Redemption>();
  readonly endedRedemptions = new Set<string>();
  readonly journal: JournalRow[] = [];
  readonly movements: Movement[] = [];
  readonly notices: Notice[] = [];
  customersReplaced = false;

  clear(): void {
    for (const set of [this.accounts, this.removedAccounts, this.freezes, this.transfers, this.redemptions, this.endedRedemptions])
      set.clear();
    for (const list of [this.journal, this.movements, this.notices]) list.length = 0;
    this.customersReplaced = false;
  }
}
