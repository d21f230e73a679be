import type { ConformanceCase, Given, Told } from '../../case.js';
import { equal, holdingOf, must, substance } from '../../expect.js';
import { accountOf, cny, current } from '../../steps.js';

const GIVEN: Given = { accounts: [current('500.00')] };
/** Business milliseconds after which our side has certainly asked once more. */
const ASKED_AGAIN_MS = 16_000;
/** From here on the simulated register says that the answer comes later. Real milliseconds. */
const SLOW_MS = 2_000;
const TIMES = 3;

const isOver = ({ answers }: Told): boolean => answers.length > 0;

/** A register in trouble until the request has left our side, and well afterwards. */
function troubled(name: string, rule: string, says: string, faults: Readonly<Record<string, unknown>>): ConformanceCase {
  return {
    name: `register-${name}`,
    rule,
    says,
    given: GIVEN,
    deliveries: ['push'],
    needs: ['register', 'simulator'],
    alone: true,
    broken: { misdeed: 'wrong-balance' },
    run: async (stage) => {
      await stage.bank.faults(faults);
      const order = stage.order('inquire');
      await stage.court.hostile(order, 'unchanged', async () => {
        await stage.bank.faults({});
        await stage.passTime(ASKED_AGAIN_MS);
        const told = await stage.court.further(order, isOver);
        equal('balance', holdingOf(told, accountOf(stage, 0)).balance, cny('500.00'));
        equal('answers', told.answers.length, 1);
      });
    },
  };
}

export const REGISTER_REPETITIONS: readonly ConformanceCase[] = [
  {
    name: 'register-asked-again',
    rule: 'I5',
    says: 'a question that comes again under its number is answered as before, though money came in meanwhile',
    given: GIVEN,
    deliveries: ['push'],
    needs: ['register', 'simulator'],
    broken: { misdeed: 'executes-again' },
    run: async (stage) => {
      const order = stage.order('inquire');
      const first = await stage.court.ask(order);
      await stage.bank.credit(accountOf(stage, 0), '100.00');
      equal('the second answer', substance(await stage.court.again(order)), substance(first));
    },
  },
  {
    name: 'register-asked-again-to-the-byte',
    rule: 'I5',
    says: `however often a question comes, its answer has the same bytes (${TIMES} times)`,
    given: GIVEN,
    deliveries: ['push'],
    needs: ['register', 'simulator'],
    broken: { misdeed: 'executes-again' },
    run: async (stage) => {
      const order = stage.order('inquire');
      const digest = ({ answers }: Told): string | undefined => answers[0]?.original.digest;
      const first = digest(await stage.court.ask(order));
      must(first !== undefined, 'the question is not answered');
      for (let time = 0; time < TIMES; time++) equal('the digest of a later answer', digest(await stage.court.again(order)), first);
    },
  },
  {
    name: 'register-new-number-new-answer',
    rule: 'I16',
    says: 'under a new number the figures are those of now',
    given: GIVEN,
    deliveries: ['push'],
    needs: ['register', 'simulator'],
    broken: { misdeed: 'wrong-balance' },
    run: async (stage) => {
      await stage.court.ask(stage.order('inquire'));
      await stage.bank.credit(accountOf(stage, 0), '100.00');
      equal('balance', holdingOf(await stage.court.ask(stage.order('inquire')), accountOf(stage, 0)).balance, cny('600.00'));
    },
  },
  {
    name: 'register-another-question-under-its-number',
    rule: 'dialect: 02',
    says: 'another question under a known number is not answered with what the first one found',
    given: GIVEN,
    deliveries: ['push'],
    needs: ['register'],
    broken: { misdeed: 'takes-other-content' },
    run: async (stage) => {
      const order = stage.order('inquire');
      holdingOf(await stage.court.ask(order), accountOf(stage, 0));
      const told = await stage.court.again({ ...order, debtor: { ...stage.debtor, name: '陈致远' } });
      must(
        told.answers.every(({ inquiry }) => inquiry === undefined || inquiry.holdings.length === 0),
        'the accounts of the first question were given to the second',
      );
    },
  },
  troubled('later', 'R11', 'a register that needs its time says so, and answers when it is asked again', { latencyMs: SLOW_MS }),
  troubled('down', 'I15', 'a register that was away answers what waited for it', { down: true }),
  troubled('request-lost', 'I5', 'a question that got lost is answered in the end', { dropRequest: 1 }),
  troubled('cut-off', 'I5', 'so is one whose connection broke before the answer', { executeThenDrop: 1 }),
  troubled('answer-lost', 'I5', 'and one whose answer got lost', { dropAnswer: 1 }),
  {
    name: 'register-answer-garbled',
    rule: 'I6',
    says: 'an answer that changed on its way is in doubt, and is had when the register is asked again',
    given: GIVEN,
    deliveries: ['push'],
    needs: ['register', 'simulator'],
    alone: true,
    broken: { misdeed: 'wrong-balance' },
    run: async (stage) => {
      await stage.bank.faults({ garbleAnswer: 1 });
      const order = stage.order('inquire');
      const told = await stage.court.ask(order);
      must(told.answers.length === 0, 'a garbled answer was believed');
      await stage.bank.faults({});
      equal('balance', holdingOf(await stage.court.again(order), accountOf(stage, 0)).balance, cny('500.00'));
    },
  },
];
