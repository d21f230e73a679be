import path from 'node:path';
import { errorText, Recurring } from '#kernel';
import type { Message } from '#messaging';
import { StagingArea } from './adapters/files/staging-area.js';
import { ChainHeadRows } from './adapters/store/chain-heads.js';
import { FactRows } from './adapters/store/fact-rows.js';
import { LogHeadRows } from './adapters/store/log-heads.js';
import type { AuditLedgerParts } from './parts.js';
import { OpenLog } from './use-cases/open-log/open-log.js';
import { ProveRequest } from './use-cases/prove-entries/prove-request.js';
import { PublishedLogs } from './use-cases/prove-entries/published-logs.js';
import { SequenceFacts } from './use-cases/sequence-facts/sequence-facts.js';
import { TakeFacts } from './use-cases/take-facts/take-facts.js';

/** Facts that arrive within this time share a checkpoint; with the commit it stays far below the promised second. */
export const GATHER_MS = 50;
/** How often the sequencer looks without being told, in case a nudge was lost with a failure. */
const IDLE_MS = 1_000;
const FACTS_TOPIC = 'facts.v1';

/** The ledger without HTTP: takes facts, sequences them, proves them. */
export class LedgerService {
  readonly published = new PublishedLogs();
  readonly openLog: OpenLog;
  readonly proveRequest: ProveRequest;
  private readonly sequencer: SequenceFacts;
  private readonly loop: Recurring;
  private readonly take: TakeFacts;

  constructor(private readonly parts: AuditLedgerParts) {
    const { database, clock, log, settings } = parts;
    const facts = new FactRows(database.reader);
    const heads = new LogHeadRows(database.reader);
    const staging = new StagingArea(path.join(settings.folder, 'staging'));
    const chains = new ChainHeadRows(database.reader);
    this.openLog = new OpenLog({ database, heads, staging, clock, log }, settings);
    this.sequencer = new SequenceFacts({ database, facts, chains, heads, staging, clock, log }, this.openLog, this.published);
    this.proveRequest = new ProveRequest(facts, this.published);
    this.loop = new Recurring(
      clock,
      IDLE_MS,
      () => this.turn(),
      (error) => log.write('error', 'ledger-sequencing-failed', { reason: errorText(error) }),
    );
    this.take = new TakeFacts({ database, facts, clock, log }, () => this.loop.wake());
  }

  /** Verifies the logs, then begins to read facts. @throws AppError `ledger-corrupt`: then nothing may be signed any more */
  async start(): Promise<void> {
    await this.sequencer.open();
    await this.parts.bus.subscribe({ group: 'audit-ledger', topics: [FACTS_TOPIC], handle: (batch) => this.stage(batch) });
    this.loop.start();
  }

  /** Takes messages of `facts.v1` into the staging table, as the reader does. */
  stage(batch: readonly Message[]): Promise<void> {
    return this.take.execute(batch);
  }

  /** Waits until the batch under way has ended. */
  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** Undefined while facts are sequenced; otherwise why not. */
  haltedBy(): string | undefined {
    return this.sequencer.haltedBy();
  }

  private async turn(): Promise<void> {
    if (this.parts.leader?.held === false) return;
    await this.parts.clock.realSleep(GATHER_MS);
    await this.sequencer.execute();
  }
}
