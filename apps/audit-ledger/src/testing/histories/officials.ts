import type { Official, Setting } from './history.js';

const CASES_EACH = 60;

/** A person of the court with his habits and leaves. */
export function honestOfficial(setting: Setting, id: string): Official {
  const { dice } = setting;
  return {
    id,
    pace: dice.about(6, 0.5),
    batch: dice.happens(0.15) ? dice.whole(35, 120) : undefined,
    away: leavesOf(setting),
    cases: Array.from({ length: CASES_EACH }, (_, n) => `${id}/case-${n + 1}`),
  };
}

/** Holidays of days or weeks; illness, a child, a secondment: some are away for months, and come back. */
function leavesOf({ dice, days }: Setting): Official['away'] {
  const away: (readonly [number, number])[] = [];
  for (let n = dice.whole(1, 3); n > 0; n--) {
    const from = dice.whole(0, days - 1);
    away.push([from, from + dice.whole(3, 15)]);
  }
  if (dice.happens(0.08)) {
    const from = dice.whole(0, days - 1);
    away.push([from, from + dice.whole(40, 160)]);
  }
  return away;
}
