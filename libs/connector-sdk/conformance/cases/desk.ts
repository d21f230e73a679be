import { addYears, legalDateOf } from '#kernel';
import type { OrderDispatched } from '#contracts';
import type { ConformanceCase, DeskCall, DeskReply, DeskSide, DeskWork, Stage, Told } from '../case.js';
import { equal, figures, inquiryOf, must } from '../expect.js';
import { current, effectsAre, freezeOrder } from '../steps.js';

/** Opens with a script. */
const ACTIVE_PDF = Buffer.from('%PDF-1.7\n1 0 obj<</OpenAction<</S/J#61vaScript/JS(1)>>>>endobj\ntrailer<<>>\n%%EOF\n').toString('base64');
const PDF = Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n').toString('base64');

/** A freeze at the screen with the rote clerks kept away; when the case is through with it they finish it rightly. */
interface Sitting {
  readonly stage: Stage;
  readonly desk: DeskSide;
  readonly order: OrderDispatched;
  readonly work: DeskWork;
  readonly call: (who: DeskCall['who'], what: string, body?: unknown, key?: string) => Promise<DeskReply>;
  /** The core's own answer with something changed. */
  readonly typed: (change: (line: Record<string, unknown>) => Record<string, unknown>) => Readonly<Record<string, unknown>>;
}

function sitting(name: string, rule: string, says: string, run: (sitting: Sitting) => Promise<void>): ConformanceCase {
  return {
    name,
    rule,
    says,
    given: { accounts: [current('500.00')] },
    deliveries: ['desk'],
    broken: { misdeed: 'wrong-limit' },
    run: async (stage) => {
      const { desk } = stage;
      must(desk !== undefined, 'the bank has no desk');
      const order = freezeOrder(stage, 0, '200.00');
      const finished: Promise<Told> = stage.court.ask(order);
      await desk.keepAway(order);
      const work = await desk.worked(order);
      await run({
        stage,
        desk,
        order,
        work,
        call: (who, what, body, key) => {
          const path = `/orders/${order.orderNumber}${what === '' ? '' : `/${what}`}`;
          return desk.call({
            who,
            method: body === undefined ? 'GET' : 'POST',
            path,
            ...(body === undefined ? {} : { body }),
            ...(key === undefined ? {} : { key }),
          });
        },
        typed: (change) => ({ ...work.body, lines: (work.body['lines'] as Record<string, unknown>[]).map(change) }),
      });
      desk.letGo(order);
      figures(await finished, { status: 'executed', limit: '200.00', covered: '200.00' });
      await effectsAre(stage, 0, ['freeze 200.00']);
    },
  };
}

const status = (what: string, { status: found }: DeskReply, expected: number): void => equal(what, found, expected);

/** A word of a clerk that the screen must not take. */
const notTaken = (
  name: string,
  rule: string,
  says: string,
  change: (line: Record<string, unknown>) => Record<string, unknown>,
): ConformanceCase =>
  sitting(name, rule, says, async ({ call, typed }) => {
    status('the answer', await call('clerk', 'answer', typed(change)), 400);
  });

