import { errorText, Recurring } from '#kernel';
import { FACTS_TOPIC, Relay, type Message, type MessageBus } from '#messaging';
import { FindingRows } from './adapters/store/finding-rows.js';
import { MisuseMemoryRows } from './adapters/store/misuse-memory.js';
import { WatchedEntries } from './adapters/store/watched-entries.js';
import { makeFactRecorder } from './facts.js';
import type { AuditLedgerParts, MisuseParts } from './parts.js';
import { ListFindings } from './use-cases/list-findings/list-findings.js';
import { MarkFinding } from './use-cases/mark-finding/mark-finding.js';
import type { PublishedLogs } from './use-cases/prove-entries/published-logs.js';
import { WatchMisuse } from './use-cases/watch-misuse/watch-misuse.js';

/** How often the watch looks for new entries when it has read all. */
const WATCH_MS = 1_000;

/** The misuse watch without HTTP: reads what is published, keeps what its rules find, takes the auditors' marks. */
export class MisuseService {
  readonly listFindings: ListFindings;
  readonly markFinding: MarkFinding;
  readonly watch: WatchMisuse;
  private readonly watching: Recurring;
  private readonly relay: Relay;

  constructor(parts: AuditLedgerParts, misuse: MisuseParts, logs: PublishedLogs, stage: (batch: readonly Message[]) => Promise<void>) {
    const { database, clock, log, leader } = parts;
    const { policy, entropy, systemKeys } = misuse;
    const findings = new FindingRows(database.reader);
    const [entries, memory] = [new WatchedEntries(database.reader), new MisuseMemoryRows(database.reader)];
    this.watch = new WatchMisuse({ database, entries, memory, findings, clock, log }, logs, policy);
    const facts = makeFactRecorder({ clock, ...misuse });
    this.markFinding = new MarkFinding({ database, findings, facts, clock, entropy, systemKeys });
    this.listFindings = new ListFindings(findings, this.markFinding, logs);
    this.watching = new Recurring(
      clock,
      WATCH_MS,
      () => this.turn(leader),
      (error) => log.write('error', 'misuse-watch-failed', { reason: errorText(error) }),
    );
    this.relay = new Relay(database, ownStaging(stage), [FACTS_TOPIC], clock, log, leader ? { leader } : {});
  }

  start(): void {
    this.relay.start();
    this.watching.start();
  }

  /** Waits until the turn under way has ended. */
  async stop(): Promise<void> {
    await this.watching.stop();
    await this.relay.stop();
  }

  /** The ledger's own facts go on their way. */
  nudge(): void {
    this.relay.nudge();
  }

  private async turn(leader: AuditLedgerParts['leader']): Promise<void> {
    if (leader?.held === false) return;
    if (await this.watch.execute()) this.watching.wake();
  }
}

/**
 * The ledger's own facts need no backbone: its outbox leads into its own staging table, by the door through which everybody's facts come. A row
 * is marked after it has been staged, so none is lost, and one that is staged twice is one.
 */
function ownStaging(stage: (batch: readonly Message[]) => Promise<void>): MessageBus {
  const nobody = (): Promise<never> => Promise.reject(new Error('nobody else reads the outbox of the ledger'));
  return { publish: stage, subscribe: nobody, lag: () => Promise.resolve(new Map()), close: () => Promise.resolve() };
}
