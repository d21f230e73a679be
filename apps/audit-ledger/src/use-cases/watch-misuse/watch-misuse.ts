import { instantText, sha256Hex, type Clock, type Log } from '#kernel';
import type { MisusePolicy } from '#orders';
import type { Database } from '#persistence';
import type { Finding, FindingRows } from '../../adapters/store/finding-rows.js';
import type { MisuseMemoryRows } from '../../adapters/store/misuse-memory.js';
import type { WatchedEntries } from '../../adapters/store/watched-entries.js';
import { kept, type Place, type Rule, type WatchedFact } from '../../misuse/rule.js';
import { rulesOf } from '../../misuse/rules.js';
import { keysOf, Memory, watch, type Noticed } from '../../misuse/watch.js';
import type { PublishedLogs } from '../prove-entries/published-logs.js';

/** Entries read and judged in one commit: each takes the ledger's one writer from the sequencer, which waits for its disk. */
export const ENTRIES_PER_COMMIT = 2_000;
/** Commits of one turn: a watch that begins over a long log leaves the sequencer its time. */
const COMMITS_PER_TURN = 3;
/**
 * A state that is over is kept a while longer, so that a fact which comes late is judged as if it had come in time. Facts that come later than
 * this behind the others may be judged without what went before them.
 */
const LATE_MS_MAX = 7 * 86_400_000;
const ID_CHARS = 32;

export interface WatchMisuseParts {
  readonly database: Database;
  readonly entries: WatchedEntries;
  readonly memory: MisuseMemoryRows;
  readonly findings: FindingRows;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Lets the rules read every published entry once, in the order of the log, whatever process does it: the cursor moves by compare-and-set in the
 * transaction that keeps findings and memory, so a turn that is cut off leaves nothing behind and is done again.
 */
export class WatchMisuse {
  private readonly rules: readonly Rule[];

  constructor(
    private readonly parts: WatchMisuseParts,
    private readonly logs: PublishedLogs,
    private readonly policy: MisusePolicy,
  ) {
    this.rules = rulesOf(policy);
  }

  /** One turn. True when there is more to read. */
  async execute(): Promise<boolean> {
    for (let commits = 0; commits < COMMITS_PER_TURN; commits++) if (!(await this.readOn())) return false;
    return true;
  }

  /** Reads the next entries; false when there are none. */
  private async readOn(): Promise<boolean> {
    const { entries, memory: rows } = this.parts;
    const cursor = await rows.cursor();
    const next = this.after(cursor);
    if (!next) return false;
    const end = Math.min(next.index + ENTRIES_PER_COMMIT, this.logs.of(next.year).head.size);
    const facts = await entries.between(next.year, next.index, end);
    if (facts.length < end - next.index) {
      this.parts.log.write('error', 'misuse-entries-missing', {
        year: next.year,
        from: next.index,
        missing: end - next.index - facts.length,
      });
    }
    const memory = new Memory(await rows.load(keysOf(this.rules, facts)));
    const noticed = watch(this.rules, facts, memory);
    await this.keep(cursor, { year: next.year, index: end }, memory, noticed, facts);
    return true;
  }

  /** Where to read on: the log of a year is never written to any more once that of a later year has begun. */
  private after(cursor: Place | undefined): Place | undefined {
    for (const year of this.logs.years()) {
      if (cursor && year < cursor.year) continue;
      const index = cursor?.year === year ? cursor.index : 0;
      if (index < this.logs.of(year).head.size) return { year, index };
    }
    return undefined;
  }

  private async keep(
    from: Place | undefined,
    to: Place,
    memory: Memory,
    noticed: readonly Noticed[],
    facts: readonly WatchedFact[],
  ): Promise<void> {
    const { database, memory: rows, findings, clock, log } = this.parts;
    const found: Finding[] = [];
    for (const one of noticed) found.push(await this.findingOf(one));
    // By the oldest of them and never by a later time than now: one fact with a time far ahead must not make the rules forget.
    const oldest = facts.reduce((least, { at }) => Math.min(least, at), clock.now());
    const isOurs = await database.run(async (tx) => {
      if (!(await rows.moveCursor(tx, from, to))) return false;
      await rows.save(tx, memory);
      await rows.forget(tx, oldest - LATE_MS_MAX);
      await findings.keep(tx, found);
      return true;
    });
    if (isOurs) for (const { rule, id } of found) log.write('warn', 'misuse-found', { rule, finding: id });
  }

  private async findingOf({ rule, fact, suspicion }: Noticed): Promise<Finding> {
    const act = suspicion.besideAct === true ? await this.parts.entries.before(fact) : undefined;
    const { name: ruleName, explanation } = this.policy.rules[rule.name];
    return {
      id: findingId(rule.name, fact.place),
      rule: rule.name,
      ruleName,
      explanation,
      actor: suspicion.actor,
      caseNumber: suspicion.caseNumber,
      happenedAt: instantText(fact.at),
      acts: suspicion.acts,
      evidence: [...(act ? [act] : []), ...suspicion.evidence].map(kept),
      foundAt: this.parts.clock.now(),
    };
  }
}

/** A rule notices at most one thing at an entry. */
function findingId(rule: string, { year, index }: Place): string {
  return sha256Hex(`${rule} ${year}/${index}`).slice(0, ID_CHARS);
}
