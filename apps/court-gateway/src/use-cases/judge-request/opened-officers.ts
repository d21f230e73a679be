import { LRUCache } from 'lru-cache';
import { openOfficer, type Officer, type OfficerRow } from '../../adapters/store/officer-rows.js';
import type { Vault } from '../../vault.js';

/** Officers who are at work at the same time. */
const OFFICERS_MAX = 1_000;

/** Register entries in clear, by id and version: a version never changes, and every order carries one. */
export class OpenedOfficers {
  private readonly known = new LRUCache<string, Officer>({ max: OFFICERS_MAX });

  open(vault: Vault, row: OfficerRow): Officer {
    const key = `${row.id}/${row.version}`;
    const officer = this.known.get(key) ?? openOfficer(vault, row);
    this.known.set(key, officer);
    return officer;
  }
}
