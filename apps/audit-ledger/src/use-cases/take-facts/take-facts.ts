import { decodeBody } from '#contracts';
import { AppError, errorText, failPoint, type Clock, type Log } from '#kernel';
import type { Message, Redrivable } from '#messaging';
import type { Database, Tx } from '#persistence';
import type { FactRows, NewFact } from '../../adapters/store/fact-rows.js';
import { chainOf, readLeaf } from './read-leaf.js';

export const FACT_TYPE = 'fact.recorded.v1';
/** The group on the bus, and the name under which its dead letters stand. */
export const TAKING = 'audit-ledger';

interface Refusal {
  readonly message: Message;
  readonly reason: string;
}

export interface TakeFactsParts {
  readonly database: Database;
  readonly facts: FactRows;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Takes facts from the bus into the staging table, a whole batch in one commit. The row's unique message id is the mark that the
 * message has been read, so a redelivery takes no effect (I4). What is no fact is laid aside as a dead letter: it can never enter the log.
 */
export class TakeFacts implements Redrivable {
  readonly name = TAKING;

  constructor(
    private readonly parts: TakeFactsParts,
    /** Called after a commit that staged something. */
    private readonly onStaged: () => void,
  ) {}

  async execute(batch: readonly Message[]): Promise<void> {
    const { database, facts, log } = this.parts;
    const taken: NewFact[] = [];
    const refused: Refusal[] = [];
    for (const message of batch) {
      const read = this.read(message);
      if ('reason' in read) refused.push(read);
      else taken.push(read);
    }
    await database.run(async (tx) => {
      await facts.stage(tx, taken);
      for (const one of refused) await this.layAside(tx, one);
      failPoint('ledger.staged-before-commit');
    });
    failPoint('ledger.staged');
    for (const { message, reason } of refused) log.write('error', 'ledger-fact-refused', { id: message.id, type: message.type, reason });
    if (taken.length > 0) this.onStaged();
  }

  /**
   * Takes a message that was laid aside, past that mark, in one transaction with `within`.
   * @throws AppError `unknown-message` and what reading it throws: it is no fact still, and nothing has changed
   */
  async again(message: Message, within: (tx: Tx) => Promise<void>): Promise<void> {
    const fact = this.factIn(message);
    await this.parts.database.run(async (tx) => {
      await within(tx);
      await this.parts.facts.stage(tx, [fact]);
    });
    this.onStaged();
  }

  private read(message: Message): NewFact | Refusal {
    try {
      return this.factIn(message);
    } catch (error) {
      return { message, reason: errorText(error) };
    }
  }

  private factIn(message: Message): NewFact {
    if (message.type !== FACT_TYPE) throw new AppError('unknown-message', `no handler for ${message.type}`);
    const { leaf: text, search } = decodeBody(FACT_TYPE, message.body);
    const leaf = readLeaf(text);
    return { messageId: message.id, chain: chainOf(leaf), leaf, search, takenAt: this.parts.clock.now() };
  }

  private async layAside(tx: Tx, { message, reason }: Refusal): Promise<void> {
    await tx.insertOnce('dead_letters', {
      reader: TAKING,
      message_id: message.id,
      topic: message.topic,
      msg_key: message.key,
      type: message.type,
      at: message.at,
      headers: JSON.stringify(message.headers),
      body: message.body,
      attempts: 1,
      error: reason,
      died_at: this.parts.clock.now(),
      redriven_at: null,
    });
  }
}
