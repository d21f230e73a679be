import { Injectable } from '@nestjs/common';
import type { Instant } from '#kernel';
import { placeholders, type GatheredWrite, type Reader, type Row, type Tx } from '#persistence';

/** One change of a request, as its readers are told: masked, without personal data. */
export interface RequestEvent {
  readonly seq: number;
  readonly type: string;
  readonly at: Instant;
  readonly body: unknown;
}

/** A change on its way to its number. */
interface Change {
  readonly requestId: string;
  readonly type: string;
  readonly at: Instant;
  /** JSON. */
  readonly body: string;
}

/** Changes of one UPDATE of their requests. */
const CHANGES_AT_ONCE_MAX = 100;

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

  /** Writes the change down in the transaction that made it, at its end; those who listen are woken after the commit. */
  record(tx: Tx, requestId: string, type: string, at: Instant, body: unknown): void {
    this.recordMany(tx, requestId, at, [{ type, body }]);
  }

  /** As `record`, for the changes of one act in their order. */
  recordMany(tx: Tx, requestId: string, at: Instant, changes: readonly Pick<RequestEvent, 'type' | 'body'>[]): void {
    for (const { type, body } of changes) tx.gather(this.write, { requestId, at, type, body: JSON.stringify(body) });
  }

  /** Numbers and writes what the closures of one commit have changed; the requests' rows are held until then, so that no number is given twice. */
  private readonly write: GatheredWrite<Change> = async (tx, changes) => {
    for (let from = 0; from < changes.length; from += CHANGES_AT_ONCE_MAX)
      await this.writeSome(tx, changes.slice(from, from + CHANGES_AT_ONCE_MAX));
  };

  private async writeSome(tx: Tx, changes: readonly Change[]): Promise<void> {
    const counts = new Map<string, number>();
    for (const { requestId } of changes) counts.set(requestId, (counts.get(requestId) ?? 0) + 1);
    // In one order everywhere, so that two processes never wait for each other.
    const ids = [...counts.keys()].sort();
    const list = placeholders(ids.length);
    await tx.run(`UPDATE requests SET event_seq = event_seq + CASE id ${'WHEN ? THEN ? '.repeat(ids.length)}END WHERE id IN (${list})`, [
      ...ids.flatMap((id) => [id, counts.get(id) ?? 0]),
      ...ids,
    ]);
    const rows = await tx.all<{ id: string; event_seq: number }>(`SELECT id, event_seq FROM requests WHERE id IN (${list})`, ids);
    const next = new Map(rows.map(({ id, event_seq }) => [id, event_seq - (counts.get(id) ?? 0)]));
    const numbered = changes.map(({ requestId, type, at, body }) => {
      const seq = (next.get(requestId) ?? 0) + 1;
      next.set(requestId, seq);
      return { request_id: requestId, seq, type, at, body };
    });
    tx.append('request_events', numbered);
    for (const id of ids) tx.afterCommit(() => this.wake(id));
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
