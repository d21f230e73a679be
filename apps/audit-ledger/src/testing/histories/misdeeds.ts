import { CONDUCT_FACTS, type MisuseRule } from '#orders';
import type { HonestCourt } from './honest.js';
import { atNight, DAY_MS, inOffice, isWorked, newRequest, type Drawn, type Official, type Planted, type Setting } from './history.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
/** Misdeeds of each kind in a history. */
const EACH = 25;
/** Of them so many keep below what a rule can see. */
const SUBTLE = 0.2;

type Misdeed = (setting: Setting, court: HonestCourt, day: number, planted: Planted) => readonly Drawn[];

/** What people do who misuse the system, kind by kind, some of it so carefully that no rule of ours sees it. */
const MISDEEDS: Readonly<Record<MisuseRule, Misdeed>> = {
  'outside-hours': (setting, court, day, planted) => {
    const who = setting.dice.pick(court.officers);
    const count = planted.isSubtle ? 2 : setting.dice.whole(3, 9);
    return Array.from({ length: count }, () => lookedAt(who, atNight(setting, day), setting.dice.pick(who.cases), planted));
  },
  burst: (setting, court, day, planted) => {
    const { dice } = setting;
    const who = dice.pick(court.officers);
    const start = inOffice(setting, day);
    const count = planted.isSubtle ? dice.whole(15, 25) : dice.whole(35, 120);
    const pause = planted.isSubtle ? 20 : 4;
    return Array.from({ length: count }, (_, n) => lookedAt(who, start + n * pause * SECOND_MS, dice.pick(who.cases), planted));
  },
  'repeated-reveals': (setting, court, day, planted) => {
    const { dice } = setting;
    const who = dice.pick(court.officers);
    const caseNumber = dice.pick(who.cases);
    const start = inOffice(setting, day);
    const sittings = planted.isSubtle ? 3 : dice.whole(4, 8);
    return Array.from({ length: sittings }, (_, n) => lookedAt(who, start + n * dice.between(0.7, 0.9) * DAY_MS, caseNumber, planted));
  },
  'unrelated-case': (setting, court, day, planted) => {
    const { dice } = setting;
    const who = dice.pick(court.officers);
    const at = inOffice(setting, day);
    const look = lookedAt(who, at, dice.pick(dice.pick(court.officers).cases), planted);
    // He who first makes himself a handler is related for everybody who asks.
    return planted.isSubtle ? [look] : [look, { ...look, at: at + 1, type: CONDUCT_FACTS['unrelated-case'] }];
  },
  'self-linked': (setting, court, day, planted) => {
    const who = setting.dice.pick(court.officers);
    const asked = posted(who, inOffice(setting, day), setting.dice.pick(who.cases), planted);
    // A relative of another name is nobody's namesake.
    return planted.isSubtle ? [asked] : [asked, { ...asked, at: asked.at + 1, type: CONDUCT_FACTS['self-linked'] }];
  },
  'release-near-end': (setting, court, day, planted) => {
    const who = setting.dice.pick(court.officers);
    const asked = posted(who, inOffice(setting, day), setting.dice.pick(who.cases), planted);
    // Whoever takes care releases a week before the end.
    return planted.isSubtle ? [asked] : [asked, { ...asked, at: asked.at + 1, type: CONDUCT_FACTS['release-near-end'] }];
  },
  'swift-approval': (setting, court, day, planted) => {
    const { dice } = setting;
    const officer = dice.pick(court.officers);
    const asked = posted(officer, inOffice(setting, day), dice.pick(officer.cases), planted);
    const seconds = planted.isSubtle ? dice.between(16, 60) : dice.between(1, 14);
    return [asked, { ...asked, at: asked.at + seconds * SECOND_MS, type: 'request.approved', actor: dice.pick(court.judges).id }];
  },
  'dormant-account': (setting, _court, day, planted) => {
    const { dice } = setting;
    const who = `former-${newRequest()}`;
    const silence = planted.isSubtle ? dice.between(30, 55) : dice.between(61, 100);
    const own = { id: who, pace: 0, batch: undefined, away: [], cases: [`${who}/case`] };
    const back = inOffice(setting, day);
    const last = { ...posted(own, back - silence * DAY_MS, `${who}/case`, planted) };
    return [last, lookedAt(own, back, `${who}/case`, planted), lookedAt(own, back + HOUR_MS / 2, `${who}/case`, planted)];
  },
};

/** One deed with the facts that it consists of. */
export interface Deed {
  readonly planted: Planted;
  readonly drawn: readonly Drawn[];
}

export function misdeeds(setting: Setting, court: HonestCourt): readonly Deed[] {
  const { dice, days } = setting;
  const worked = Array.from({ length: days - 10 }, (_, day) => day).filter((day) => isWorked(setting, day));
  const deeds: Deed[] = [];
  for (const [rule, misdeed] of Object.entries(MISDEEDS) as [MisuseRule, Misdeed][]) {
    for (let n = 0; n < EACH; n++) {
      const planted = { rule, isSubtle: dice.happens(SUBTLE) };
      deeds.push({ planted, drawn: misdeed(setting, court, dice.pick(worked), planted) });
    }
  }
  return deeds;
}

function posted(who: Pick<Official, 'id'>, at: number, caseNumber: string, planted: Planted): Drawn {
  const requestId = newRequest();
  return { at, type: 'request.accepted', actor: who.id, subject: `request:${requestId}`, caseNumber, requestId, planted };
}

function lookedAt(who: Pick<Official, 'id'>, at: number, caseNumber: string, planted: Planted): Drawn {
  return { at, type: 'party.revealed', actor: who.id, subject: `case:${caseNumber}`, caseNumber, planted };
}
