import { Injectable } from '@nestjs/common';
import type { Instant } from '#kernel';
import { insertMany, type Reader, type Row, type Tx } from '#persistence';

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
  record(tx: Tx, requestId: string, type: string, at: Instant, body: unknown): Promise<void> {
    return this.recordMany(tx, requestId, at, [{ type, body }]);
  }

  /** As `record`, for the changes of one act in their order. */
  async recordMany(tx: Tx, requestId: string, at: Instant, changes: readonly Pick<RequestEvent, 'type' | 'body'>[]): Promise<void> {
    await tx.run('UPDATE requests SET event_seq = event_seq + ? WHERE id = ?', [changes.length, requestId]);
    const row = await tx.one<{ event_seq: number }>('SELECT event_seq FROM requests WHERE id = ?', [requestId]);
    const before = (row?.event_seq ?? changes.length) - changes.length;
    const rows = changes.map(({ type, body }, index) => {
      return { request_id: requestId, seq: before + index + 1, type, at, body: JSON.stringify(body) };
    });
    await insertMany(tx, 'request_events', rows);
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
