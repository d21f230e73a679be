import { errorText, Recurring } from '#kernel';
import type { MisusePolicy } from '#orders';
import { FindingRows } from './adapters/store/finding-rows.js';
import { MisuseMemoryRows } from './adapters/store/misuse-memory.js';
import { WatchedEntries } from './adapters/store/watched-entries.js';
import type { OwnFacts } from './own-facts.js';
import type { AuditLedgerParts, OperatorParts } from './parts.js';
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

  constructor(
    parts: AuditLedgerParts,
    { entropy, systemKeys }: OperatorParts,
    policy: MisusePolicy,
    private readonly own: OwnFacts,
    logs: PublishedLogs,
  ) {
    const { database, clock, log, leader } = parts;
    const findings = new FindingRows(database.reader);
    const [entries, memory] = [new WatchedEntries(database.reader), new MisuseMemoryRows(database.reader)];
    this.watch = new WatchMisuse({ database, entries, memory, findings, clock, log }, logs, policy);
    this.markFinding = new MarkFinding({ database, findings, facts: own.recorder, clock, entropy, systemKeys });
    this.listFindings = new ListFindings(findings, this.markFinding, logs);
    this.watching = new Recurring(
      clock,
      WATCH_MS,
      () => this.turn(leader),
      (error) => log.write('error', 'misuse-watch-failed', { reason: errorText(error) }),
    );
  }

  start(): void {
    this.watching.start();
  }

  /** Waits until the turn under way has ended. */
  stop(): Promise<void> {
    return this.watching.stop();
  }

  /** A mark has been committed: its fact goes on its way. */
  nudge(): void {
    this.own.nudge();
  }

  private async turn(leader: AuditLedgerParts['leader']): Promise<void> {
    if (leader?.held === false) return;
    if (await this.watch.execute()) this.watching.wake();
  }
}
