import { createRequire } from 'node:module';

/** The part of kafkajs 2.2.4's `src/network/requestQueue` that the guard touches. */
export interface RequestQueuePrototype {
  scheduleCheckPendingRequests: (this: { readonly pending: readonly unknown[] }) => void;
}

const GUARDED = Symbol.for('chakong.kafka.request-queue-guarded');

/** The class inside kafkajs; its package names no exports, so the path is stable for the one version that the lock file allows. */
export function requestQueuePrototype(): RequestQueuePrototype {
  const load = createRequire(import.meta.url);
  const RequestQueue = load('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueuePrototype };
  return RequestQueue.prototype;
}

/**
 * kafkajs 2.2.4 arms a timer of `throttledUntil - now` after every answer, which is some negative 1.7 × 10¹² when nothing is throttled:
 * each idle connection then wakes every millisecond for ever, and Node 24 warns of a negative time-out (tulios/kafkajs issue 1751, pull
 * requests 1755 and 1768, not released). The timer is needed only while requests wait, and its delay is positive then.
 * Does nothing the second time.
 */
export function guardRequestQueue(prototype: RequestQueuePrototype & { [GUARDED]?: true } = requestQueuePrototype()): void {
  if (prototype[GUARDED]) return;
  const { scheduleCheckPendingRequests: original } = prototype;
  prototype.scheduleCheckPendingRequests = function guarded() {
    if (this.pending.length > 0) original.call(this);
  };
  prototype[GUARDED] = true;
}
