import type { Instant } from '#kernel';
import { compareAndSetOrStale, type Reader, type Row, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { Vault } from '../../vault.js';

/** What a person may have found out about an undetermined line. `send-again`: the bank confirms that it never had the order. */
export const RESOLUTION_OUTCOMES = ['executed', 'partly-executed', 'refused', 'send-again'] as const;
export type ResolutionOutcome = (typeof RESOLUTION_OUTCOMES)[number];

/** `overtaken`: the bank's own word came before the second person's. */
export type ResolutionStatus = 'awaiting' | 'approved' | 'rejected' | 'overtaken';

export interface ResolutionRow extends Row {
  readonly order_number: string;
  readonly seq: number;
  readonly outcome: ResolutionOutcome;
  readonly amount: number | null;
  readonly sealed: Buffer;
  readonly status: ResolutionStatus;
  readonly by_user: string;
  readonly at: Instant;
  readonly decided_by: string | null;
  readonly decided_at: Instant | null;
  readonly version: number;
}

export interface SealedResolution {
  readonly evidence: string;
  readonly reason: string;
}

function place(row: Pick<ResolutionRow, 'order_number' | 'seq'>): string {
  return `${row.order_number}/${row.seq}`;
}

export function openResolution(vault: Vault, caseKey: DataKey, row: ResolutionRow): SealedResolution {
  return vault.open<SealedResolution>(caseKey, 'resolutions', 'sealed', place(row), row.sealed);
}

export function resolutionsOf(reader: Reader, orderNumber: string): Promise<ResolutionRow[]> {
  return reader.all<ResolutionRow>('SELECT * FROM resolutions WHERE order_number = ? ORDER BY seq', [orderNumber]);
}

export interface NewResolution {
  readonly order_number: string;
  readonly seq: number;
  readonly outcome: ResolutionOutcome;
  readonly amount: bigint | null;
  readonly by_user: string;
  readonly at: Instant;
}

/** Writes a finding down; one that was decided or overtaken before gives way to the new one. */
export async function putResolution(
  tx: Tx,
  vault: Vault,
  caseKey: DataKey,
  found: NewResolution,
  clear: SealedResolution,
  former: ResolutionRow | undefined,
): Promise<void> {
  const columns = {
    outcome: found.outcome,
    amount: found.amount,
    sealed: vault.seal(caseKey, 'resolutions', 'sealed', place(found), clear),
    status: 'awaiting',
    by_user: found.by_user,
    at: found.at,
    decided_by: null,
    decided_at: null,
  };
  const key = { order_number: found.order_number, seq: found.seq };
  if (!former) {
    await tx.insertOnce('resolutions', { ...key, ...columns, version: 1 });
    return;
  }
  await compareAndSetOrStale(tx, 'resolutions', { ...columns, version: former.version + 1 }, { ...key, version: former.version });
}

export async function decideResolution(
  tx: Tx,
  row: ResolutionRow,
  status: ResolutionStatus,
  by: string | null,
  at: Instant,
): Promise<void> {
  await compareAndSetOrStale(
    tx,
    'resolutions',
    { status, decided_by: by, decided_at: at, version: row.version + 1 },
    { order_number: row.order_number, seq: row.seq, version: row.version, status: 'awaiting' },
  );
}
