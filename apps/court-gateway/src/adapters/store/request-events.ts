import { Injectable } from '@nestjs/common';
import type { Instant } from '#kernel';
import { insert, type Reader, type Row, type Tx } from '#persistence';

/** One change of a request, as its readers are told: masked, without personal data. */
export interface RequestEvent {
  readonly seq: number;
  readonly type: string;
  readonly at: Instant;
  readonly body: unknown;
}

interface EventRow extends Row {
  readonly seq: number;
  readonly type: string;
  readonly at: Instant;
  readonly body: string;
}

/** The changes of requests, numbered without gaps, and whoever waits for them in this process. */
@Injectable()
export class RequestEvents {
  private readonly listeners = new Map<string, Set<() => void>>();

  /** Writes the change down in the transaction that made it; those who listen are woken after the commit. */
  async record(tx: Tx, requestId: string, type: string, at: Instant, body: unknown): Promise<void> {
    await tx.run('UPDATE requests SET event_seq = event_seq + 1 WHERE id = ?', [requestId]);
    const row = await tx.one<{ event_seq: number }>('SELECT event_seq FROM requests WHERE id = ?', [requestId]);
    await insert(tx, 'request_events', { request_id: requestId, seq: row?.event_seq ?? 1, type, at, body: JSON.stringify(body) });
    tx.afterCommit(() => this.wake(requestId));
  }

  /** Changes after `seq`, oldest first. */
  async after(reader: Reader, requestId: string, seq: number, limit: number): Promise<readonly RequestEvent[]> {
    const rows = await reader.all<EventRow>(
      `SELECT seq, type, at, body FROM request_events WHERE request_id = ? AND seq > ? ORDER BY seq LIMIT ${limit}`,
      [requestId, seq],
    );
    return rows.map((row) => ({ seq: row.seq, type: row.type, at: row.at, body: JSON.parse(row.body) as unknown }));
  }

  /** Calls `wake` after each change of a request until the returned function is called. `wake` must not throw. */
  listen(requestId: string, wake: () => void): () => void {
    const own = this.listeners.get(requestId) ?? new Set();
    own.add(wake);
    this.listeners.set(requestId, own);
    return () => {
      own.delete(wake);
      if (own.size === 0) this.listeners.delete(requestId);
    };
  }

  private wake(requestId: string): void {
    for (const wake of this.listeners.get(requestId) ?? []) wake();
  }
}
