import { describe, expect, it } from '@jest/globals';
import { AppError, parseAmount, silentLog } from '#kernel';
import type { Database, Tx } from '#persistence';
import { SeededEntropy, TestClock, withTempDir } from '#testing';
import { accountView, replaceCustomers } from '../book/customers.js';
import type { Faults } from '../faults/faults.js';
import { DEBTOR, entry, freeze, IDENTITY, order, OWN_BANK } from '../testing/sample-bank.js';
import { BankCores } from './bank-cores.js';
import { DeskEffects } from './desk-effects.js';
import { JournalBook } from './journal-book.js';
import { NoticeBox } from './notices.js';
import { openBooks } from './open-simulator.js';
import { BankOrders } from './orders.js';

const BANK = { ...IDENTITY, notices: true, desk: true };
const NAME = BANK.bank;

interface World {
  readonly cores: BankCores;
  readonly orders: BankOrders;
  readonly database: Database;
  readonly clock: TestClock;
  setFaults(faults: Faults): Promise<void>;
}

function withBank(body: (world: World) => Promise<void>, wrap: (database: Database) => Database = (database) => database): Promise<void> {
  return withTempDir(async (folder) => {
    const environment = { clock: new TestClock(), entropy: new SeededEntropy(), log: silentLog };
    const database = await openBooks(folder, environment);
    const cores = await BankCores.open([BANK], { database: wrap(database), ...environment });
    await cores.submit(NAME, [], ({ book, at }) => replaceCustomers(book, [{ ...DEBTOR, accounts: [entry('1', '1000')] }], at));
    const setFaults = (faults: Faults) => cores.submit(NAME, [], (seat) => void (seat.faults = faults));
    await body({ cores, orders: new BankOrders(cores, database), database, clock: environment.clock, setFaults });
    await cores.close();
    await database.close();
  });
}

const journalOf = (world: World) => new JournalBook(world.database).all(NAME);

describe('an order number', () => {
  it('has one effect however many deliveries of it arrive at once', () =>
    withBank(async (world) => {
      const one = freeze('1', '10');
      const all = await Promise.all(Array.from({ length: 50 }, () => world.orders.receive(NAME, one, false)));
      expect(all.filter((received) => !received.repeated)).toHaveLength(1);
      expect(new Set(all.map((received) => JSON.stringify(received.record.answer))).size).toBe(1);
      expect(await journalOf(world)).toMatchObject([
        { seq: 1, orderNumber: one.orderNumber, line: 1, action: 'freeze', account: '1', amount: { amount: '10.00' } },
      ]);
    }));

  it('with another content is refused as a duplicate, and the first stays what it is', () =>
    withBank(async (world) => {
      const one = freeze('1', '10');
      const first = await world.orders.receive(NAME, one, false);
      const other = await world.orders.receive(NAME, { ...freeze('1', '11'), orderNumber: one.orderNumber }, false);
      expect(other.record.answer).toMatchObject({ kind: 'rollback', code: '02' });
      expect((await world.orders.find(NAME, one.orderNumber))?.answer).toEqual(JSON.parse(JSON.stringify(first.record.answer)));
    }));

  it('that was rejected once stays rejected, without an effect, and the next one is executed', () =>
    withBank(async (world) => {
      await world.setFaults({ rejectOnce: '0404' });
      const one = freeze('1', '10');
      for (const repeated of [false, true]) {
        expect(await world.orders.receive(NAME, one, false)).toMatchObject({
          repeated,
          record: { answer: { kind: 'rollback', code: '0404' } },
        });
      }
      expect(world.cores.faultsOf(NAME)).toEqual({});
      expect((await world.orders.receive(NAME, freeze('1', '10'), false)).record.answer).toMatchObject({ kind: 'control' });
      expect(await journalOf(world)).toHaveLength(1);
    }));

  it('that a slow bank has taken is executed when its time has come, and its answer waits to be delivered', () =>
    withBank(async (world) => {
      const one = freeze('1', '10');
      expect(await world.orders.postpone(NAME, one, 5_000)).toMatchObject({ repeated: false, record: { state: 'received' } });
      expect(await world.orders.receive(NAME, one, false)).toMatchObject({ repeated: true, record: { state: 'received' } });
      expect(await world.orders.workOnPostponed(world.clock.now())).toBe(0);
      await world.clock.jump(5_000);
      expect(await world.orders.workOnPostponed(world.clock.now())).toBe(1);
      expect(await world.orders.undelivered(NAME, 10)).toMatchObject([
        { orderNumber: one.orderNumber, answer: { lines: [{ covered: '10.00' }] } },
      ]);
      await world.orders.delivered(NAME, [one.orderNumber]);
      expect(await world.orders.undelivered(NAME, 10)).toEqual([]);
      expect(await journalOf(world)).toHaveLength(1);
    }));
});

