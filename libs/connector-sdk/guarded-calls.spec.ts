import { describe, expect, it } from '@jest/globals';
import { silentLog, SystemClock } from '#kernel';
import { eventually, TestClock } from '#testing';
import type { BankLimits } from './bank-profile.js';
import { BREAKER_PAUSE_MS, GuardedPush } from './guarded-calls.js';
import type { SendOutcome } from './outcomes.js';
import type { PushConnector, WireOrder } from './ports.js';
import { TokenBucket } from './token-bucket.js';

const limits: BankLimits = { concurrency: 2, ratePerSec: 1_000, burst: 100, connectMs: 100, deadlineMs: 50, failuresToOpen: 3, batch: 1 };
const order: WireOrder = { orderNumber: '1', legalPerson: 'a', bytes: Buffer.alloc(0), signature: '' };

function guard(send: (signal: AbortSignal) => Promise<SendOutcome>, over: Partial<BankLimits> = {}) {
  const inner = { send: (_: WireOrder, signal: AbortSignal) => send(signal), query: async () => ({ kind: 'not-found' as const }) };
  return new GuardedPush('bank', inner as unknown as PushConnector, { ...limits, ...over }, new SystemClock(), silentLog);
}

const accepted: SendOutcome = { kind: 'accepted' };
const unknown: SendOutcome = { kind: 'unknown', reason: 'connection-refused' };

describe('the guard around a bank that is called', () => {
  it('says how many calls may start, never more than the cap', async () => {
    const release: ((outcome: SendOutcome) => void)[] = [];
    const calls = guard(() => new Promise((resolve) => release.push(resolve)));
    expect(calls.capacity()).toBe(2);
    const running = [calls.send(order), calls.send(order)];
    expect([calls.capacity(), calls.inFlight()]).toEqual([0, 2]);
    for (const resolve of release) resolve(accepted);
    expect(await Promise.all(running)).toEqual([accepted, accepted]);
    expect(calls.capacity()).toBe(2);
  });

  it('cuts a call off at its deadline and never repeats it', async () => {
    let made = 0;
    const calls = guard((signal) => {
      made += 1;
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'unknown', reason: 'timed-out' })));
    });
    expect(await calls.send(order)).toEqual({ kind: 'unknown', reason: 'timed-out' });
    expect(made).toBe(1);
  });

  it('cuts off what is under way when it is told to', async () => {
    const calls = guard(
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'unknown', reason: 'timed-out' }))),
      { deadlineMs: 60_000 },
    );
    const running = calls.send(order);
    calls.abortAll();
    expect((await running).kind).toBe('unknown');
  });

  it('leaves a bank that fails alone, tries it with one call after a pause, and trusts it again after a success', async () => {
    let isDead = true;
    const calls = guard(async () => (isDead ? unknown : accepted));
    for (let i = 0; i < 3; i++) expect(await calls.send(order)).toEqual(unknown);
    expect([calls.breakerState(), calls.capacity()]).toEqual(['open', 0]);
    expect(await calls.send(order)).toEqual({ kind: 'unknown', reason: 'breaker-open' });
    expect(calls.retryInMs()).toBeLessThanOrEqual(BREAKER_PAUSE_MS + 100);
    isDead = false;
    await eventually(() => calls.capacity() === 1, BREAKER_PAUSE_MS + 2_000);
    expect(await calls.send(order)).toEqual(accepted);
    expect([calls.breakerState(), calls.capacity()]).toEqual(['closed', 2]);
  });

  it('takes a refusal for an answer, not for a failure', async () => {
    const heard = { bytes: Buffer.alloc(0), contentType: '', signature: undefined };
    const calls = guard(async () => ({ kind: 'rejected', code: 'FORMAT', text: '', heard }));
    for (let i = 0; i < 5; i++) expect((await calls.send(order)).kind).toBe('rejected');
    expect(calls.breakerState()).toBe('closed');
  });

  it('lets a defect of the connector through', async () => {
    const calls = guard(() => Promise.reject(new TypeError('defect')));
    await expect(calls.send(order)).rejects.toThrow('defect');
    expect(calls.inFlight()).toBe(0);
  });
});

describe('TokenBucket', () => {
  it('gives a burst, then the rate, and asks for payment of what was taken beyond', async () => {
    const clock = new TestClock();
    const bucket = new TokenBucket(10, 3, clock);
    for (let i = 0; i < 3; i++) bucket.take();
    expect([bucket.available(), bucket.waitMs()]).toEqual([0, 100]);
    bucket.take();
    expect(bucket.waitMs()).toBe(200);
    await clock.advance(200);
    expect([bucket.available(), bucket.waitMs()]).toEqual([1, 0]);
    await clock.advance(60_000);
    expect(bucket.available()).toBe(3);
  });

  it('is not filled by a jump of business time', async () => {
    const clock = new TestClock();
    const bucket = new TokenBucket(1, 1, clock);
    bucket.take();
    await clock.jump(86_400_000);
    expect(bucket.available()).toBe(0);
  });
});
