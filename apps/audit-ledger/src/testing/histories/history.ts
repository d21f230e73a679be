import { addDays, isOpenAt, startOfLegalDate, type Instant, type LegalDate, type WeekHours } from '#kernel';
import type { MisuseRule } from '#orders';
import type { WatchedFact } from '../../misuse/rule.js';
import type { Dice } from './dice.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** One act of misuse that was put into a history, known to the measurement and to nobody else. */
export interface Planted {
  readonly rule: MisuseRule;
  /** It keeps below the rule's threshold or away from what the gateway can see: a rule that is honest about itself misses it. */
  readonly isSubtle: boolean;
}

/** A fact on its way into a history, before it has a place. */
export interface Drawn {
  readonly at: Instant;
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly caseNumber: string;
  readonly requestId?: string;
  readonly planted?: Planted;
}

export interface History {
  readonly facts: readonly WatchedFact[];
  /** By the index of the fact. */
  readonly planted: ReadonlyMap<number, Planted>;
}

/** What a history is about. */
export interface Setting {
  readonly dice: Dice;
  readonly hours: WeekHours;
  readonly from: LegalDate;
  readonly days: number;
  readonly officers: number;
}

/** A person of the court; what is usual for him was drawn once. */
export interface Official {
  readonly id: string;
  /** Requests of an ordinary day. */
  readonly pace: number;
  /** Posts his work in one go, of about so many. */
  readonly batch: number | undefined;
  /** Days on which he is away. */
  readonly away: readonly (readonly [from: number, to: number])[];
  readonly cases: readonly string[];
}

export function isAway({ away }: Official, day: number): boolean {
  return away.some(([from, to]) => day >= from && day < to);
}

/** The noon of the day so many days after the first: whether a day is worked is asked of its noon. */
export function noonOf({ from }: Setting, day: number): Instant {
  return startOfLegalDate(addDays(from, day)) + 12 * HOUR_MS;
}

export function isWorked(setting: Setting, day: number): boolean {
  return isOpenAt(setting.hours, noonOf(setting, day));
}

/** A time of the day as people work: two humps with a break for lunch. */
export function inOffice(setting: Setting, day: number): Instant {
  const { dice } = setting;
  const hour = dice.happens(0.55) ? dice.between(8.3, 12) : dice.between(13.5, 17.9);
  return noonOf(setting, day) + (hour - 12) * HOUR_MS;
}

/** A time from the evening until midnight. */
export function atNight(setting: Setting, day: number): Instant {
  return noonOf(setting, day) + setting.dice.between(8.1, 11.8) * HOUR_MS;
}

let ids = 0;
/** Requests need names that differ, and no others. */
export const newRequest = (): string => `request-${(ids += 1)}`;

/** Puts what was drawn in the order of time, which is that of the log. */
export function historyOf(drawn: readonly Drawn[], year: number): History {
  const planted = new Map<number, Planted>();
  const facts = [...drawn]
    .sort((a, b) => a.at - b.at)
    .map((one, index): WatchedFact => {
      if (one.planted) planted.set(index, one.planted);
      const { at, type, actor, subject, caseNumber, requestId } = one;
      return {
        place: { year, index },
        at: Math.round(at),
        source: 'court-gateway',
        subject,
        type,
        actor,
        caseNumber,
        requestId,
        prev: undefined,
      };
    });
  return { facts, planted };
}
