import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { minMinor, sumMinor } from '#kernel';
import { NOW, aCase, aDeductLine, aFreezeLine, aReleaseLine, deductFacts, freezeFacts, releaseFacts } from './fixtures/facts.js';
import {
  type CaseMoney,
  type LineOutcome,
  type MeasureState,
  applyCredited,
  applyDeductAnswer,
  applyFreezeAnswer,
  applyNotice,
  applyReleaseAnswer,
  applyReturned,
  boundBy,
  checkDeduct,
  checkFreeze,
  checkRelease,
  commitmentMax,
  committed,
  coverage,
  excess,
  releaseProposal,
} from './index.js';

interface Measure {
  readonly id: string;
  state: MeasureState;
  /** The limit as the bank's own core keeps it. */
  bankLimit: bigint;
  openDeduct: bigint;
  openRelease: { readonly newLimit: bigint } | undefined;
}
interface Payment {
  state: 'sent' | 'credited' | 'returned' | 'claimed';
  readonly amount: bigint;
  readonly measure: Measure;
}

/**
 * One case at one account of one bank. The bank's core is played by `coverage`; the gateway's side uses nothing but the gates and the answers'
 * rules, with orders that stay open for any number of steps.
 */
class World {
  money: CaseMoney = { ceiling: 400n, collected: 0n, satisfied: 0n };
  balance = 200n;
  paidIn = 200n;
  courtHas = 0n;
  now = NOW;
  readonly measures: Measure[] = [];
  readonly openFreezes: bigint[] = [];
  readonly payments: Payment[] = [];

  committed(): bigint {
    return committed(this.money, this.states(), this.openFreezes);
  }

  states(): MeasureState[] {
    return this.measures.map((measure) => measure.state);
  }

  /** What the bank's core holds for each measure now. */
  held(measure: Measure): bigint {
    const ranks = this.measures.map((one) => ({ id: one.id, limit: one.bankLimit }));
    return coverage(this.balance, ranks).measures.find(({ id }) => id === measure.id)?.covered ?? 0n;
  }

  facts() {
    return aCase({
      money: this.money,
      committed: this.committed(),
      openDeducts: sumMinor(this.measures.map((measure) => measure.openDeduct)),
    });
  }

  postFreeze(amount: bigint): void {
    const line = aFreezeLine({ amount });
    if (amount > 0n && !checkFreeze(freezeFacts({ case: this.facts(), lines: [line] }))) this.openFreezes.push(amount);
  }

  answerFreeze(refuse: boolean): void {
    const amount = this.openFreezes.shift();
    if (amount === undefined || refuse) return;
    const id = `m${this.measures.length}`;
    const measure: Measure = { id, state: undefined as unknown as MeasureState, bankLimit: amount, openDeduct: 0n, openRelease: undefined };
    const earlierRanks = this.measures.filter((one) => one.bankLimit > 0n).length;
    this.measures.push(measure);
    const asked = { amount, scope: 'funds' as const, term: { from: '2026-03-10', to: '2027-03-09' }, earlierRanks };
    const outcome = applyFreezeAnswer(asked, { seq: 1, status: 'executed', covered: this.held(measure), asOf: this.now });
    if (outcome.measure) measure.state = outcome.measure;
  }

  postDeduct(measure: Measure, wanted: bigint, within: boolean): void {
    const amount = within ? minMinor(wanted, measure.state.covered) : wanted;
    const state = measure.state;
    const open = { openDeducts: measure.openDeduct, wholeReleaseOpen: measure.openRelease !== undefined };
    const line = aDeductLine({ amount }, { ...state, ...open });
    if (amount > 0n && !checkDeduct(deductFacts({ case: this.facts(), lines: [line] }))) measure.openDeduct += amount;
  }

