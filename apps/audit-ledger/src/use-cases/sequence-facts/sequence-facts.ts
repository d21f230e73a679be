import { AppError, failPoint, invariant, legalDateOf, type Clock, type Log } from '#kernel';
import { signCheckpoint, type Growth } from '#merkle';
import type { Database } from '#persistence';
import type { StagingArea } from '../../adapters/files/staging-area.js';
import type { ChainHeadRows, ChainHeads } from '../../adapters/store/chain-heads.js';
import type { FactRows } from '../../adapters/store/fact-rows.js';
import type { LogHead, LogHeadRows } from '../../adapters/store/log-heads.js';
import type { OpenLog, YearLog } from '../open-log/open-log.js';
import type { CheckpointPublisher } from '../publish-checkpoint/publisher.js';
import type { PublishedLogs } from '../prove-entries/published-logs.js';
import { orderFacts, type OrderedFacts } from './order-facts.js';

/** Facts under one checkpoint at most. */
export const BATCH_FACTS_MAX = 1_000;

export interface SequenceFactsParts {
  readonly database: Database;
  readonly facts: FactRows;
  readonly chains: ChainHeadRows;
  readonly heads: LogHeadRows;
  readonly staging: StagingArea;
  readonly publisher: CheckpointPublisher;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The one place where facts get their index. Each batch goes: files staged → checkpoint signed → head moved by compare-and-set together with the
 * facts it covers (the commit point) → files applied → checkpoint published → staging discarded. Any failure after staging leaves the outcome to
 * be read from the database: the log is opened afresh before the next batch, by the same code as at start.
 */
export class SequenceFacts {
  private current: YearLog | undefined;
  private heldChains = new Set<string>();
  private halted: AppError | undefined;

  constructor(
    private readonly parts: SequenceFactsParts,
    private readonly openLog: OpenLog,
    private readonly published: PublishedLogs,
  ) {}

  /** Verifies what is there and makes it readable. @throws AppError `ledger-corrupt` when the log and the database cannot both be true */
  async open(): Promise<void> {
    const heads = await this.parts.heads.all();
    const newestYear = Math.max(this.yearNow(), heads[0]?.year ?? 0);
    for (const head of [...heads].reverse()) {
      // What is published stays readable while the publishing of something newer is withheld.
      const published = await this.openLog.publishedLog(head);
      if (published) this.published.show(published.head, published.folder);
      this.show(await this.openLog.open(head));
    }
    // Only one batch is ever under way, and the log it belongs to has just been opened: what is still staged was never committed.
    await this.parts.staging.discard();
    if (heads[0]?.year !== newestYear) this.show(await this.openLog.begin(newestYear));
    await this.lookAgainAtHeld();
  }

  /** Sequences all that waits. @throws AppError what went wrong; the next call recovers, unless the log can no longer be trusted */
  async execute(): Promise<void> {
    if (this.halted) throw this.halted;
    try {
      if (!this.current) await this.open();
      while (await this.sequenceBatch());
    } catch (error) {
      this.current = undefined;
      if (error instanceof AppError && (error.code === 'ledger-corrupt' || error.code === 'second-sequencer')) this.halted = error;
      throw error;
    }
  }

  /** What is held is judged anew, so that a fact is never left behind by what an earlier process or release made of it. */
  private async lookAgainAtHeld(): Promise<void> {
    const { database, facts } = this.parts;
    const chains = await facts.heldChains();
    if (chains.length > 0) await database.run((tx) => facts.release(tx, chains));
    this.heldChains = new Set();
  }

  /** Why nothing is sequenced any more, if so. */
  haltedBy(): string | undefined {
    return this.halted?.message;
  }

