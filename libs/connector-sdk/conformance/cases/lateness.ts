import type { ConformanceCase, Stage, Told } from '../case.js';
import { equal, figures, holdingOf, must } from '../expect.js';
import { accountOf, cny, current, deductOrder, effectsAre, freezeOrder, frozen, inquire } from '../steps.js';

const WIRE = ['push', 'pull', 'file'] as const;
/** Business milliseconds after which our side has certainly asked, or written, once more. */
const ASKED_AGAIN_MS = 16_000;
/** From here on the simulated bank of real time takes an order and calls back. Real milliseconds. */
const SLOW_MS = { push: 2_000, pull: 300, file: 300, desk: 0 } as const;

/** A bank in trouble until the bytes have left our side, and well afterwards. */
function troubled(
  name: string,
  rule: string,
  says: string,
  faults: Readonly<Record<string, unknown>>,
  more: Partial<ConformanceCase> = {},
): ConformanceCase {
  return {
    name,
    rule,
    says,
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    needs: ['simulator'],
    alone: true,
    broken: { misdeed: 'wrong-limit' },
    run: async (stage) => {
      await stage.bank.faults(faults);
      const order = freezeOrder(stage, 0, '200.00');
      // The order is on its way while the bank is in trouble; nobody waits for its end yet.
      await stage.court.hostile(order, 'unchanged', async () => {
        await stage.bank.faults({});
        await stage.passTime(ASKED_AGAIN_MS);
        await endsWell(stage, await stage.court.further(order, isOver));
      });
    },
    ...more,
  };
}

const isOver = ({ answers }: Told): boolean => answers.length > 0;

async function endsWell(stage: Stage, told: Told): Promise<void> {
  figures(told, { status: 'executed', limit: '200.00', covered: '200.00' });
  equal('answers', told.answers.length, 1);
  await effectsAre(stage, 0, ['freeze 200.00']);
}

export const LATENESS: readonly ConformanceCase[] = [
  troubled('late-bank-down', 'I15', 'a bank that was away executes what waited for it, once', { down: true }),
  troubled('late-request-lost', 'I5', 'an order that got lost on its way in is executed once in the end', { dropRequest: 1 }),
  troubled('late-executed-and-cut-off', 'I5', 'executed before the connection broke: found out, and not executed again', {
    executeThenDrop: 1,
  }),
  troubled('late-answer-lost', 'I5', 'an answer that got lost is had in the end, and the effect is there once', { dropAnswer: 1 }),
  {
    name: 'late-answer',
    rule: 'R11',
    says: 'a bank that needs its time is waited for; nothing is in doubt meanwhile',
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    needs: ['simulator'],
    alone: true,
    broken: { misdeed: 'wrong-limit' },
    run: async (stage) => {
      await stage.bank.faults({ latencyMs: SLOW_MS[stage.manifest.delivery] });
      const told = await stage.court.ask(freezeOrder(stage, 0, '200.00'));
      await endsWell(stage, told);
      must(
        told.events.every(({ event }) => event !== 'undetermined'),
        'a bank that was only slow was taken for lost',
      );
    },
  },
  {
    name: 'answer-twice',
    rule: 'I4',
    says: 'a bank that says its answer twice is heard once',
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    needs: ['simulator'],
    alone: true,
    broken: { misdeed: 'wrong-limit' },
    run: async (stage) => {
      await stage.bank.faults({ duplicateAnswer: 1 });
      const order = freezeOrder(stage, 0, '200.00');
      await stage.court.ask(order);
      await inquire(stage);
      await inquire(stage);
      await endsWell(stage, await stage.court.further(order, isOver));
    },
  },
  {
    name: 'late-deduct-cut-off',
    rule: 'I5',
    says: 'money of a deduct whose answer broke off has moved once',
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    abilities: ['deduct'],
    needs: ['simulator'],
    alone: true,
    broken: { misdeed: 'wrong-moved' },
    run: async (stage) => {
      const deduct = deductOrder(stage, await frozen(stage, 0, '200.00'), '200.00');
      await stage.bank.faults({ executeThenDrop: 1 });
      await stage.court.hostile(deduct, 'unchanged', async () => {
        await stage.bank.faults({});
        await stage.passTime(ASKED_AGAIN_MS);
        const told = await stage.court.further(deduct, isOver);
        equal('moved', figures(told, { status: 'executed' }).moved?.principal, cny('200.00'));
      });
      equal('balance', holdingOf(await inquire(stage), accountOf(stage, 0)).balance, cny('300.00'));
      await effectsAre(stage, 0, ['freeze 200.00', 'deduct 200.00']);
    },
  },
];