  /** The bank takes what it can, at most what it holds, and lowers its own limit. */
  answerDeduct(measure: Measure, credited: boolean): void {
    const asked = measure.openDeduct;
    const amount = minMinor(asked, this.held(measure));
    measure.openDeduct = 0n;
    if (asked === 0n || amount === 0n) return;
    this.balance -= amount;
    measure.bankLimit -= amount;
    const paymentsOnTheWay = this.onTheWay(measure);
    const moved = { principal: amount, serial: 's', valueDate: '2026-03-10', channel: 'x', state: credited ? 'credited' : 'sent' };
    const answer = {
      seq: 1,
      status: amount === asked ? 'executed' : 'partly-executed',
      moved,
      covered: this.held(measure),
      asOf: this.now,
    };
    this.take(measure, applyDeductAnswer({ amount: asked, paymentsOnTheWay }, measure.state, answer));
    this.payments.push({ state: credited ? 'credited' : 'sent', amount, measure });
    this.courtHas += amount;
  }

  postRelease(measure: Measure, newLimit: bigint): void {
    const open = { openDeducts: measure.openDeduct, wholeReleaseOpen: measure.openRelease !== undefined };
    const line = aReleaseLine({ newLimit }, { ...measure.state, ...open });
    if (!checkRelease(releaseFacts({ case: this.facts(), lines: [line] }))) measure.openRelease = { newLimit };
  }

  answerRelease(measure: Measure): void {
    const asked = measure.openRelease;
    measure.openRelease = undefined;
    if (!asked) return;
    measure.bankLimit = asked.newLimit;
    this.take(
      measure,
      applyReleaseAnswer(asked, measure.state, { seq: 1, status: 'executed', covered: this.held(measure), asOf: this.now }),
    );
  }

  settle(payment: Payment, returned: boolean, restored: boolean): void {
    const others = this.payments.filter((one) => one !== payment && one.measure === payment.measure && one.state === 'sent').length;
    const facts = { state: payment.state, amount: payment.amount, measure: payment.measure.state, paymentsOnTheWay: others };
    const outcome = returned ? applyReturned(facts, restored) : applyCredited(facts);
    if (returned && outcome.state === 'returned' && payment.state !== 'returned') {
      this.courtHas -= payment.amount;
      this.balance += payment.amount;
      if (outcome.measure !== payment.measure.state) payment.measure.bankLimit += payment.amount;
    }
    payment.state = outcome.state;
    payment.measure.state = outcome.measure;
    this.money = { ...this.money, collected: this.money.collected + outcome.collected };
  }

  /** The bank tells of every measure, as it would after money came or ranks moved. */
  tell(): void {
    for (const measure of this.measures) {
      measure.state =
        applyNotice(measure.state, { kind: 'coverage', covered: this.held(measure), asOf: this.now }).measure ?? measure.state;
    }
  }

  private take(measure: Measure, outcome: LineOutcome): void {
    must(outcome.line.status !== 'undetermined', outcome.line.reason ?? '');
    measure.state = outcome.measure ?? measure.state;
    this.money = { ...this.money, collected: this.money.collected + outcome.collected };
  }

  private onTheWay(measure: Measure): number {
    return this.payments.filter((payment) => payment.measure === measure && payment.state === 'sent').length;
  }
}

/** Plain, because these run some hundred thousand times. */
function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