  /** One batch. True when there may be more. */
  private async sequenceBatch(): Promise<boolean> {
    const waiting = await this.parts.facts.waiting(BATCH_FACTS_MAX);
    if (waiting.length === 0) return false;
    const before = await this.parts.chains.of([...new Set(waiting.map((fact) => fact.chain))]);
    const ordered = orderFacts(waiting, before);
    this.report(ordered);
    const released = [...ordered.heads.keys()].filter((chain) => this.heldChains.has(chain));
    if (ordered.ready.length > 0) await this.commit(ordered, before, released);
    else await this.parts.database.run((tx) => this.layAside(tx, ordered));
    for (const chain of released) this.heldChains.delete(chain);
    for (const fact of ordered.held) this.heldChains.add(fact.chain);
    return waiting.length === BATCH_FACTS_MAX || released.length > 0;
  }

  private async commit(ordered: OrderedFacts, before: ChainHeads, released: readonly string[]): Promise<void> {
    const log = await this.logOfNow();
    const growth = log.edge.grow(ordered.ready.map((fact) => fact.leaf));
    const head = nextHead(log, growth);
    failPoint('ledger.signed-before-staging');
    await this.parts.staging.put(head, growth.files);
    failPoint('ledger.tiles-staged');
    await this.moveHead(log.head, head, ordered, before, released);
    failPoint('ledger.checkpoint-committed');
    await log.folder.apply(growth.files);
    failPoint('ledger.tiles-applied');
    const checkpoint = await this.parts.publisher.publish(log.folder, head);
    failPoint('ledger.published');
    this.show({ ...log, head: { ...head, checkpoint }, edge: growth.edge });
    await this.parts.staging.discard(head);
    failPoint('ledger.staging-discarded');
    await log.folder.dropPartials(growth.files);
  }

  private async moveHead(
    from: LogHead,
    to: LogHead,
    ordered: OrderedFacts,
    before: ChainHeads,
    released: readonly string[],
  ): Promise<void> {
    const { database, facts, chains, heads, clock } = this.parts;
    await database.run(async (tx) => {
      const moved = await heads.advance(tx, from, to, clock.now());
      if (!moved) throw new AppError('second-sequencer', `the head of ${from.year} has moved under the sequencer`, { level: 'fatal' });
      await facts.place(tx, ordered.ready, to.year, from.size);
      await chains.advance(tx, before, ordered.heads);
      await this.layAside(tx, ordered);
      await facts.release(tx, released);
      failPoint('ledger.head-before-commit');
    });
  }

  private async layAside(tx: Parameters<FactRows['setState']>[0], { held, refused }: OrderedFacts): Promise<void> {
    await this.parts.facts.setState(
      tx,
      held.map((fact) => fact.seq),
      'held',
    );
    await this.parts.facts.setState(
      tx,
      refused.map(({ fact }) => fact.seq),
      'refused',
    );
  }

  /** The log of the legal year it is now. A year that has begun is never gone back from. */
  private async logOfNow(): Promise<YearLog> {
    invariant(this.current, 'a log is open while facts are sequenced');
    const year = this.yearNow();
    if (year > this.current.head.year) this.show(await this.openLog.begin(year));
    return this.current;
  }

  private yearNow(): number {
    return Number(legalDateOf(this.parts.clock.now()).slice(0, 4));
  }

  private show(log: YearLog): void {
    this.current = log;
    this.published.show(log.head, log.folder);
  }

  private report({ held, refused }: OrderedFacts): void {
    for (const fact of held) this.parts.log.write('warn', 'ledger-fact-held', { seq: fact.seq, chain: fact.chain, number: fact.chain_seq });
    for (const { fact, reason } of refused) {
      // A repetition under another message id is the backbone's doing; everything else is a source that contradicts itself.
      this.parts.log.write(reason === 'repeated' ? 'warn' : 'error', 'ledger-fact-refused', {
        seq: fact.seq,
        chain: fact.chain,
        number: fact.chain_seq,
        reason,
      });
    }
  }
}

function nextHead(log: YearLog, { edge, root }: Growth): LogHead {
  const { year, origin } = log.head;
  const checkpoint = signCheckpoint(origin, edge.size, root, log.signers);
  return { year, origin, size: edge.size, root: root.toString('hex'), checkpoint };
}
