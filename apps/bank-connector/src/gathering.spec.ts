import { describe, expect, it } from '@jest/globals';
import { TestClock } from '#testing';
import { Debounced, Gathering } from './gathering.js';

describe('gathering', () => {
  it('lets all who come within the window go on together, and opens a new one afterwards', async () => {
    const clock = new TestClock();
    const gathering = new Gathering(clock, 5);
    const order: string[] = [];
    const come = async (name: string): Promise<void> => {
      await gathering.turn();
      order.push(name);
    };
    const first = come('a');
    await clock.advance(4);
    const second = come('b');
    expect(order).toEqual([]);
    await clock.advance(1);
    await Promise.all([first, second]);
    expect(order).toEqual(['a', 'b']);
    const third = come('c');
    expect(clock.pendingTimers()).toBe(1);
    await clock.advance(5);
    await third;
    expect(clock.pendingTimers()).toBe(0);
  });

  it('calls once for any number of calls in a window', async () => {
    const clock = new TestClock();
    let calls = 0;
    const debounced = new Debounced(clock, 5, () => (calls += 1));
    for (let i = 0; i < 10; i++) debounced.call();
    await clock.advance(5);
    debounced.call();
    await clock.advance(5);
    expect(calls).toBe(2);
  });
});
