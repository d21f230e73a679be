import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog, SystemClock, type Timer } from '#kernel';
import { eventually, testDatabases, TestStores } from '#testing';
import { insert, Lease, leasesMigration, type Migration, type OpenDatabase } from './index.js';
import { LEASE_MS } from './lease.js';

const migrations: readonly Migration[] = [
  leasesMigration,
  { name: '0010-effects', statements: ['CREATE TABLE effects (id {id} NOT NULL PRIMARY KEY)'] },
];

/** The time of a process that SIGSTOP can hold: its timers do not run meanwhile, the machine's clock does. */
class StoppableTime extends SystemClock {
  private ahead = 0;
  isStopped = false;

  override monotonicMs(): number {
    return super.monotonicMs() + this.ahead;
  }

  override setRealTimer(delayMs: number, work: () => void): Timer {
    return super.setRealTimer(delayMs, () => {
      if (!this.isStopped) work();
    });
  }

  stopFor(ms: number): void {
    this.isStopped = true;
    this.ahead += ms;
  }
}

describe.each(testDatabases())('a lease on $dialect', ({ dialect, isThere }) => {
  (isThere ? describe : describe.skip)(`is one process's claim to a job (${dialect})`, () => {
    let stores: TestStores;
    let database: OpenDatabase;
    let leases: Lease[];

    const lease = (
      holder: string,
      time = new SystemClock(),
      onChange: (held: boolean) => void = () => undefined,
      isSoleHolder = false,
    ): Lease => {
      const made = new Lease({ database, name: 'relay', holder, isSoleHolder, time, log: silentLog, onChange });
      leases.push(made);
      return made;
    };
    /** As when the database's clock had passed the end of the lease. */
    const expire = () => database.run((tx) => tx.run('UPDATE leases SET until_at = 1'));

    beforeEach(async () => {
      stores = new TestStores(dialect);
      database = await stores.open('leases', migrations);
      leases = [];
    });

    afterEach(async () => {
      for (const each of leases) await each.stop();
      await stores.remove();
    });

    it('is held by one of many that start at once', async () => {
      const many = Array.from({ length: 8 }, (_, i) => lease(`p${i}`));
      await Promise.all(many.map((each) => each.start()));
      expect(many.filter(({ held }) => held)).toHaveLength(1);
    });

    it('is renewed for longer than it lasts', async () => {
      const only = lease('one');
      await only.start();
      const begun = performance.now();
      await eventually(() => performance.now() - begun > LEASE_MS + 500);
      expect(only.held).toBe(true);
      expect(only.fence).toBe(1);
    });

    it('passes at once when its holder stops, with a higher fence, and both hear of it', async () => {
      const heard: string[] = [];
      const first = lease('one', undefined, (held) => heard.push(`one ${held}`));
      await first.start();
      await first.stop();
      const second = lease('two', undefined, (held) => heard.push(`two ${held}`));
      await second.start();
      expect([first.held, second.held, second.fence]).toEqual([false, true, 2]);
      expect(heard[0]).toBe('one true');
      expect(heard.at(-1)).toBe('two true');
    });

    it.each([-120_000, 120_000])('is not taken by a process whose clock is %d ms off', async (offset) => {
      await lease('one').start();
      const other = lease('two', new SystemClock(offset));
      await other.start();
      expect(other.held).toBe(false);
    });

    it('is not believed in by a process that was stopped and wakes up', async () => {
      const time = new StoppableTime();
      const sleeper = lease('one', time);
      await sleeper.start();
      expect(sleeper.held).toBe(true);
      time.stopFor(LEASE_MS);
      expect([sleeper.held, sleeper.fence]).toEqual([false, undefined]);
    });

    it.each([
      ['at once by the next process of the name that is its own', 'one', true, [true, 2]],
      ['not by one that shares its name', 'one', false, [false, undefined]],
      ['not by another', 'two', true, [false, undefined]],
    ])('is taken %s', async (_, holder, isSoleHolder, expected) => {
      const killed = lease('one');
      await killed.start();
      const next = lease(holder, undefined, undefined, isSoleHolder);
      await next.start();
      expect([next.held, next.fence]).toEqual(expected);
      const late = database.run((tx) => killed.assertHeld(tx));
      await (next.held ? expect(late).rejects.toMatchObject({ code: 'lease-lost' }) : expect(late).resolves.toBeUndefined());
    });

    it('lets no transaction of a stale holder commit, even while that one believes', async () => {
      const time = new StoppableTime();
      const stale = lease('one', time);
      await stale.start();
      time.stopFor(0);
      await database.run(async (tx) => {
        await stale.assertHeld(tx);
        await insert(tx, 'effects', { id: 'while it held' });
      });
      await expire();
      await lease('two').start();
      expect(stale.held).toBe(true);
      const late = database.run(async (tx) => {
        await insert(tx, 'effects', { id: 'too late' });
        await stale.assertHeld(tx);
      });
      await expect(late).rejects.toMatchObject({ code: 'lease-lost', retryable: true });
      expect(await database.reader.all('SELECT id FROM effects')).toEqual([{ id: 'while it held' }]);
    });
  });
});
