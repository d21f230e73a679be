import path from 'node:path';
import { AppError, errorText, Recurring } from '#kernel';
import type { Message } from '#messaging';
import { StagingArea } from './adapters/files/staging-area.js';
import { AuditRows } from './adapters/store/audit-rows.js';
import { ChainHeadRows } from './adapters/store/chain-heads.js';
import { FactRows } from './adapters/store/fact-rows.js';
import { FactSearch } from './adapters/store/fact-search.js';
import { LogHeadRows } from './adapters/store/log-heads.js';
import type { AuditLedgerParts } from './parts.js';
import { AuditLog } from './use-cases/audit-log/audit-log.js';
import { OpenLog } from './use-cases/open-log/open-log.js';
import { BELOW_QUORUM, PlainPublisher, type CheckpointPublisher } from './use-cases/publish-checkpoint/publisher.js';
import { WitnessedPublisher } from './use-cases/publish-checkpoint/witnessed-publisher.js';
import { ProveRequest } from './use-cases/prove-entries/prove-request.js';
import { PublishedLogs } from './use-cases/prove-entries/published-logs.js';
import { SearchEntries } from './use-cases/search-entries/search-entries.js';
import { SequenceFacts } from './use-cases/sequence-facts/sequence-facts.js';
import { LettersAgain } from './use-cases/redrive-letter/letters-again.js';
import { TakeFacts, TAKING } from './use-cases/take-facts/take-facts.js';

/** Facts that arrive within this time share a checkpoint; with the commit it stays far below the promised second. */
export const GATHER_MS = 50;
/** Facts wait so long on the way for others; with GATHER_MS it stays far below the promised second. */
const PATIENCE_MS = 200;
/** How often the sequencer looks without being told, in case a nudge was lost with a failure. */
const IDLE_MS = 1_000;
/** How often the next tiles are held against the database and the published root. */
const AUDIT_MS = 1_000;
const FACTS_TOPIC = 'facts.v1';
/** Rows of an older release that are completed in one commit. */
const TIMES_PER_COMMIT = 1_000;

/** The ledger without HTTP: takes facts, sequences them, proves them. */
export class LedgerService {
  readonly published = new PublishedLogs();
  readonly openLog: OpenLog;
  readonly proveRequest: ProveRequest;
  readonly searchEntries: SearchEntries;
  readonly auditLog: AuditLog;
  private readonly facts: FactRows;
  private readonly sequencer: SequenceFacts;
  private readonly loop: Recurring;
  private readonly auditing: Recurring;
  private readonly take: TakeFacts;
  /** Its dead letters; undefined where nobody operates it. */
  readonly again: LettersAgain | undefined;
  private readonly publisher: CheckpointPublisher;

  constructor(private readonly parts: AuditLedgerParts) {
    const { database, clock, log, settings } = parts;
    const facts = new FactRows(database.reader);
    this.facts = facts;
    const heads = new LogHeadRows(database.reader);
    const staging = new StagingArea(path.join(settings.folder, 'staging'));
    const chains = new ChainHeadRows(database.reader);
    const { witnesses } = settings;
    const publisher = witnesses ? new WitnessedPublisher(witnesses, this.published, clock, log) : new PlainPublisher();
    this.publisher = publisher;
    this.openLog = new OpenLog({ database, heads, staging, publisher, clock, log }, settings);
    this.sequencer = new SequenceFacts({ database, facts, chains, heads, staging, publisher, clock, log }, this.openLog, this.published);
    this.proveRequest = new ProveRequest(facts, this.published);
    const cosigners = witnesses?.policy.witnesses.map(({ cosigner }) => cosigner) ?? [];
    this.searchEntries = new SearchEntries(new FactSearch(database.reader), this.published, cosigners);
    this.loop = new Recurring(
      clock,
      IDLE_MS,
      () => this.turn(),
      (error) => log.write('error', 'ledger-sequencing-failed', { reason: errorText(error) }),
    );
    this.auditLog = new AuditLog(new AuditRows(database.reader), this.published, log);
    this.auditing = new Recurring(
      clock,
      AUDIT_MS,
      () => this.auditLog.execute(),
      (error) => log.write('error', 'ledger-audit-stopped', { reason: errorText(error) }),
    );
    this.take = new TakeFacts({ database, facts, clock, log }, () => this.loop.wake());
    this.again = parts.operators && new LettersAgain(parts, parts.operators, this.take);
  }

  /** Verifies the logs, then begins to read facts. @throws AppError `ledger-corrupt`: then nothing may be signed any more */
  async start(): Promise<void> {
    await this.openUnlessWithheld();
    await this.fillTimes();
    const handle = (batch: readonly Message[]): Promise<void> => this.stage(batch);
    await this.parts.bus.subscribe({ group: TAKING, topics: [FACTS_TOPIC], handle, patienceMs: PATIENCE_MS });
    this.loop.start();
    this.auditing.start();
    await this.again?.start();
  }

  /** Takes messages of `facts.v1` into the staging table, as the reader does. */
  stage(batch: readonly Message[]): Promise<void> {
    return this.take.execute(batch);
  }

  /** Waits until the batch under way has ended. */
  async stop(): Promise<void> {
    await this.again?.stop();
    await this.auditing.stop();
    await this.loop.stop();
    await this.publisher.stop();
  }

  /** Why the newest committed checkpoint is not published, if so: too few witnesses have cosigned it. */
  withheldBy(): string | undefined {
    return this.publisher.withheldBy();
  }

  /** Set when this process is a witness too. */
  get witness(): AuditLedgerParts['witness'] {
    return this.parts.witness;
  }

  /** Undefined while facts are sequenced; otherwise why not. */
  haltedBy(): string | undefined {
    return this.sequencer.haltedBy();
  }

  /** Witnesses that do not answer are no reason not to start: facts are taken and kept, and publishing is tried at every turn. */
  private async openUnlessWithheld(): Promise<void> {
    try {
      await this.sequencer.open();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== BELOW_QUORUM) throw error;
    }
  }

  /** Rows that an older release has staged become findable by time. It ends, because this process takes nothing yet. */
  private async fillTimes(): Promise<void> {
    while ((await this.parts.database.run((tx) => this.facts.fillTimes(tx, TIMES_PER_COMMIT))) > 0);
  }

  private async turn(): Promise<void> {
    if (this.parts.leader?.held === false) return;
    await this.parts.clock.realSleep(GATHER_MS);
    await this.sequencer.execute();
  }
}
