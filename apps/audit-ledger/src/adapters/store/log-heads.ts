import type { Instant } from '#kernel';
import { compareAndSet, type Reader, type Row, type Tx } from '#persistence';

/** The committed head of one year's log: what this row says is the truth, whatever the files say. */
export interface LogHead {
  readonly year: number;
  readonly origin: string;
  readonly size: number;
  /** Hex. */
  readonly root: string;
  /** The signed checkpoint, byte for byte. */
  readonly checkpoint: Buffer;
}

interface HeadRow extends Row {
  readonly log_year: number;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly checkpoint: Buffer;
}

/** More years than any installation will see. */
const YEARS_MAX = 500;

export class LogHeadRows {
  constructor(private readonly reader: Reader) {}

  /** Newest year first. */
  async all(): Promise<LogHead[]> {
    const rows = await this.reader.all<HeadRow>(
      `SELECT log_year, origin, size, root, checkpoint FROM ledger_heads ORDER BY log_year DESC LIMIT ${YEARS_MAX}`,
    );
    return rows.map(({ log_year: year, origin, size, root, checkpoint }) => ({ year, origin, size, root, checkpoint }));
  }

  /** Begins a year's log. False when somebody has begun it. */
  begin(tx: Tx, head: LogHead, at: Instant): Promise<boolean> {
    const { year, origin, size, root, checkpoint } = head;
    return tx.insertOnce('ledger_heads', { log_year: year, origin, size, root, checkpoint, committed_at: at });
  }

  /** The commit point of a batch: moves the head from exactly the one that was built upon. False when it is no longer there. */
  advance(tx: Tx, from: LogHead, to: LogHead, at: Instant): Promise<boolean> {
    const change = { size: to.size, root: to.root, checkpoint: to.checkpoint, committed_at: at };
    return compareAndSet(tx, 'ledger_heads', change, { log_year: from.year, size: from.size, root: from.root });
  }
}
