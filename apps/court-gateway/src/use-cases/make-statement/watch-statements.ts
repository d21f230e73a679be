import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { businessPeriodOf, businessPeriodsBetween, type BusinessPeriod } from '#connector-sdk';
import { addDays, endOfLegalDate, errorText, legalDateOf, opensAt, Recurring, type Instant, type LegalDate } from '#kernel';
import type { Relay } from '#messaging';
import { completeWords, type CompleteWord } from '../../adapters/store/bank-statement-rows.js';
import { firstDayOf, hasAnswers, lastStatements, setFirstDay, type StatementRow } from '../../adapters/store/statement-rows.js';
import { GATEWAY_RELAY, PARTS, type GatewayBank, type GatewayParts } from '../../gateway-parts.js';
import { MakeStatement } from './make-statement.js';

/** How often the clock is looked at: after a jump, what fell due shows within a second. */
const EVERY_MS = 500;
/** How often the books are looked at, in business time, when no bank has spoken. */
const LOOK_EVERY_MS = 60_000;
/** After 24:00: answers that the bank gave before it are still on their way, and so is its statement. */
export const CUT_OFF_MS = 15 * 60_000;
/** How long a day's statement waits for the word of a bank that can give one, from the cut-off or from when it opens next. */
export const WAIT_MS = 2 * 3_600_000;
/** Days of one bank that are made at once; after a longer standstill the first of them stands for the rest. */
const PERIODS_MAX = 31;
/** Statements back in which a late word of the bank, or a late answer, makes a new version. */
const LOOK_BACK = 31;
/** Statements that are reckoned anew when a new day is made: an answer may have come after the cut-off. */
const RECKONED_ANEW = 3;

/** The end of each day of each bank: makes its statement once, and again when something about it has become known. */
@Injectable()
export class WatchStatements implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Recurring;
  private lookAgainAt: Instant = -Infinity;
  private woken = false;

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(MakeStatement) private readonly make: MakeStatement,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {
    const failed = (error: unknown): void => parts.log.write('error', 'watch-statements-failed', { reason: errorText(error) });
    this.loop = new Recurring(parts.clock, EVERY_MS, () => this.turn(), failed);
  }

  /** The first days are set before anything else: what is answered from now on says on which day. */
  async onApplicationBootstrap(): Promise<void> {
    for (const bank of this.parts.banks.all()) await this.firstDay(bank, this.parts.clock.now());
    this.loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** A bank's word has come, to this process and perhaps to no other: it makes the statement, leader or not. Cheap, and never throws. */
  wake(): void {
    this.woken = true;
    this.lookAgainAt = -Infinity;
    this.loop.wake();
  }

  private async turn(): Promise<void> {
    const now = this.parts.clock.now();
    const isOurs = this.woken || this.parts.leader?.held !== false;
    if (!isOurs || now < this.lookAgainAt) return;
    this.woken = false;
    this.lookAgainAt = now + LOOK_EVERY_MS;
    for (const bank of this.parts.banks.all()) {
      try {
        await this.ofBank(bank);
      } catch (error) {
        // I15: one bank's day that cannot be stated holds up no other bank's.
        this.parts.log.write('error', 'statement-failed', { bank: bank.bank, reason: errorText(error) });
      }
    }
  }

  private async ofBank(bank: GatewayBank): Promise<void> {
    const { reader } = this.parts.database;
    const now = this.parts.clock.now();
    const known = await lastStatements(reader, bank.bank, LOOK_BACK);
    const after = known[0]?.day ?? addDays(await this.firstDay(bank, now), -1);
    const words = await completeWords(reader, bank.bank, known.at(-1)?.day ?? after);
    const ended = addDays(legalDateOf(now - CUT_OFF_MS), -1);
    let made = 0;
    for (const period of businessPeriodsBetween(bank.service, after, ended, PERIODS_MAX)) {
      const word = wordOn(words, period);
      if (!word && bank.dayStatement === true && now < waitsUntil(bank, period.to)) break;
      made += await this.makeOne(bank, period, word);
    }
    const anew = made > 0 ? known.slice(0, RECKONED_ANEW) : [];
    for (const row of known.filter((one) => anew.includes(one) || hasNews(one, words))) {
      const period = { from: row.from_day, to: row.day };
      made += await this.makeOne(bank, period, wordOn(words, period));
    }
    if (made > 0) this.relay.nudge();
  }

  private async makeOne(bank: GatewayBank, period: BusinessPeriod, word: CompleteWord | undefined): Promise<number> {
    return (await this.make.execute({ bank, period, ...(word ? { word } : {}) })) ? 1 : 0;
  }

  /**
   * A bank's first statement is of the business day on which this release first saw it. Where it had answered before, it is of the next one:
   * lines that were over by then do not say on which day.
   */
  private async firstDay({ bank, service }: GatewayBank, now: Instant): Promise<LegalDate> {
    const { reader } = this.parts.database;
    const known = await firstDayOf(reader, bank);
    if (known !== undefined) return known;
    const present = businessPeriodOf(service, legalDateOf(now));
    const first = (await hasAnswers(reader, bank)) ? addDays(present.to, 1) : present.from;
    await this.parts.database.run((tx) => setFirstDay(tx, bank, first));
    return first;
  }
}

/** A word counts for the days that it says it is about, and for no others. */
function wordOn(words: ReadonlyMap<LegalDate, CompleteWord>, { from, to }: BusinessPeriod): CompleteWord | undefined {
  const word = words.get(to);
  return word?.from_day === from ? word : undefined;
}

function hasNews(row: StatementRow, words: ReadonlyMap<LegalDate, CompleteWord>): boolean {
  const word = wordOn(words, { from: row.from_day, to: row.day });
  return word !== undefined && word.version > row.bank_version;
}

function waitsUntil({ service }: GatewayBank, day: LegalDate): Instant {
  const cutOff = endOfLegalDate(day) + CUT_OFF_MS;
  return (service ? (opensAt(service, cutOff) ?? cutOff) : cutOff) + WAIT_MS;
}
