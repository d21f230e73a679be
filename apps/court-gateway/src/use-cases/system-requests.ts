import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { CaseRow } from '../adapters/store/case-rows.js';
import type { StaleFigures } from './refresh-figures.js';

/** By how much a measure is to be lowered: to `newLimit`, 0 ends it. Minor units of the measure's currency. */
export interface DraftedRelease {
  readonly measureId: string;
  readonly newLimit: bigint;
}

/** What the system itself asks of banks (I7, I16). No approval is ever given by it. */
export interface SystemRequests {
  /** Drafts a release that awaits a judge, in the caller's transaction and under the case's lock. Returns the request's id. */
  draftRelease(tx: Tx, row: CaseRow, caseKey: DataKey, lines: readonly DraftedRelease[]): Promise<string>;
  /** Posts an inquiry in a transaction of its own. Returns the request's id, or nothing when a gate is shut. */
  inquire(caseId: string, figures: readonly StaleFigures[]): Promise<string | undefined>;
}

/** Nest token. */
export const SYSTEM_REQUESTS = Symbol('system requests');