const amount = fc.bigInt({ min: 0n, max: 200n });
const step = fc.record({
  kind: fc.constantFrom(
    'post-freeze',
    'answer-freeze',
    'post-deduct',
    'answer-deduct',
    'post-release',
    'answer-release',
    'credit',
    'return',
    'inflow',
    'tell',
  ),
  amount,
  which: fc.nat(20),
  flag: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function play(world: World, { kind, amount, which, flag }: Step): void {
  const measure = world.measures[which % Math.max(1, world.measures.length)];
  const payment = world.payments[which % Math.max(1, world.payments.length)];
  world.now += 1;
  if (kind === 'post-freeze') world.postFreeze(amount);
  if (kind === 'post-freeze' && flag) world.answerFreeze(false);
  if (kind === 'answer-freeze') world.answerFreeze(which === 0);
  if (kind === 'inflow') world.balance += amount;
  if (kind === 'inflow') world.paidIn += amount;
  if (kind === 'tell' || kind === 'inflow') world.tell();
  if (kind === 'post-deduct' && measure) world.postDeduct(measure, amount, which < 12);
  if (kind === 'post-deduct' && measure && flag) world.answerDeduct(measure, which < 6);
  if (kind === 'answer-deduct' && measure) world.answerDeduct(measure, flag);
  if (kind === 'post-release' && measure) world.postRelease(measure, amount);
  if (kind === 'answer-release' && measure) world.answerRelease(measure);
  if (kind === 'credit' && payment) world.settle(payment, false, false);
  if (kind === 'return' && payment) world.settle(payment, true, flag);
}

describe('any sequence of freezes, deducts, releases, returns and answers', () => {
  it('raises committed above the ceiling only by promotion, and makes or loses no fen', () => {
    let deducted = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const world = new World();
        for (const one of steps) {
          const before = world.committed();
          const waitingBefore = world.measures.filter(({ state }) => state.status === 'waiting').length;
          play(world, one);
          const after = world.committed();
          const promoted = world.measures.filter(({ state }) => state.status === 'waiting').length < waitingBefore;
          if (after > before && after > commitmentMax(world.money)) {
            must((one.kind === 'tell' || one.kind === 'inflow') && promoted, `${one.kind} raised committed above the ceiling`);
          }
          if (one.kind.endsWith('deduct')) must(after === before, 'a deduct leaves committed as it is');
          must(world.courtHas === world.money.collected, 'collected is what the court has');
          must(world.balance + world.courtHas === world.paidIn, 'no fen is made or lost');
          for (const { state, bankLimit } of world.measures) {
            must(state.limit === bankLimit, 'both sides keep the same limit');
            must(state.uncovered === (state.limit > state.covered ? state.limit - state.covered : 0n), 'uncovered is what the limit lacks');
            must(state.covered >= 0n && state.limit >= 0n, 'nothing is negative');
          }
        }
        deducted += world.payments.length;
      }),
      { numRuns: 150 },
    );
    // The property would hold of a world in which nothing happens; this says that something did.
    expect(deducted > 30).toBe(true);
  });

  it('does exceed the ceiling when waiting measures are promoted, and shows it as excess', () => {
    const world = new World();
    for (const amount of [200n, 150n, 150n, 100n]) {
      world.postFreeze(amount);
      world.answerFreeze(false);
    }
    expect(world.states().map(({ status }) => status)).toEqual(['in-force', 'waiting', 'waiting', 'waiting']);
    expect(world.committed()).toBe(200n);
    world.balance += 400n;
    world.tell();
    expect(world.states().map(({ status }) => status)).toEqual(['in-force', 'in-force', 'in-force', 'in-force']);
    expect(world.committed()).toBe(600n);
    expect(excess(world.money, world.committed())).toBe(200n);
  });

  it('has its excess taken away by the release that the system drafts', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), amount, (steps, satisfied) => {
        const world = new World();
        for (const one of steps) play(world, one);
        world.openFreezes.length = 0;
        for (const measure of world.measures) {
          world.answerDeduct(measure, true);
          world.answerRelease(measure);
        }
        world.now += 1;
        world.tell();
        world.money = { ...world.money, satisfied };
        const measures = world.measures.map(({ id, state, openDeduct }, i) => ({
          id,
          ...state,
          openedAt: i,
          openDeducts: openDeduct,
          openReleases: 0n,
        }));
        const proposal = releaseProposal(world.money, measures);
        for (const line of proposal.lines) {
          const measure = world.measures.find(({ id }) => id === line.measureId);
          if (measure) world.postRelease(measure, line.newLimit);
          if (measure) world.answerRelease(measure);
        }
        const bound = sumMinor(
          world
            .states()
            .filter(({ status }) => status === 'in-force')
            .map(boundBy),
        );
        const over = bound + world.money.collected - commitmentMax(world.money);
        expect(over > 0n ? over : 0n).toBe(proposal.remaining);
      }),
      { numRuns: 100 },
    );
  });
});
