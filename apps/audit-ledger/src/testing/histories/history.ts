import { addDays, isOpenAt, startOfLegalDate, type Instant, type LegalDate } from '#kernel';
import type { MisusePolicy, MisuseRule } from '#orders';
import type { WatchedFact } from '../../misuse/rule.js';
import type { Dice } from './dice.js';

const HOUR_MS = 3_600_000;
const NOON = 12;
export const DAY_MS = 24 * HOUR_MS;

/** One deed of misuse that was put into a history, known to the measurement and to nobody else. */
export interface Deed {
  readonly rule: MisuseRule;
  readonly drawn: readonly Drawn[];
}

/** A fact on its way into a history, before it has a place. */
export interface Drawn {
  readonly at: Instant;
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly caseNumber: string;
  readonly requestId?: string;
}

export interface History {
  readonly facts: readonly WatchedFact[];
  /** The deeds by the indexes of the facts that they consist of. */
  readonly deeds: ReadonlyMap<number, Deed>;
}

/** What a history is about. */
export interface Setting {
  readonly dice: Dice;
  readonly policy: MisusePolicy;
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
  /** Days on which he is away, the last not included. */
  readonly away: readonly (readonly [from: number, to: number])[];
  readonly cases: readonly string[];
}

export function isAway({ away }: Official, day: number): boolean {
  return away.some(([from, to]) => day >= from && day < to);
}

/** The noon of the day so many days after the first; whether a day is worked is asked of its noon. */
export function noonOf({ from }: Setting, day: number): Instant {
  return startOfLegalDate(addDays(from, day)) + NOON * HOUR_MS;
}

export function isWorked(setting: Setting, day: number): boolean {
  return isOpenAt(setting.policy.hours, noonOf(setting, day));
}

/** A time of the day as people work: two humps with a break for lunch. */
export function inOffice(setting: Setting, day: number): Instant {
  const { dice } = setting;
  const hour = dice.happens(0.55) ? dice.between(8.3, 12) : dice.between(13.5, 17.9);
  return noonOf(setting, day) + (hour - NOON) * HOUR_MS;
}

/** A time between eight in the evening and midnight. */
export function atNight(setting: Setting, day: number): Instant {
  return noonOf(setting, day) + setting.dice.between(8, 11.8) * HOUR_MS;
}

/** A request with a name of its own. */
export function posted({ dice }: Setting, who: string, at: Instant, caseNumber: string): Drawn {
  const requestId = dice.name();
  return { at, type: 'request.accepted', actor: who, subject: `request:${requestId}`, caseNumber, requestId };
}

/** A look at the personal data of a case in clear. */
export function lookedAt(who: string, at: Instant, caseNumber: string): Drawn {
  return { at, type: 'party.revealed', actor: who, subject: `case:${caseNumber}`, caseNumber };
}

/** What the gateway records right behind an act. */
export function beside(act: Drawn, type: string): Drawn {
  return { ...act, at: act.at + 1, type };
}

/** Puts what was drawn into the order of time, which is that of the log. */
export function historyOf(honest: readonly Drawn[], deeds: readonly Deed[], year: number): History {
  const all = [
    ...honest.map((drawn) => ({ drawn, deed: undefined })),
    ...deeds.flatMap((deed) => deed.drawn.map((drawn) => ({ drawn, deed }))),
  ].sort((a, b) => a.drawn.at - b.drawn.at);
  const planted = new Map<number, Deed>();
  const facts = all.map(({ drawn, deed }, index): WatchedFact => {
    if (deed) planted.set(index, deed);
    const { at, requestId, ...rest } = drawn;
    return { ...rest, requestId, place: { year, index }, at: Math.round(at), source: 'court-gateway', prev: undefined };
  });
  return { facts, deeds: planted };
}
