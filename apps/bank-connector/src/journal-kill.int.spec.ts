import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog, SystemClock, systemEntropy, type FailPoint } from '#kernel';
import { openSqlite } from '#persistence';
import { ensureKeyPair } from '#trust';
import { builtFile, startProcess, tempDir, type TempDir, type TestProcess } from '#testing';
import { connectorMigrations } from '../migrations/index.js';
import { ScriptedBank } from './testing/scripted-bank.js';

const ORDERS = 12;
const RUN_MS_MAX = 40_000;

describe('a connector that is killed', () => {
  let script = '';
  let folder: TempDir;
  let bank: ScriptedBank;
  let endpoint = '';
  let child: TestProcess | undefined;

  beforeAll(async () => {
    script = await builtFile('apps/bank-connector/src/testing/journal-child.js');
  }, 120_000);

  beforeEach(async () => {
    folder = await tempDir('kill');
    bank = new ScriptedBank(await ensureKeyPair(join(folder.path, 'hubeibank.pem'), systemEntropy, 'hubeibank-1'));
    endpoint = await bank.listen();
  });

  afterEach(async () => {
    await child?.stop('SIGKILL');
    child = undefined;
    await bank.close();
    await folder.remove();
  });

  afterAll(() => undefined);

  const start = (dialect: string, count: number, ...failPoint: string[]): TestProcess => {
    child = startProcess(script, [folder.path, dialect, endpoint, String(count), ...failPoint]);
    return child;
  };

  const read = async <T>(name: string, work: (all: (sql: string) => Promise<Record<string, unknown>[]>) => Promise<T>): Promise<T> => {
    const file = join(folder.path, `${name}.sqlite`);
    const database = await openSqlite({ file, migrations: connectorMigrations, time: new SystemClock(), log: silentLog });
    try {
      return await work((sql) => database.reader.all(sql));
    } finally {
      await database.close();
    }
  };

  const POINTS: readonly (readonly [FailPoint, number])[] = [
    ['connector.taken-before-commit', 5],
    ['connector.taken-after-commit', 1],
    ['connector.sending-after-commit', 1],
    ['connector.sending-after-commit', 5],
    ['connector.sent-before-record', 3],
    ['connector.answered-before-commit', 4],
    ['connector.answered-after-commit', 4],
  ];

  it.each(POINTS)(
    'at %s (hit %i) loses nothing, does nothing twice and answers everything after its restart',
    async (point, hit) => {
      expect(await start('realtime-json', ORDERS, point, String(hit)).ended()).toEqual({ code: null, signal: 'SIGKILL' });
      const again = start('realtime-json', ORDERS);
      await again.waitForLine(new RegExp(`^answered ${ORDERS}$`, 'm'), RUN_MS_MAX);
      await again.stop('SIGKILL');
      expect(bank.executed.map(({ orderNumber }) => orderNumber).sort()).toEqual(
        Array.from({ length: ORDERS }, (_, i) => `K${String(i + 1).padStart(6, '0')}`),
      );
      // One order of a lane after the other, also over the death of the process.
      const lane = bank.executed.filter(({ action }) => action === 'freeze').map(({ orderNumber }) => orderNumber);
      expect(lane).toEqual([...lane].sort());
      await read('hubeibank', async (all) => {
        expect(await all(`SELECT what, COUNT(*) AS n FROM answers GROUP BY what`)).toEqual([{ what: 'published', n: ORDERS }]);
        expect(await all(`SELECT COUNT(*) AS n FROM facts WHERE type = 'order.answered'`)).toEqual([{ n: ORDERS }]);
        expect(await all(`SELECT COUNT(*) AS n FROM outbox WHERE type = 'order.answered.v1'`)).toEqual([{ n: ORDERS }]);
        expect(await all(`SELECT COUNT(*) AS n FROM facts WHERE type = 'order.taken'`)).toEqual([{ n: ORDERS }]);
        expect(await all(`SELECT DISTINCT delivery, standing FROM orders`)).toEqual([{ delivery: 'ACCEPTED', standing: 'answered' }]);
      });
      const repeated = [...bank.arrivals].filter(([, arrivals]) => arrivals > 1).map(([orderNumber]) => orderNumber);
      for (const orderNumber of repeated) expect(bank.statusAsked).toContain(orderNumber);
    },
    2 * RUN_MS_MAX,
  );

  it(
    'at desk.answer-after-commit keeps what the clerk typed, and answers his repeated call as it would have',
    async () => {
      const first = start('manual-desk', 1, 'desk.answer-after-commit');
      const [, address = ''] = await first.waitForLine(/^listening (\S+)$/m);
      const [, clerk = ''] = await first.waitForLine(/^clerk (\S+)$/m);
      const answer = (origin: string, token: string): Promise<Response> =>
        fetch(`${origin}/api/v1/desk/orders/K000001/answer`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'typed-once' },
          body: JSON.stringify({ result: 'no-account', lines: [] }),
        });
      await shownAtDesk(address, clerk);
      await expect(answer(address, clerk)).rejects.toThrow();
      expect((await first.ended()).signal).toBe('SIGKILL');
      const again = start('manual-desk', 1);
      const [, origin = ''] = await again.waitForLine(/^listening (\S+)$/m);
      const replay = await answer(origin, clerk);
      expect([replay.status, replay.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
      const [, reviewer = ''] = await again.waitForLine(/^reviewer (\S+)$/m);
      const review = await fetch(`${origin}/api/v1/desk/orders/K000001/review`, {
        method: 'POST',
        headers: { authorization: `Bearer ${reviewer}`, 'content-type': 'application/json', 'idempotency-key': 'reviewed' },
        body: JSON.stringify({ decision: 'approve' }),
      });
      expect(review.status).toBe(200);
      await again.waitForLine(/^answered 1$/m, RUN_MS_MAX);
      await again.stop('SIGKILL');
      await read('wrcb', async (all) => {
        expect(await all(`SELECT COUNT(*) AS n FROM facts WHERE type = 'desk.answered'`)).toEqual([{ n: 1 }]);
        expect(await all(`SELECT COUNT(*) AS n FROM outbox WHERE type = 'order.answered.v1'`)).toEqual([{ n: 1 }]);
      });
    },
    2 * RUN_MS_MAX,
  );
});

async function shownAtDesk(origin: string, token: string): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    const response = await fetch(`${origin}/api/v1/desk/orders?status=received`, { headers: { authorization: `Bearer ${token}` } });
    const { items } = (await response.json()) as { items: object[] };
    if (items.length > 0) return;
    if (performance.now() > end) throw new Error('nothing was shown at the desk');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
