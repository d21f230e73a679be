import { describe, expect, it } from '@jest/globals';
import { silentLog } from '#kernel';
import { TestClock } from '#testing';
import type { Admin } from 'kafkajs';
import { guardRequestQueue, requestQueuePrototype, type RequestQueuePrototype } from './request-queue-guard.js';
import { JOIN_MS_MAX, STALL_MS_MAX, StallWatchdog, type Watched } from './stall-watchdog.js';
import { assertAllAcknowledged } from './topic-writer.js';
import { recordOf, type Outgoing } from './wire.js';

describe('the guard against the timer loop of the request queue', () => {
  const fresh = (): { prototype: RequestQueuePrototype; armed: () => number } => {
    let armed = 0;
    return { prototype: { scheduleCheckPendingRequests: () => void (armed += 1) }, armed: () => armed };
  };

  it.each([
    [[], 0],
    [['one'], 1],
  ])('with %j waiting it arms %i timers', (pending, timers) => {
    const { prototype, armed } = fresh();
    guardRequestQueue(prototype);
    guardRequestQueue(prototype);
    prototype.scheduleCheckPendingRequests.call({ pending });
    expect(armed()).toBe(timers);
  });

  it('finds the method in the installed library and changes it', () => {
    const prototype = requestQueuePrototype();
    const original = prototype.scheduleCheckPendingRequests;
    expect(typeof original).toBe('function');
    guardRequestQueue();
    expect(prototype.scheduleCheckPendingRequests).not.toBe(original);
    prototype.scheduleCheckPendingRequests.call({ pending: [] });
  });
});

describe('the acknowledgement of every partition', () => {
  const outgoing = (chosen?: number): Outgoing => ({ value: Buffer.from('x'), ...(chosen === undefined ? {} : { chosen }) });
  const answer = (partition: number, errorCode = 0) => ({ topicName: 't', partition, errorCode });

  it.each([
    ['all have answered', [outgoing(0), outgoing(1)], [answer(0), answer(1)], true],
    ['one partition was never sent', [outgoing(0), outgoing(1)], [answer(0)], false],
    ['one partition answered with an error', [outgoing(0), outgoing(1)], [answer(0), answer(1, 19)], false],
    ['a record went nowhere', [outgoing()], [answer(0)], false],
    ['no answer at all', [outgoing(0)], [], false],
  ])('%s', (_, messages, answers, safe) => {
    const check = (): void => assertAllAcknowledged('t', messages, answers);
    if (safe) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'bus-unavailable', retryable: true }));
  });
});

describe('headers', () => {
  it.each(['id', 'type', 'at'])('refuses a message with a header of the reserved name %s', (name) => {
    const message = { id: '1', topic: 't', key: 'k', type: 'test.v1', at: 0, headers: { [name]: 'x' }, body: Buffer.alloc(0) };
    expect(() => recordOf(message)).toThrow(name);
  });
});

describe('the stall watchdog', () => {
  const adminWith = (high: string): Admin =>
    ({
      fetchTopicOffsets: () => Promise.resolve([0, 1].map((partition) => ({ partition, low: '0', high, offset: high }))),
      fetchOffsets: () => Promise.resolve([{ topic: 't', partitions: [0, 1].map((partition) => ({ partition, offset: '7' })) }]),
    }) as unknown as Admin;

  it.each([
    ['messages wait and nothing has come', { idle: STALL_MS_MAX, assigned: [0], high: '9' }, true],
    ['messages wait in partitions of other members', { idle: STALL_MS_MAX, assigned: [], high: '9' }, false],
    ['nothing waits', { idle: STALL_MS_MAX * 9, assigned: [0, 1], high: '7' }, false],
    ['something came a moment ago', { idle: STALL_MS_MAX - 1, assigned: [0], high: '9' }, false],
    ['it has not joined for too long', { idle: JOIN_MS_MAX, assigned: undefined, high: '7' }, true],
    ['it is still joining', { idle: JOIN_MS_MAX - 1, assigned: undefined, high: '9' }, false],
  ])('%s', async (_, { idle, assigned, high }, rebuilt) => {
    const reasons: string[] = [];
    const reader: Watched = {
      groupId: 'g.t',
      topic: 't',
      idleMs: () => idle,
      assignment: () => assigned,
      rebuild: (reason) => void reasons.push(reason),
    };
    const watchdog = new StallWatchdog(() => [reader], { use: (work) => work(adminWith(high)) }, new TestClock(), silentLog);
    await watchdog.look();
    expect(reasons).toHaveLength(rebuilt ? 1 : 0);
  });
});
