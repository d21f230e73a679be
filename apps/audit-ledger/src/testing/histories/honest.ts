import { CONDUCT_FACTS } from '#orders';
import { atNight, DAY_MS, inOffice, isAway, isWorked, newRequest, type Drawn, type Official, type Setting } from './history.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const CASES_EACH = 60;

/**
 * How a court works when nobody does wrong, with what looks like misuse and is none: overtime, campaigns by night, batches, approvals at the table,
 * long leave, namesakes, colleagues who cover for each other, settlements in the last days. The figures are estimates, not observations.
 */
export class HonestCourt {
  readonly officers: readonly Official[];
  readonly judges: readonly Official[];
  private readonly campaigns: ReadonlySet<number>;

  constructor(private readonly setting: Setting) {
    const { dice, officers, days } = setting;
    this.officers = Array.from({ length: officers }, (_, n) => this.official(`officer-${n + 1}`));
    this.judges = Array.from({ length: Math.max(2, Math.ceil(officers / 6)) }, (_, n) => this.official(`judge-${n + 1}`));
    // Two or three nights a year on which the bureau goes out together.
    this.campaigns = new Set(Array.from({ length: Math.ceil(days / 120) }, () => dice.whole(0, days - 1)));
  }

  /** Everything that happens in the whole time. */
  work(): Drawn[] {
    const drawn: Drawn[] = [];
    for (let day = 0; day < this.setting.days; day++) {
      for (const officer of this.officers) {
        if (isAway(officer, day)) continue;
        if (isWorked(this.setting, day)) drawn.push(...this.day(officer, day));
        if (this.campaigns.has(day) && this.setting.dice.happens(0.3))
          drawn.push(...this.night(officer, day, this.setting.dice.whole(2, 8)));
      }
    }
    return drawn;
  }

  private official(id: string): Official {
    const { dice, days } = this.setting;
    const away: (readonly [number, number])[] = [];
    const leaves = dice.whole(1, 3);
    for (let n = 0; n < leaves; n++) {
      const from = dice.whole(0, days - 1);
      away.push([from, from + dice.whole(3, 15)]);
    }
    // Illness, a child, a secondment: some are away for months and come back.
    if (dice.happens(0.04)) {
      const from = dice.whole(0, Math.max(1, days - 120));
      away.push([from, from + dice.whole(45, 110)]);
    }
    const cases = Array.from({ length: CASES_EACH }, (_, n) => `${id}/case-${n + 1}`);
    return { id, pace: dice.wait(6, 0.5), batch: dice.happens(0.15) ? dice.whole(35, 120) : undefined, away, cases };
  }

  private day(officer: Official, day: number): Drawn[] {
    const { dice } = this.setting;
    const drawn: Drawn[] = [];
    const count = Math.round(dice.wait(officer.pace, 0.4));
    for (let n = 0; n < count; n++) drawn.push(...this.request(officer, inOffice(this.setting, day)));
    // A batch is his habit, or somebody else's work of the month's end.
    const batch = officer.batch !== undefined && dice.happens(0.5) ? officer.batch : dice.happens(0.002) ? dice.whole(25, 60) : 0;
    const start = inOffice(this.setting, day);
    for (let n = 0; n < batch; n++) drawn.push(this.posted(officer, start + n * dice.between(1, 4) * SECOND_MS).fact);
    const readings = Math.round(dice.wait(1.5, 0.8));
    for (let n = 0; n < readings; n++) drawn.push(...this.reading(officer, inOffice(this.setting, day)));
    // Overtime: now and then one or two things, rarely a whole evening.
    if (dice.happens(0.02)) drawn.push(...this.night(officer, day, dice.whole(1, 2)));
    if (dice.happens(0.0008)) drawn.push(...this.night(officer, day, dice.whole(3, 5)));
    return drawn;
  }

  private night(officer: Official, day: number, count: number): Drawn[] {
    return Array.from({ length: count }, () => this.posted(officer, atNight(this.setting, day)).fact);
  }

  /** A request, most of the time with its approval. */
  private request(officer: Official, at: number): Drawn[] {
    const { dice } = this.setting;
    const { fact, requestId } = this.posted(officer, at);
    const drawn = [fact];
    const act = { subject: fact.subject, caseNumber: fact.caseNumber, requestId, actor: officer.id };
    if (dice.happens(0.45)) {
      // At the same table, with the papers read beforehand, it takes seconds; otherwise some minutes to days.
      const wait = dice.happens(0.003) ? dice.between(5, 60) * SECOND_MS : Math.max(20 * SECOND_MS, dice.wait(40, 1.2) * MINUTE_MS);
      drawn.push({ ...act, at: at + wait, type: 'request.approved', actor: dice.pick(this.judges).id });
    }
    if (dice.happens(1 / 4_000)) drawn.push({ ...act, at: at + 1, type: CONDUCT_FACTS['self-linked'] });
    // One in twelve is a release; one in a hundred of these comes in a settlement of the last days.
    if (dice.happens(1 / 12) && dice.happens(0.01)) drawn.push({ ...act, at: at + 1, type: CONDUCT_FACTS['release-near-end'] });
    return drawn;
  }

  private posted(officer: Official, at: number): { readonly fact: Drawn; readonly requestId: string } {
    const requestId = newRequest();
    const caseNumber = this.setting.dice.pick(officer.cases);
    return { requestId, fact: { at, type: 'request.accepted', actor: officer.id, subject: `request:${requestId}`, caseNumber, requestId } };
  }

  /** Mostly one look at a case of his own; sometimes a sitting, rarely the case of a colleague whom he covers. */
  private reading(officer: Official, at: number): Drawn[] {
    const { dice } = this.setting;
    const covers = dice.happens(0.002);
    const caseNumber = dice.pick(covers ? dice.pick(this.officers).cases : officer.cases);
    const looks = dice.happens(0.1) ? dice.whole(2, 5) : 1;
    const look = { actor: officer.id, subject: `case:${caseNumber}`, caseNumber };
    const drawn: Drawn[] = [];
    for (let n = 0; n < looks; n++)
      drawn.push({ ...look, at: at + n * MINUTE_MS, type: dice.pick(['party.revealed', 'holding.revealed']) });
    if (covers) drawn.push({ ...look, at: at + 1, type: CONDUCT_FACTS['unrelated-case'] });
    // A hard case keeps him busy for days.
    if (dice.happens(0.002)) {
      for (let n = 1; n <= dice.whole(2, 4); n++) drawn.push({ ...look, at: at + (n * DAY_MS) / 2, type: 'party.revealed' });
    }
    return drawn;
  }
}
