import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { AUTOMATIC_BANKS, fen, Stage, sumOf, type StagedCase } from './stage/stage.js';
import type { OrderView, RequestView } from './stage/views.js';

/** How long a fault strikes before it is lifted. */
const FAULT_MS = 2_500;
/** A crashed or lost sending is settled within half a minute of both sides being up. */
const SETTLE_MS_MAX = 45_000;
const OPEN = ['queued', 'sent', 'received'];

const FAULTS: readonly [string, Record<string, unknown>][] = [
  ['dropRequest', { dropRequest: 1 }],
  ['executeThenDrop', { executeThenDrop: 1 }],
  ['dropAnswer', { dropAnswer: 1 }],
  ['duplicateAnswer', { duplicateAnswer: 1 }],
  ['garbleAnswer', { garbleAnswer: 1 }],
  ['partial', { partial: 1 }],
  ['down', { down: true }],
  [
    'all of them now and then',
    { dropRequest: 0.3, executeThenDrop: 0.3, dropAnswer: 0.3, duplicateAnswer: 0.3, garbleAnswer: 0.3, partial: 0.3 },
  ],
];

interface Struck {
  readonly staged: StagedCase;
  readonly inquiry: RequestView;
  readonly freeze: RequestView;
}

describe('a bank that misbehaves', () => {
  let stage: Stage;
  /** What was posted under each fault. All faults strike one after another before anything is judged, so that their time-outs overlap. */
  const struck = new Map<string, Struck>();

  beforeAll(async () => {
    stage = await Stage.open();
    for (const [name, faults] of FAULTS) struck.set(name, await strike(faults));
  }, 180_000);

  afterAll(() => stage.close());

  const setAllFaults = async (faults: unknown): Promise<void> => {
    for (const bank of AUTOMATIC_BANKS) await stage.setFaults(bank, faults);
  };

  /** Posts an inquiry and a freeze at the three automatic banks while all of them have the fault. */
  const strike = async (faults: unknown): Promise<Struck> => {
    const staged = await stage.inquiredCase({ accounts: AUTOMATIC_BANKS.map((bank) => ({ bank, balance: '1000.00' })) });
    await setAllFaults(faults);
    const inquiry = await stage.post({ action: 'inquire', caseId: staged.id, banks: AUTOMATIC_BANKS });
    const lines = staged.holdings.map(({ id }) => ({ holdingId: id, amount: '500.00' }));
    const freeze = await stage.post({ action: 'freeze', caseId: staged.id, lines, term: stage.term() });
    await stage.approve(freeze.id);
    await new Promise((resolve) => void setTimeout(resolve, FAULT_MS));
    await setAllFaults({});
    return { staged, inquiry, freeze };
  };

  const struckBy = (name: string): Struck => {
    const found = struck.get(name);
    if (!found) throw new Error(`${name} did not strike`);
    return found;
  };

  /** An order is settled when it has ended, or when a person has been told about it. */
  const unsettled = async (requests: readonly RequestView[]): Promise<readonly OrderView[]> => {
    const tasks = new Set((await stage.tasks()).map(({ orderNumber }) => orderNumber));
    const orders = (await Promise.all(requests.map(({ id }) => stage.request(id)))).flatMap((request) => request.orders);
    return orders.filter(({ status, orderNumber }) => [...OPEN, 'undetermined'].includes(status) && !tasks.has(orderNumber));
  };

  it.each(FAULTS.map(([name]) => name))(
    'by %s executes nothing twice and leaves nothing hanging',
    async (name) => {
      const { staged, inquiry, freeze } = struckBy(name);
      let left: readonly OrderView[] = [];
      await eventually(async () => {
        left = await unsettled([inquiry, freeze]);
        return left.length === 0;
      }, SETTLE_MS_MAX).catch((error: unknown) => {
        throw new Error(`not settled: ${JSON.stringify(left)}`, { cause: error });
      });

      const ours = new Set([inquiry, freeze].flatMap(({ orders }) => orders.map(({ orderNumber }) => orderNumber)));
      const journals = await Promise.all(AUTOMATIC_BANKS.map((bank) => stage.journal(bank)));
      const rows = journals.flat().filter(({ orderNumber }) => ours.has(orderNumber));
      const effects = rows.map(({ orderNumber, line, action }) => `${orderNumber}/${line}/${action}`);
      expect(effects.length).toBe(new Set(effects).size);

      // What we take for covered is what the banks control, wherever the outcome is known.
      const after = await stage.request(freeze.id);
      const known = after.orders.filter(({ status }) => status === 'answered');
      const covered = known.flatMap(({ lines = [] }) => lines.map((line) => line.covered?.amount));
      const frozen = rows.filter(
        ({ action, orderNumber }) => action === 'freeze' && known.some((order) => order.orderNumber === orderNumber),
      );
      expect(sumOf(covered)).toBe(sumOf(frozen.map(({ amount }) => amount?.amount)));
      expect(fen((await stage.measures(staged.id)).committed.amount)).toBeLessThanOrEqual(fen('1500.00'));
    },
    90_000,
  );

  it('by being dead delays no other bank (I15)', async () => {
    const staged = await stage.fileCase({ accounts: AUTOMATIC_BANKS.map((bank) => ({ bank, balance: '10.00' })) });
    await stage.setFaults('hubeibank', { down: true });
    const inquiry = await stage.post({ action: 'inquire', caseId: staged.id, banks: AUTOMATIC_BANKS });
    const others = await stage.requestWhen(inquiry.id, ({ orders }) =>
      orders.every(({ bank, status }) => bank === 'hubeibank' || status === 'answered'),
    );
    expect(others.orders.find(({ bank }) => bank === 'hubeibank')?.status).not.toBe('answered');
    await stage.setFaults('hubeibank', {});
    expect((await stage.ended(inquiry.id, SETTLE_MS_MAX)).status).toBe('completed');
  }, 90_000);
});
