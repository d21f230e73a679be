import { businessPeriodOf, businessPeriodsBetween, type BusinessPeriod, type DayStatements, type GuardedPush } from '#connector-sdk';
import { STATED_PARTS_MAX } from '#contracts';
import { addDays, errorText, legalDateOf, Recurring, sha256Hex, type Instant, type LegalDate } from '#kernel';
import type { BankContext } from '../../bank-context.js';
import { findDay, firstOrderDay, saveDay, type DayRow, type KeptPage } from '../../adapters/store/day-rows.js';
import type { Driver } from '../../drivers/driver.js';
import { RecordDay } from '../record-day/record-day.js';

/** How often the clock is looked at: after a jump, a day that has ended is asked for within a second. */
const LOOK_EVERY_MS = 500;
/** Business time after 24:00 before a day is asked for: the bank's own books need a moment too. */
export const ASK_AFTER_MS = 5 * 60_000;
/** Business time until a bank that gave no word is asked again. */
export const RETRY_MS = 5 * 60_000;
/** Once a day, a word that was given is asked for again: a bank may correct it. */
const AGAIN_MS = 86_400_000;
/** Words on one day after which the bank is not asked about it any more. */
const ASKS_MAX = 3;
/** Business days back that are asked for; older ones without a word stay one-sided. */
const PERIODS_MAX = 7;

export interface DayDoor {
  readonly days: DayStatements;
  readonly calls: GuardedPush;
}

/** Asks a bank that is called for its side of each business day that has ended, page by page, within the limits of all calls to it. */
export class AskDay implements Driver {
  private readonly turns: Recurring;
  private readonly record: RecordDay;
  private lookAgainAt: Instant = -Infinity;
  private firstDay: LegalDate | undefined;

  constructor(
    private readonly context: BankContext,
    private readonly door: DayDoor,
  ) {
    const { clock, log, bank } = context;
    this.record = new RecordDay(context);
    const failed = (error: unknown): void => log.write('warn', 'ask-day-failed', { bank, reason: errorText(error) });
    this.turns = new Recurring(clock, LOOK_EVERY_MS, () => this.turn(), failed);
  }

  start(): Promise<void> {
    this.turns.start();
    return Promise.resolve();
  }

  wake(): void {
    this.turns.wake();
  }

  stop(): Promise<void> {
    return this.turns.stop();
  }

  private async turn(): Promise<void> {
    const { clock, speaker, database, profile } = this.context;
    const now = clock.now();
    if (now < this.lookAgainAt || !speaker.held || !this.context.isOpen()) return;
    this.lookAgainAt = now + RETRY_MS;
    this.firstDay ??= await firstOrderDay(database.reader);
    const ended = addDays(legalDateOf(now - ASK_AFTER_MS), -1);
    if (this.firstDay === undefined || this.firstDay > ended) return;
    const after = addDays(businessPeriodOf(profile.service, this.firstDay).from, -1);
    for (const { to } of businessPeriodsBetween(profile.service, after, ended, PERIODS_MAX)) await this.ofDay(to, now);
  }

  private async ofDay(day: LegalDate, now: Instant): Promise<void> {
    const seen = await findDay(this.context.database.reader, day);
    if (seen && (seen.next_ask_at === null || seen.next_ask_at > now)) {
      this.lookAgainAt = Math.min(this.lookAgainAt, seen.next_ask_at ?? Infinity);
      return;
    }
    // Orders come first: a bank that is busy with them is asked at the next look.
    if (this.door.calls.capacity() === 0) return;
    const period = businessPeriodOf(this.context.profile.service, day);
    const pages = await this.pagesOf(period);
    if (!pages) return this.putOff(seen, period, now + RETRY_MS);
    const asks = (seen?.asks ?? 0) + 1;
    await this.record.execute(pages, asks >= ASKS_MAX ? null : now + AGAIN_MS);
  }

  /** Every page, or nothing when one of them could not be had, is not the bank's, or cannot be read. */
  private async pagesOf({ from, to }: BusinessPeriod): Promise<readonly KeptPage[] | undefined> {
    const pages: KeptPage[] = [];
    for (let page = 1; page <= (pages[0]?.page.pages ?? 1) && page <= STATED_PARTS_MAX; page += 1) {
      const outcome = await this.door.calls.askDay(this.door.days, { from, to, page });
      if (outcome.kind !== 'page') return this.without(to, page, outcome.reason);
      const { heard, worth, reading } = outcome;
      if (worth.signature !== 'valid' || reading.kind === 'unreadable') {
        return this.without(to, page, reading.kind === 'unreadable' ? reading.reason : worth.signature);
      }
      const { keyId } = worth;
      pages.push({ page: reading.page, heard, sha256: sha256Hex(heard.bytes), ...(keyId === undefined ? {} : { keyId }) });
    }
    return pages;
  }

  private without(day: LegalDate, page: number, reason: string): undefined {
    const { log, bank } = this.context;
    log.write('warn', 'day-statement-not-had', { bank, day, page, reason });
    return undefined;
  }

  private async putOff(seen: DayRow | undefined, { from, to }: BusinessPeriod, nextAskAt: Instant): Promise<void> {
    const before = seen ?? { day: to, from_day: from, version: 0, digest: '', asks: 0, next_ask_at: null };
    await this.context.database.run((tx) => saveDay(tx, seen, { ...before, next_ask_at: nextAskAt }));
  }
}
