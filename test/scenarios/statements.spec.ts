import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { BANK_MS_MAX, Stage } from './stage/stage.js';
import type { List, RequestView } from './stage/views.js';

interface StatementView {
  readonly bank: string;
  readonly version: number;
  readonly bankSide: string;
  readonly differences?: number;
  readonly statement: {
    readonly ours: { readonly totals: readonly { action: string; state: string; count: number; sums: readonly { amount: string }[] }[] };
    readonly bankStatement?: { readonly totals: readonly unknown[]; readonly references: boolean };
    readonly differences?: { readonly items: readonly { kind: string; side?: string; orderNumber?: string }[] };
  };
  readonly text: string;
}

/** A day and the quarter of an hour after it in which nothing is stated yet. */
const TO_THE_NEXT_DAY = 'PT25H';

/** The clock only goes forward, so each test has days of its own and they follow each other. */
describe("the end of a bank's day", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);

  afterAll(() => stage.close());

  function statementWhen(bank: string, day: string, isSo: (statement: StatementView) => boolean): Promise<StatementView> {
    let last: unknown;
    return eventually(async () => {
      const { status, body } = await stage.as('auditor').get<StatementView>(`/api/v1/statements/${bank}/${day}`);
      last = body;
      return status === 200 && isSo(body) ? body : undefined;
    }, BANK_MS_MAX).catch((error: unknown) => {
      throw new Error(`the statement stayed ${JSON.stringify(last)}`, { cause: error });
    });
  }
  const compared = (bank: string, day: string): Promise<StatementView> => statementWhen(bank, day, ({ bankSide }) => bankSide === 'stated');

  /** A frozen account at the bank that is called. */
  async function frozen(amount: string): Promise<RequestView> {
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '900.00' }] });
    return stage.freeze(staged, [{ holdingId: staged.holdings[0]?.id, amount }]);
  }

  it('both sides say the same of every action, and a bank that says nothing is not taken to agree', async () => {
    const day = stage.today();
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '900.00' }] });
    await stage.freeze(staged, [{ holdingId: staged.holdings[0]?.id, amount: '400.00' }]);
    const [measure] = (await stage.measures(staged.id)).items;
    await stage.carryOut({ action: 'deduct', caseId: staged.id, lines: [{ measureId: measure?.id, amount: '150.00' }] });
    await stage.carryOut({ action: 'release', caseId: staged.id, lines: [{ measureId: measure?.id, newLimit: '50.00' }] });
    const other = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '900.00' }] });
    await stage.setFaults('hubeibank', { rejectOnce: '0403' });
    await stage.freeze(other, [{ holdingId: other.holdings[0]?.id, amount: '10.00' }]);
    await stage.advance(TO_THE_NEXT_DAY);

    const shown = await compared('hubeibank', day);
    expect([shown.differences, shown.statement.bankStatement?.references]).toEqual([0, true]);
    expect(shown.statement.bankStatement?.totals).toEqual(shown.statement.ours.totals);
    const told = shown.statement.ours.totals.map(({ action, state, count, sums }) =>
      [action, state, count, ...sums.map(({ amount }) => amount)].join(' '),
    );
    expect(told).toEqual([
      'inquire executed 2',
      'freeze executed 1 400.00',
      'freeze rolled-back 1',
      'release executed 1 200.00',
      'deduct executed 1 150.00',
    ]);
    expect(shown.text).toContain('逐笔核对一致');
    const silent = await statementWhen('hankoubank', day, () => true);
    expect([silent.bankSide, silent.differences]).toEqual(['absent', undefined]);
  }, 120_000);

  it('an order that the bank leaves out is one difference and one task; when the bank corrects itself, a new version and a task for that', async () => {
    const day = stage.today();
    await stage.setFaults('hubeibank', { statement: 'omits' });
    await frozen('20.00');
    await stage.advance(TO_THE_NEXT_DAY);
    const shown = await compared('hubeibank', day);
    const [first] = shown.statement.differences?.items ?? [];
    expect([shown.differences, first?.side]).toEqual([1, 'ours']);
    const mine = async () => (await stage.tasks('statement')).filter(({ orderNumber }) => orderNumber === first?.orderNumber);
    expect(await mine()).toHaveLength(1);

    await stage.setFaults('hubeibank', {});
    await stage.advance(TO_THE_NEXT_DAY);
    const corrected = await statementWhen('hubeibank', day, ({ differences }) => differences === 0);
    expect(corrected.version).toBeGreaterThan(shown.version);
    await eventually(async () => (await mine()).length === 0, BANK_MS_MAX);
    const ofLeader = await stage.as('leader').read<List<{ kind: string; text?: string }>>('/api/v1/tasks?kind=statement&limit=500');
    expect(JSON.stringify(ofLeader.items)).toContain('银行更改了已提供的对账单');
  }, 120_000);

  it('an order that nobody has sent is told by the bank alone', async () => {
    const day = stage.today();
    await stage.setFaults('hubeibank', { statement: 'invents' });
    await stage.advance(TO_THE_NEXT_DAY);
    const shown = await compared('hubeibank', day);
    expect(shown.statement.differences?.items).toMatchObject([{ kind: 'order', side: 'bank' }]);
    await stage.setFaults('hubeibank', {});
  }, 120_000);
});
