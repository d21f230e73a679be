import type { OrderDispatched } from '#contracts';
import { addDays, addYears, type LegalDate } from '#kernel';
import type { GivenAccount, Stage, Told } from './case.js';
import { equal, must } from './expect.js';

/** What cases do again and again, in the order in which a court does it. */

type Line = OrderDispatched['lines'][number];
type Over = Partial<OrderDispatched>;

/** The last day of a freeze of a year that begins today: both days count (I9). */
export const yearEnd = (today: LegalDate): LegalDate => addDays(addYears(today, 1), -1);

export const current = (balance: string, more: Partial<GivenAccount> = {}): GivenAccount => ({ kind: 'current', balance, ...more });

export const accountOf = (stage: Stage, index: number): string => {
  const account = stage.accounts[index];
  must(account !== undefined, `the case has no account ${index}`);
  return account;
};

export function freezeLine(stage: Stage, index: number, amount: string, over: Partial<Line> = {}): Line {
  const currency = over.currency ?? 'CNY';
  const from = stage.today();
  return {
    seq: 1,
    account: accountOf(stage, index),
    currency,
    kind: 'current',
    amount: { amount, currency },
    scope: 'funds',
    from,
    to: yearEnd(from),
    ...over,
  };
}

export function freezeOrder(stage: Stage, index: number, amount: string, over: Partial<Line> = {}, head: Over = {}): OrderDispatched {
  return stage.order('freeze', { lines: [freezeLine(stage, index, amount, over)], ...head });
}

/** An order about a line of an earlier freeze. */
export function laterOrder(
  stage: Stage,
  action: 'renew' | 'release' | 'deduct',
  freeze: OrderDispatched,
  over: Partial<Line> = {},
  head: Over = {},
): OrderDispatched {
  const [first] = freeze.lines;
  must(first !== undefined, 'the freeze has no line');
  const { seq, account, currency, kind } = first;
  const original = { orderNumber: freeze.orderNumber, seq, caseNumber: freeze.case.number };
  return stage.order(action, { lines: [{ seq: 1, account, currency, kind, original, ...over }], ...head });
}

/** The court's account at another bank than most; R20. */
export const COURT_ACCOUNT: NonNullable<OrderDispatched['courtAccount']> = {
  name: '武昌区法院执行款专户',
  number: '4201010020261234',
  bankName: '湖北银行',
  bankNumber: '313521000000',
};

export const cny = (amount: string): { readonly amount: string; readonly currency: string } => ({ amount, currency: 'CNY' });

export function deductOrder(stage: Stage, freeze: OrderDispatched, amount: string, head: Over = {}): OrderDispatched {
  return laterOrder(stage, 'deduct', freeze, { amount: cny(amount) }, { courtAccount: COURT_ACCOUNT, ...head });
}

export function releaseOrder(stage: Stage, freeze: OrderDispatched, newLimit: string, head: Over = {}): OrderDispatched {
  return laterOrder(stage, 'release', freeze, { newLimit: cny(newLimit) }, head);
}

/** Renews from the day after the old end. */
export function renewOrder(stage: Stage, freeze: OrderDispatched, head: Over = {}): OrderDispatched {
  const end = freeze.lines[0]?.to ?? yearEnd(stage.today());
  return laterOrder(stage, 'renew', freeze, { from: addDays(end, 1), to: addYears(end, 1) }, head);
}

export const inquire = (stage: Stage, over: Over = {}): Promise<Told> => stage.court.ask(stage.order('inquire', over));

/** Freezes and insists that it was done, as the ground of what a case is about. */
export async function frozen(
  stage: Stage,
  index: number,
  amount: string,
  over: Partial<Line> = {},
  head: Over = {},
): Promise<OrderDispatched> {
  const order = freezeOrder(stage, index, amount, over, head);
  const told = await stage.court.ask(order);
  const line = told.answers.at(-1)?.control?.lines[0];
  must(line?.status === 'executed', `the freeze before the case proper was not executed: ${JSON.stringify(line ?? told.events.at(-1))}`);
  return order;
}

/** The core has executed exactly these amounts on an account, in this order; passed over where it cannot be looked into. */
export async function effectsAre(stage: Stage, index: number, expected: readonly string[]): Promise<void> {
  const effects = await stage.bank.effects(accountOf(stage, index));
  if (!effects) return;
  equal(
    `effects on account ${index + 1}`,
    effects.map(({ action, amount }) => `${action} ${amount?.amount ?? ''}`),
    expected,
  );
}
