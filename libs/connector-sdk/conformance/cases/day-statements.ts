import type { StatedItem, StatedTotal } from '#contracts';
import type { ConformanceCase, DaySide, Stage, StatedDay } from '../case.js';
import { equal, figures, lineOf, must, NotConformant, refusedFor } from '../expect.js';
import { current, freezeOrder, frozen, inquire } from '../steps.js';

/** A day on which no bank has done anything for a court. */
const LONG_AGO = '2000-01-03';
const NOBODYS_ACCOUNT = '6217999999999999';

function daysOf({ days }: Stage): DaySide {
  must(days !== undefined, 'the dialect asks for no statement');
  return days;
}

async function stated(stage: Stage): Promise<StatedDay> {
  const said = await daysOf(stage).ask(stage.today());
  if (typeof said === 'string') throw new NotConformant(`the statement was not had: ${said}`);
  return said;
}

/** Every count and sum by its name, so that two statements of one day can be compared by what was added. */
function figuresOf(totals: readonly StatedTotal[]): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  const add = (name: string, figure: bigint): void => void found.set(name, (found.get(name) ?? 0n) + figure);
  for (const { action, state, count, sums } of totals) {
    add(`${action} ${state}`, BigInt(count));
    for (const { amount, currency } of sums) add(`${action} ${state} ${currency}`, BigInt(amount.replace('.', '')));
  }
  return found;
}

function added(before: StatedDay, after: StatedDay): readonly string[] {
  const old = figuresOf(before.totals);
  return [...figuresOf(after.totals)]
    .map(([name, figure]) => `${name} +${figure - (old.get(name) ?? 0n)}`)
    .filter((text) => !text.endsWith('+0'))
    .sort();
}

function totalsOf(items: readonly StatedItem[]): readonly StatedTotal[] {
  return items.map(({ action, state, amount }) => ({ action, state, count: 1, sums: amount ? [amount] : [] }));
}

const shown = (totals: readonly StatedTotal[]): readonly string[] =>
  [...figuresOf(totals)]
    .filter(([, figure]) => figure !== 0n)
    .map(([name, figure]) => `${name} ${figure}`)
    .sort();

function statement(name: string, says: string, rest: Pick<ConformanceCase, 'broken' | 'run'> & Partial<ConformanceCase>): ConformanceCase {
  const needs = ['day-statement', ...(rest.needs ?? [])] as const;
  return {
    name: `day-statement-${name}`,
    rule: 'dialect: end of a day',
    says,
    given: { accounts: [current('500.00')] },
    alone: true,
    ...rest,
    needs,
  };
}

export const DAY_STATEMENTS: readonly ConformanceCase[] = [
  statement('normal', 'what the bank did and refused stands in its statement of the day, each line once, with its sum', {
    broken: { front: { statement: 'silent' } },
    run: async (stage) => {
      const before = await stated(stage);
      await inquire(stage);
      const done = await frozen(stage, 0, '200.00');
      const refused = freezeOrder(stage, 0, '5.00', { account: NOBODYS_ACCOUNT });
      refusedFor(await stage.court.ask(refused), ['NO_ACCOUNT', 'ACCOUNT_NOT_OF_DEBTOR']);
      const after = await stated(stage);
      equal('added', added(before, after), [
        'freeze executed +1',
        'freeze executed CNY +20000',
        'freeze refused +1',
        'inquire executed +1',
      ]);
      if (!after.references) return;
      const own = after.items.filter(({ orderNumber }) => [done.orderNumber, refused.orderNumber].includes(orderNumber));
      equal(
        'the freezes',
        own.map(({ orderNumber, seq, state, amount }) => `${orderNumber}/${seq} ${state} ${amount?.amount ?? ''}`).sort(),
        [`${done.orderNumber}/1 executed 200.00`, `${refused.orderNumber}/1 refused `].sort(),
      );
    },
  }),
  statement('adds-up', 'the totals of a statement are those of the orders that it names', {
    broken: { front: { statement: 'wrong-totals' } },
    run: async (stage) => {
      await frozen(stage, 0, '200.00');
      const { totals, items, references } = await stated(stage);
      if (references) equal('totals', shown(totals), shown(totalsOf(items)));
    },
  }),
  statement('difference', 'a statement tells what the books hold, also where an answer has said something else', {
    needs: ['simulator'],
    bank: { misdeed: 'refuses' },
    broken: { misdeed: 'wrong-rank' },
    run: async (stage) => {
      const order = freezeOrder(stage, 0, '200.00');
      equal('the answer', lineOf(await stage.court.ask(order)).status, 'refused');
      const { items } = await stated(stage);
      const [own] = items.filter(({ orderNumber }) => orderNumber === order.orderNumber);
      equal('the statement', { state: own?.state, amount: own?.amount?.amount }, { state: 'executed', amount: '200.00' });
    },
  }),
  statement('unknown-day', 'of a day on which nothing was done the bank states nothing, or has no statement', {
    broken: { front: { statement: 'invents' } },
    run: async (stage) => {
      const said = await daysOf(stage).ask(LONG_AGO);
      if (typeof said !== 'string') equal('stated', { totals: shown(said.totals), items: said.items }, { totals: [], items: [] });
    },
  }),
  statement('forged-question', 'somebody who is not the court is told nothing of a day', {
    broken: { front: { trustsAnyone: true } },
    run: async (stage) => {
      await frozen(stage, 0, '200.00');
      const said = await daysOf(stage).askForged(stage.today());
      must(typeof said === 'string', 'the bank gave its statement away to somebody who is not the court');
    },
  }),
  statement('wrong-signature', 'a statement that is not under a valid key of the bank counts for nothing, and is had once it is', {
    broken: { front: { statement: 'silent' } },
    run: async (stage) => {
      const order = await frozen(stage, 0, '200.00');
      stage.bank.keyExpired(true);
      try {
        const said = await daysOf(stage).ask(stage.today());
        must(typeof said === 'string', 'a statement counts that the bank has not signed with a valid key');
      } finally {
        stage.bank.keyExpired(false);
      }
      const { references, items } = await stated(stage);
      if (references)
        must(
          items.some(({ orderNumber }) => orderNumber === order.orderNumber),
          'the order is not in the statement',
        );
    },
  }),
  statement('garbled', 'a statement that changed on its way counts for nothing', {
    needs: ['simulator'],
    broken: { front: { statement: 'silent' } },
    run: async (stage) => {
      figures(await stage.court.ask(freezeOrder(stage, 0, '200.00')), { status: 'executed' });
      await stage.bank.faults({ garbleAnswer: 1 });
      must(typeof (await daysOf(stage).ask(stage.today())) === 'string', 'a statement counts that is not what the bank has signed');
      await stage.bank.faults({});
      await stated(stage);
    },
  }),
];
