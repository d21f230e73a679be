import { CONDUCT_FACTS } from '#orders';
import { honestOfficial } from './officials.js';
import {
  atNight,
  beside,
  DAY_MS,
  inOffice,
  isAway,
  isWorked,
  lookedAt,
  posted,
  type Drawn,
  type Official,
  type Setting,
} from './history.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const TERM_DAYS = 365;
/** Hard cases are looked into over so many days. */
const HARD_DAYS = 14;

/**
 * How a court works when nobody does wrong, with what looks like misuse and is none: night duty, campaigns, overtime, batches, cases of a hundred
 * subjects, hard cases, renewals approved at the table, officers who come back after months, namesakes, colleagues who cover for each other,
 * settlements in the last days of a term. The figures are estimates, not observations, and none of them was taken from the policy.
 */
export class HonestCourt {
  readonly officers: readonly Official[];
  readonly judges: readonly Official[];
  private readonly campaigns: ReadonlySet<number>;

  constructor(private readonly setting: Setting) {
    const { dice, officers, days } = setting;
    this.officers = Array.from({ length: officers }, (_, n) => honestOfficial(setting, `officer-${n + 1}`));
    this.judges = Array.from({ length: Math.max(2, Math.ceil(officers / 6)) }, (_, n) => honestOfficial(setting, `judge-${n + 1}`));
    // About three nights a year the bureau goes out together.
    this.campaigns = new Set(Array.from({ length: Math.ceil(days / 120) }, () => dice.whole(0, days - 1)));
  }

  /** Everything that happens in the whole time. */
  work(): Drawn[] {
    const { dice, days } = this.setting;
    const drawn: Drawn[] = [];
    for (let day = 0; day < days; day++) {
      const present = this.officers.filter((officer) => !isAway(officer, day));
      for (const officer of present) {
        if (isWorked(this.setting, day)) drawn.push(...this.day(officer, day));
        if (this.campaigns.has(day) && dice.happens(0.3)) drawn.push(...this.night(officer, day, dice.whole(2, 8)));
      }
      // One has the duty of the night, and most nights are quiet.
      if (present.length > 0 && dice.happens(0.1)) drawn.push(...this.night(dice.pick(present), day, dice.whole(1, 6)));
    }
    return drawn;
  }

  private day(officer: Official, day: number): Drawn[] {
    const { dice } = this.setting;
    const drawn: Drawn[] = [];
    const requests = Math.round(dice.about(officer.pace, 0.4));
    for (let n = 0; n < requests; n++) drawn.push(...this.request(officer, inOffice(this.setting, day)));
    const readings = Math.round(dice.about(1.5, 0.8));
    for (let n = 0; n < readings; n++) drawn.push(...this.reading(officer, inOffice(this.setting, day)));
    // A batch is his habit, or once in two years somebody else's work of the month's end.
    const batch = officer.batch !== undefined && dice.happens(0.5) ? officer.batch : dice.happens(0.002) ? dice.whole(25, 60) : 0;
    drawn.push(...this.batch(officer, day, batch, dice.between(1, 4)));
    if (dice.happens(1 / 400)) drawn.push(...this.bigCase(officer, day));
    if (dice.happens(1 / 60)) drawn.push(...this.hardCase(officer, day));
    // Overtime: now and then one or two things, rarely a whole evening.
    if (dice.happens(0.02)) drawn.push(...this.night(officer, day, dice.whole(1, 2)));
    if (dice.happens(0.0008)) drawn.push(...this.night(officer, day, dice.whole(3, 5)));
    return drawn;
  }

  private night({ id, cases }: Official, day: number, count: number): Drawn[] {
    const { dice } = this.setting;
    return Array.from({ length: count }, () => posted(this.setting, id, atNight(this.setting, day), dice.pick(cases)));
  }

  private batch({ id, cases }: Official, day: number, count: number, pauseSeconds: number): Drawn[] {
    const start = inOffice(this.setting, day);
    const { dice } = this.setting;
    return Array.from({ length: count }, (_, n) => posted(this.setting, id, start + n * pauseSeconds * SECOND_MS, dice.pick(cases)));
  }

  /** One case with many debtors: each is asked for, some are looked at. */
  private bigCase({ id, cases }: Official, day: number): Drawn[] {
    const { dice } = this.setting;
    const [caseNumber, start, pause] = [dice.pick(cases), inOffice(this.setting, day), dice.between(5, 40)];
    return Array.from({ length: dice.whole(30, 150) }, (_, n) => {
      const at = start + n * pause * SECOND_MS;
      return dice.happens(0.2) ? lookedAt(id, at, caseNumber) : posted(this.setting, id, at, caseNumber);
    });
  }

  /** A case that keeps him busy: he looks into it again and again for two weeks. */
  private hardCase(officer: Official, day: number): Drawn[] {
    const { dice, days } = this.setting;
    const caseNumber = dice.pick(officer.cases);
    const drawn: Drawn[] = [];
    for (let n = dice.whole(2, 6); n > 0; n--) {
      const then = day + dice.whole(0, HARD_DAYS);
      if (then < days && isWorked(this.setting, then) && !isAway(officer, then))
        drawn.push(lookedAt(officer.id, inOffice(this.setting, then), caseNumber));
    }
    return drawn;
  }

  /** A request, often with its approval, and with what the gateway tells of it. */
  private request(officer: Official, at: number): Drawn[] {
    const { dice, policy } = this.setting;
    const asked = posted(this.setting, officer.id, at, dice.pick(officer.cases));
    const drawn = [asked];
    if (dice.happens(0.45))
      drawn.push({ ...asked, at: at + this.approvalAfterMs(), type: 'request.approved', actor: dice.pick(this.judges).id });
    if (dice.happens(1 / 4_000)) drawn.push(beside(asked, CONDUCT_FACTS['self-linked']));
    // One in twelve is a release; its measure may be anywhere in its term, and six in ten of the cases have not got all their money.
    const isNearEnd = dice.between(0, TERM_DAYS) * DAY_MS < policy.rules['release-near-end'].withinMs;
    if (dice.happens(1 / 12) && dice.happens(0.6) && isNearEnd) drawn.push(beside(asked, CONDUCT_FACTS['release-near-end']));
    return drawn;
  }

  /** Minutes to days; a trivial renewal, or what has been talked over before, is approved at the table. */
  private approvalAfterMs(): number {
    const { dice } = this.setting;
    const isRenewal = dice.happens(0.1);
    if (dice.happens(isRenewal ? 0.03 : 0.002)) return dice.between(4, 60) * SECOND_MS;
    return 20 * SECOND_MS + dice.about(40, 1.2) * MINUTE_MS;
  }

  /** Mostly one look at a case of his own; sometimes a sitting, rarely the case of a colleague for whom he covers. */
  private reading({ id, cases }: Official, at: number): Drawn[] {
    const { dice } = this.setting;
    const covers = dice.happens(0.002);
    const caseNumber = dice.pick(covers ? dice.pick(this.officers).cases : cases);
    const looks = dice.happens(0.1) ? dice.whole(2, 5) : 1;
    const drawn = Array.from({ length: looks }, (_, n) => lookedAt(id, at + n * MINUTE_MS, caseNumber));
    return covers ? [...drawn, beside(lookedAt(id, at, caseNumber), CONDUCT_FACTS['unrelated-case'])] : drawn;
  }
}
