import { describe, expect, it } from '@jest/globals';
import { Recurring, newId } from '#kernel';
import { SeededEntropy } from './seeded-entropy.js';
import { TEST_START, TestClock } from './test-clock.js';

describe('TestClock', () => {
  it('stands still until it is moved', () => {
    const clock = new TestClock();
    expect([clock.now(), clock.realNow()]).toEqual([TEST_START, TEST_START]);
  });

  it('fires timers by due time, then by the order in which they were set, each at its own instant', async () => {
    const clock = new TestClock(0);
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${clock.now()}`);
    clock.setTimer(20, note('b'));
    clock.setTimer(10, note('a1'));
    clock.setTimer(10, note('a2'));
    clock.setRealTimer(15, note('real'));
    await clock.advance(15);
    expect(fired).toEqual(['a1@10', 'a2@10', 'real@15']);
    await clock.advance(5);
    expect(fired.at(-1)).toBe('b@20');
    expect(clock.pendingTimers()).toBe(0);
  });

  it('fires within the same step a timer that an earlier one set', async () => {
    const clock = new TestClock(0);
    const at: number[] = [];
    const again = async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        await clock.sleep(10);
        at.push(clock.now());
      }
    };
    const done = again();
    await clock.advance(30);
    await done;
    expect(at).toEqual([10, 20, 30]);
  });

  it('jumps business time without touching real timers, and catches up a jump in one turn', async () => {
    const clock = new TestClock(0);
    let turns = 0;
    let transport = 0;
    clock.setRealTimer(1_000, () => (transport += 1));
    const every = new Recurring(
      clock,
      1_000,
      async () => void (turns += 1),
      (error) => expect(error).toBeUndefined(),
    );
    every.start();
    await clock.advance(0);
    await clock.jump(10_500);
    expect([turns, transport, clock.now(), clock.realNow()]).toEqual([2, 0, 10_500, 0]);
    await clock.advance(1_000);
    expect([turns, transport]).toEqual([3, 1]);
    await every.stop();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('does not fire a cancelled timer and never goes back', async () => {
    const clock = new TestClock(0);
    clock.setTimer(1, () => expect('fired').toBe('cancelled')).cancel();
    await clock.advance(10);
    await expect(clock.advance(-1)).rejects.toThrow('never goes back');
    await expect(clock.jump(0.5)).rejects.toThrow('never goes back');
    expect(clock.now()).toBe(10);
  });

  it('stops at a timer that re-arms itself without delay', async () => {
    const clock = new TestClock(0);
    const rearm = () => void clock.setTimer(0, rearm);
    rearm();
    await expect(clock.advance(1)).rejects.toThrow('timers fired in one step');
  });
});

describe('SeededEntropy', () => {
  it('gives the same bytes for the same seed however they are asked for, and others for another seed', () => {
    const whole = new SeededEntropy('a').bytes(100);
    const parts = new SeededEntropy('a');
    expect(Buffer.concat([parts.bytes(1), parts.bytes(32), parts.bytes(67)])).toEqual(whole);
    expect(new SeededEntropy('b').bytes(100)).not.toEqual(whole);
  });

  it('makes ids that repeat with the seed', () => {
    const ids = (seed: string) => {
      const entropy = new SeededEntropy(seed);
      return Array.from({ length: 50 }, () => newId(new TestClock(), entropy));
    };
    expect(ids('x')).toEqual(ids('x'));
    expect(new Set([...ids('x'), ...ids('y')]).size).toBe(100);
  });
});
