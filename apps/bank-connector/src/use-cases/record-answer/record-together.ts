import type { Database, Tx } from '#persistence';
import { seeAnswered, type AnswerFate, type SeenWithUnits } from '../../adapters/store/answer-rows.js';
import type { Gathering } from '../../gathering.js';
import type { PreparedAnswer } from './record-answer.js';

/** Answers of one closure: many enough to share statements well, few enough to end long before the runner cuts a closure off. */
const TOGETHER_MAX = 50;

/** Takes one answer into effect; `seen` is its order as the transaction has read it, where it was read together with others. */
export type CommitAnswer = (tx: Tx, prepared: PreparedAnswer, seen?: SeenWithUnits) => Promise<AnswerFate>;

interface Waiting {
  readonly prepared: PreparedAnswer;
  resolve(fate: AnswerFate): void;
  reject(error: unknown): void;
}

/**
 * Records answers that come within one window in one transaction, whose reads and writes they share. When it fails each has a transaction of its own, so
 * that an answer fails by itself.
 */
export class RecordTogether {
  private readonly waiting: Waiting[] = [];

  constructor(
    private readonly around: { readonly database: Database; readonly gathering: Gathering },
    private readonly commit: CommitAnswer,
  ) {}

  take(prepared: PreparedAnswer): Promise<AnswerFate> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ prepared, resolve, reject });
      if (this.waiting.length > 1) return;
      const failed = (error: unknown): void => this.waiting.splice(0).forEach((one) => one.reject(error));
      this.around.gathering
        .turn()
        .then(() => this.recordAll())
        .catch(failed);
    });
  }

  private async recordAll(): Promise<void> {
    let left: readonly Waiting[] = this.waiting.splice(0);
    while (left.length > 0) {
      const part = firstOfEachOrder(left).slice(0, TOGETHER_MAX);
      const taken = new Set(part);
      left = left.filter((one) => !taken.has(one));
      if (part.length > 1 && (await this.together(part))) continue;
      await Promise.all(part.map((one) => this.alone(one)));
    }
  }

  private async together(part: readonly Waiting[]): Promise<boolean> {
    let fates: readonly AnswerFate[];
    try {
      fates = await this.around.database.run((tx) => this.commitAll(tx, part));
    } catch {
      // Whose it was shows when each is tried alone; that failure is then told.
      return false;
    }
    for (const [index, fate] of fates.entries()) part[index]?.resolve(fate);
    return true;
  }

  private async commitAll(tx: Tx, part: readonly Waiting[]): Promise<readonly AnswerFate[]> {
    const numbers = part.map(({ prepared }) => orderOf(prepared));
    const seen = await seeAnswered(tx, numbers);
    const fates: AnswerFate[] = [];
    for (const { prepared } of part) fates.push(await this.commit(tx, prepared, seen.get(orderOf(prepared))));
    return fates;
  }

  private async alone(one: Waiting): Promise<void> {
    try {
      one.resolve(await this.around.database.run((tx) => this.commit(tx, one.prepared)));
    } catch (error) {
      one.reject(error);
    }
  }
}

/** What is said of one order twice is recorded one after the other. */
function firstOfEachOrder(waiting: readonly Waiting[]): readonly Waiting[] {
  const first = new Map<string, Waiting>();
  for (const one of waiting) if (!first.has(orderOf(one.prepared))) first.set(orderOf(one.prepared), one);
  return [...first.values()];
}

function orderOf({ hearing }: PreparedAnswer): string {
  return hearing.known.row.order_number;
}