describe('the books', () => {
  it('are those of the store again when a commit failed, and say nothing of what was lost', async () => {
    let failing = false;
    const breakable = (database: Database): Database => ({
      reader: database.reader,
      close: () => database.close(),
      run: <T>(work: (tx: Tx) => Promise<T>) =>
        database.run(async (tx) => {
          const value = await work(tx);
          if (failing) throw new AppError('store-unavailable', 'no space left');
          return value;
        }),
    });
    await withBank(async (world) => {
      const one = freeze('1', '10');
      failing = true;
      await expect(world.orders.receive(NAME, one, false)).rejects.toThrow('could not store');
      failing = false;
      expect(await journalOf(world)).toEqual([]);
      expect(await world.cores.submit(NAME, [], ({ book }) => accountView(book, book.account('1')).freezes)).toEqual([]);
      expect(await world.orders.receive(NAME, one, false)).toMatchObject({ repeated: false, record: { answer: { lines: [{ rank: 1 }] } } });
    }, breakable);
  });

  it('keep working for others when one piece of work is refused', () =>
    withBank(async (world) => {
      const results = await Promise.allSettled([
        world.cores.submit(NAME, [], ({ book }) => book.account('nobody')),
        world.orders.receive(NAME, freeze('1', '10'), false),
        world.cores.submit('nobank', [], () => 1),
      ]);
      expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    }));

  it('keep notices until they are taken', () =>
    withBank(async (world) => {
      const box = new NoticeBox(world.database);
      const one = freeze('1', '10', { to: '2026-03-10' });
      await world.orders.receive(NAME, one, false);
      await world.clock.jump(10 * 86_400_000);
      await world.cores.submit(NAME, [], () => undefined);
      const [notice] = await box.untaken(NAME, 10);
      expect(notice).toMatchObject({ kind: 'lapsed', orderNumber: one.orderNumber, line: 1, at: '2026-03-10T16:00:00.000Z' });
      await box.taken(NAME, [notice?.seq ?? 0]);
      expect(await box.untaken(NAME, 10)).toEqual([]);
    }));
});

describe('what a clerk types', () => {
  const amount = (text: string) => (currency: string) => parseAmount(text, currency);

  it('happens once per order line and moves money under the right freeze', () =>
    withBank(async (world) => {
      const desk = new DeskEffects(world.cores);
      const type = (orderNumber: string, action: 'freeze' | 'deduct' | 'release' | 'renew', text?: string) =>
        desk.type(NAME, { orderNumber, seq: 1, action, account: '1', amount: text === undefined ? undefined : amount(text) });
      expect(await type('A', 'freeze', '300')).toMatchObject({ replayed: false, report: { covered: '300.00' } });
      expect(await type('A', 'freeze', '300')).toMatchObject({ replayed: true, report: { covered: '300.00' } });
      await expect(type('A', 'freeze', '301')).rejects.toMatchObject({ code: 'idempotency-mismatch' });
      await expect(type('B', 'deduct', '300.01')).rejects.toMatchObject({ code: 'wrong-state', extra: { reason: 'AMOUNT_OVER_FROZEN' } });
      expect(await type('C', 'renew')).toMatchObject({ report: { status: 'executed' } });
      expect(await type('D', 'deduct', '200')).toMatchObject({ report: { limit: '100.00', moved: { state: 'credited' } } });
      expect(await type('E', 'release')).toMatchObject({ report: { limit: '0.00', available: '800.00' } });
      await desk.type(NAME, { orderNumber: 'F', seq: 0, action: 'inquire' });
      expect((await journalOf(world)).map((row) => `${row.seq} ${row.orderNumber} ${row.action} ${row.amount?.amount ?? '-'}`)).toEqual([
        '1 A freeze 300.00',
        '2 C renew 300.00',
        '3 D deduct 200.00',
        '4 E release 100.00',
        '5 F inquire -',
      ]);
    }));
});

describe('speed', () => {
  it('is bounded by batches, not by one commit an order', () =>
    withBank(async (world) => {
      const inquiries = Array.from({ length: 4_000 }, () => order('inquire', []));
      const started = performance.now();
      await Promise.all(inquiries.map((one) => world.orders.receive(NAME, one, false)));
      const perSecond = inquiries.length / ((performance.now() - started) / 1000);
      process.stdout.write(`inquiries per second: ${Math.round(perSecond)}\n`);
      expect(perSecond).toBeGreaterThan(500);
      const controls = Array.from({ length: 1_000 }, () => freeze('1', '0.01'));
      const paid = order('deduct', [
        { account: '1', amount: 1n, original: { orderNumber: controls[0]?.orderNumber ?? '' }, courtAccount: OWN_BANK },
      ]);
      await Promise.all([...controls, paid].map((one) => world.orders.receive(NAME, one, false)));
      expect(await journalOf(world)).toHaveLength(5_001);
    }));
});