export const DESK: readonly ConformanceCase[] = [
  sitting('desk-two-persons', 'dialect: two clerks', 'nobody approves what he typed himself', async ({ call, work }) => {
    status('typed', await call('reviewer', work.path, work.body), 403);
    status('typed by the clerk', await call('clerk', work.path, work.body), 200);
    status('approved by the clerk', await call('clerk', 'review', { decision: 'approve' }), 403);
  }),
  sitting('desk-rejected', 'dialect: two clerks', 'what the second clerk rejects goes back to the first', async ({ call, work }) => {
    status('typed', await call('clerk', work.path, work.body), 200);
    status('rejected without a reason', await call('reviewer', 'review', { decision: 'reject' }), 400);
    status('rejected', await call('reviewer', 'review', { decision: 'reject', reason: '金额须核对' }), 200);
    equal('status', (await call('clerk', '')).body['status'], 'received');
  }),
  sitting('desk-same-call-twice', 'I2', 'a call that comes again under its key is answered as before', async ({ call, work, order }) => {
    const key = `key-${order.orderNumber}`;
    const first = await call('clerk', work.path, work.body, key);
    equal('the second answer', (await call('clerk', work.path, work.body, key)).body, first.body);
    status('another body under the key', await call('clerk', work.path, { lines: [] }, key), 409);
  }),
  sitting('desk-stranger', 'R29', "nobody but the bank's own clerks sees an order", async ({ call }) => {
    status('without a token', await call('nobody', ''), 401);
    const { status: found } = await call('stranger', '');
    must(found === 403 || found === 404, `a clerk of another bank was answered ${found}`);
  }),
  sitting('desk-shows-the-papers', 'R4', 'the screen shows documents and credentials', async ({ call, order }) => {
    const { body } = await call('clerk', 'documents');
    equal(
      'documents',
      (body['items'] as unknown[] | undefined)?.length ?? (body['documents'] as unknown[] | undefined)?.length,
      order.documents.length,
    );
  }),
  sitting('desk-shows-in-clear', 'R29', 'the order is open to the clerk who works on it', async ({ call, stage }) => {
    const debtor = (await call('clerk', '')).body['debtor'] as { idNumber?: string } | undefined;
    equal('id number', debtor?.idNumber, stage.debtor.idNumber);
  }),
  sitting('desk-list-masked', 'R29', 'the list shows no id number in clear', async ({ desk, stage }) => {
    const { body } = await desk.call({ who: 'clerk', method: 'GET', path: '/orders?limit=500' });
    must(!JSON.stringify(body).includes(stage.debtor.idNumber), 'the list holds an id number in clear');
  }),
  sitting('desk-receipt', 'R26', 'a sealed receipt travels with the answer', async ({ call }) => {
    status('receipt', await call('clerk', 'receipts', { name: '回执.pdf', content: PDF }), 201);
  }),
  sitting('desk-receipt-no-pdf', 'I14', 'what is no PDF is no receipt', async ({ call }) => {
    const { status: found } = await call('clerk', 'receipts', { name: '回执.pdf', content: Buffer.from('MZ\u0090').toString('base64') });
    must(found === 400 || found === 415, `a program was taken as a receipt: ${found}`);
  }),
  notTaken('desk-unknown-status', 'I6', 'a status that is not on the list is not taken', (line) => ({ ...line, status: 'maybe' })),
  notTaken('desk-refused-without-reason', 'R26', 'a refusal needs its reason', ({ seq }) => ({ seq, status: 'refused' })),
  notTaken('desk-unknown-member', 'dialect: members', 'a member that nobody knows is not passed over', (line) => ({ ...line, note: 'x' })),
  notTaken('desk-three-decimals', 'I10', 'a sum with three decimals is not rounded', (line) => ({ ...line, covered: '200.005' })),
  notTaken('desk-other-currency', 'I10', "a sum in another currency than the line's is not taken", (line) => ({
    ...line,
    covered: { amount: '200.00', currency: 'USD' },
  })),
  notTaken('desk-impossible-day', 'R14', 'the thirtieth of February is not taken', (line) => ({ ...line, to: '2027-02-30' })),
  notTaken('desk-line-not-asked', 'dialect: lines', 'a line that was not asked is not taken', (line) => ({ ...line, seq: 9 })),
  sitting('desk-line-left-out', 'dialect: lines', 'an answer must answer every line', async ({ call }) => {
    status('the answer', await call('clerk', 'answer', { lines: [] }), 400);
  }),
  sitting('desk-unknown-rollback', 'dialect: rollback', 'a rollback code that is not on the list is not taken', async ({ call }) => {
    status('the rollback', await call('clerk', 'rollback', { code: '77', note: '其他' }), 400);
  }),
  sitting('desk-register', 'R28', 'the register holds the order', async ({ desk, order, stage }) => {
    const from = stage.today();
    const { body } = await desk.call({ who: 'clerk', method: 'GET', path: `/register?from=${from}&to=${addYears(from, 1)}&limit=500` });
    must(JSON.stringify(body).includes(order.orderNumber), 'the register does not hold the order');
  }),
  sitting('desk-deadline', 'R11', 'the screen says when the twenty-four hours are over', async ({ call }) => {
    const { receivedAt, dueAt } = (await call('clerk', '')).body as { receivedAt?: string; dueAt?: string };
    equal('hours', (Date.parse(dueAt ?? '') - Date.parse(receivedAt ?? '')) / 3_600_000, 24);
    must(legalDateOf(Date.parse(receivedAt ?? '')) !== '', 'no day');
  }),
  {
    name: 'desk-found-without-account',
    rule: 'R27',
    says: 'found without an account is not taken, and nothing found is said in so many words',
    given: { accounts: [] },
    deliveries: ['desk'],
    broken: { misdeed: 'finds-somebody' },
    run: async (stage) => {
      const { desk } = stage;
      must(desk !== undefined, 'the bank has no desk');
      const order = stage.order('inquire');
      const finished = stage.court.ask(order);
      await desk.keepAway(order);
      const path = `/orders/${order.orderNumber}/answer`;
      status(
        'found without an account',
        await desk.call({ who: 'clerk', method: 'POST', path, body: { result: 'found', lines: [] } }),
        400,
      );
      desk.letGo(order);
      equal('result', inquiryOf(await finished).result, 'no-account');
    },
  },
];

/** Came later than the other tables, and so has its place behind them. */
export const DESK_FILES: readonly ConformanceCase[] = [
  sitting('desk-receipt-with-script', 'R26', 'a receipt that would run something is not taken', async ({ call }) => {
    status('the receipt', await call('clerk', 'receipts', { name: '回执.pdf', content: ACTIVE_PDF }), 400);
  }),
];
