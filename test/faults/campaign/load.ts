import { errorText } from '#kernel';
import { AUTOMATIC_BANKS, type AutomaticBank, type Stage, type StagedCase } from '../../scenarios/stage/stage.js';
import type { HoldingView, List } from '../../scenarios/stage/views.js';
import type { ClientMemory } from '../promises.js';
import type { Chance } from './chance.js';
import { pause } from './rig.js';

const CLIENTS = 12;
/** Every so many clients freeze; the others inquire. */
const FREEZE_EVERY = 3;
/** Between two calls of a client: at first in a hurry, so that a fault finds much under way, then at a pace that any machine keeps up with. */
const HURRY_MS = 150;
const THINK_MS = 3_000;
const HURRIED_CALLS = 4;
const DESK_MS = 1_000;
const AMOUNT_MAX = 5;

export type Known = StagedCase & { readonly bank: AutomaticBank; readonly holdings: readonly HoldingView[] };

/** An approval as the client saw it: when it left and when its answer came; the order of two lanes' neighbours follows from it. */
export interface Approval {
  readonly requestId: string;
  readonly caseId: string;
  readonly sentAt: number;
  readonly heardAt: number;
}

/** One case at each automatic bank, with money for many rounds. */
export async function stageCases(stage: Stage): Promise<readonly Known[]> {
  const stageOne = async (bank: AutomaticBank): Promise<Known> => ({
    ...(await stage.inquiredCase({ ceiling: '900000.00', accounts: [{ bank, balance: '500000.00' }] })),
    bank,
  });
  return Promise.all(AUTOMATIC_BANKS.map(stageOne));
}

const paceOfClient = (turn: number): number => (turn < HURRIED_CALLS ? HURRY_MS : THINK_MS);
const paceOfDesk = (): number => DESK_MS;

/** Twelve clients and a desk that go on whatever happens, until they are told to stop. What fails is left for the repetition. */
export class Load {
  readonly approvals: Approval[] = [];
  /** What calls failed with, and how often. */
  readonly failures = new Map<string, number>();
  private stopping = false;
  private running: readonly Promise<void>[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly cases: readonly Known[],
    private readonly memory: ClientMemory,
    private readonly chance: Chance,
  ) {}

  start(): void {
    const clients = Array.from({ length: CLIENTS }, (_, n) => this.repeat(paceOfClient, () => this.call(n)));
    this.running = [...clients, this.repeat(paceOfDesk, () => this.askDesk()), this.repeat(paceOfDesk, () => this.workDesk())];
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.running);
  }

  private async repeat(paceMs: (turn: number) => number, work: () => Promise<void>): Promise<void> {
    for (let turn = 1; !this.stopping; turn += 1) {
      try {
        await work();
      } catch (error) {
        const reason = errorText(error).slice(0, 120);
        this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
      }
      await pause(paceMs(turn));
    }
  }

  private async call(n: number): Promise<void> {
    const staged = this.chance.oneOf(this.cases);
    if (n % FREEZE_EVERY !== 0) {
      await this.memory.post(this.stage, { action: 'inquire', caseId: staged.id, banks: [staged.bank] });
      return;
    }
    const lines = [{ holdingId: staged.holdings[0]?.id, amount: `${1 + this.chance.below(AMOUNT_MAX)}.00` }];
    const freeze = await this.memory.post(this.stage, { action: 'freeze', caseId: staged.id, lines, term: this.stage.term() });
    if (!freeze) return;
    const sentAt = performance.now();
    await this.stage.approve(freeze.id);
    this.approvals.push({ requestId: freeze.id, caseId: staged.id, sentAt, heardAt: performance.now() });
  }

  private async askDesk(): Promise<void> {
    await this.memory.post(this.stage, { action: 'inquire', caseId: this.chance.oneOf(this.cases).id, banks: ['wrcb'] });
  }

  /** A clerk answers and a second one approves; an answer that is there already is not theirs to give again. */
  private async workDesk(): Promise<void> {
    const clerk = this.stage.as('clerk.wrcb');
    const reviewer = this.stage.as('reviewer.wrcb');
    const waiting = async (status: string): Promise<readonly string[]> =>
      (await clerk.read<List<{ orderNumber: string }>>(`/api/v1/desk/orders?status=${status}`)).items.map(({ orderNumber }) => orderNumber);
    for (const number of await waiting('received')) {
      if (this.stopping) return;
      await clerk.post(`/api/v1/desk/orders/${number}/answer`, { result: 'no-account', lines: [] });
    }
    for (const number of await waiting('in-review')) {
      if (this.stopping) return;
      await reviewer.post(`/api/v1/desk/orders/${number}/review`, { decision: 'approve' });
    }
  }
}
