import { CONDUCT_FACTS, MISUSE_RULES, type MisuseRule } from '#orders';
import type { HonestCourt } from './honest.js';
import { atNight, beside, DAY_MS, inOffice, isWorked, lookedAt, posted, type Deed, type Drawn, type Setting } from './history.js';

const SECOND_MS = 1_000;
const HALF_HOUR_MS = 1_800_000;
/** A deed may go on for some days after the one on which it begins. */
const TAIL_DAYS = 15;

type Misdeed = (setting: Setting, court: HonestCourt, day: number) => readonly Drawn[];

/**
 * What people do who misuse the system, kind by kind. How much of it they do is drawn around a median that says how such people might go about it,
 * without regard to the figures of the policy, so that a part of it stays below what a rule sees; and some know how to keep out of the gateway's
 * sight. All medians are guesses: nobody has counted what was never found.
 */
const MISDEEDS: Readonly<Record<MisuseRule, Misdeed>> = {
  // An evening's curiosity.
  'outside-hours': (setting, court, day) => {
    const { id, cases } = setting.dice.pick(court.officers);
    return times(1 + setting.dice.about(3, 0.7), () => lookedAt(id, atNight(setting, day), setting.dice.pick(cases)));
  },
  // A list from outside is worked through, by hand or by a program.
  burst: (setting, court, day) => {
    const { dice } = setting;
    const { id, cases } = dice.pick(court.officers);
    const [start, pause] = [inOffice(setting, day), dice.about(5, 0.7)];
    return times(dice.about(60, 0.7), (n) => lookedAt(id, start + n * pause * SECOND_MS, dice.pick(cases)));
  },
  // Somebody wants to know every day what has become of the money.
  'repeated-reveals': (setting, court, day) => {
    const { dice } = setting;
    const { id, cases } = dice.pick(court.officers);
    const [caseNumber, gap] = [dice.pick(cases), dice.about(1.2, 0.5)];
    return times(2 + dice.about(3, 0.6), (n) => lookedAt(id, inOffice(setting, day + Math.floor(n * gap)), caseNumber));
  },
  // A case of another bureau is looked at; one in five first makes himself a handler, and is then related for everybody who asks.
  'unrelated-case': (setting, court, day) => {
    const { dice } = setting;
    const look = lookedAt(dice.pick(court.officers).id, inOffice(setting, day), dice.pick(dice.pick(court.officers).cases));
    return dice.happens(0.2) ? [look] : [look, beside(look, CONDUCT_FACTS['unrelated-case'])];
  },
  // His own accounts, or those of a relative, who in one case of three has another name.
  'self-linked': (setting, court, day) => {
    const { dice } = setting;
    const { id, cases } = dice.pick(court.officers);
    const asked = posted(setting, id, inOffice(setting, day), dice.pick(cases));
    return dice.happens(1 / 3) ? [asked] : [asked, beside(asked, CONDUCT_FACTS['self-linked'])];
  },
  // The debtor gets his money back before it can be frozen for another year.
  'release-near-end': (setting, court, day) => {
    const { dice, policy } = setting;
    const { id, cases } = dice.pick(court.officers);
    const asked = posted(setting, id, inOffice(setting, day), dice.pick(cases));
    const isTold = dice.about(1.5, 0.8) * DAY_MS < policy.rules['release-near-end'].withinMs;
    return isTold ? [asked, beside(asked, CONDUCT_FACTS['release-near-end'])] : [asked];
  },
  // The judge clicks without reading, or has lent out his account.
  'swift-approval': (setting, court, day) => {
    const { dice } = setting;
    const { id, cases } = dice.pick(court.officers);
    const asked = posted(setting, id, inOffice(setting, day), dice.pick(cases));
    return [
      asked,
      { ...asked, at: asked.at + dice.about(8, 0.8) * SECOND_MS, type: 'request.approved', actor: dice.pick(court.judges).id },
    ];
  },
  // The account of a person who has left is used by somebody else.
  'dormant-account': (setting, _court, day) => {
    const id = `former-${setting.dice.name()}`;
    const back = inOffice(setting, day);
    const last = posted(setting, id, back - setting.dice.about(120, 0.7) * DAY_MS, `${id}/case`);
    return [last, lookedAt(id, back, `${id}/case`), lookedAt(id, back + HALF_HOUR_MS, `${id}/case`)];
  },
};

/** So many deeds of each kind, each on some working day. */
export function misdeeds(setting: Setting, court: HonestCourt, each: number): readonly Deed[] {
  const { dice, days } = setting;
  const worked = Array.from({ length: days - TAIL_DAYS }, (_, day) => day).filter((day) => isWorked(setting, day));
  return MISUSE_RULES.flatMap((rule) => times(each, () => ({ rule, drawn: MISDEEDS[rule](setting, court, dice.pick(worked)) })));
}

function times<T>(count: number, make: (n: number) => T): readonly T[] {
  return Array.from({ length: Math.round(count) }, (_, n) => make(n));
}
