import type { DaySide, StatedDay } from '#connector-sdk';
import type { LegalDate } from '#kernel';
import type { Court } from './court.js';

/** Asks a bank that is called for its side of a day, page by page; undefined where the dialect has no such question. */
export function daySideOf(court: Court): DaySide | undefined {
  const { door } = court.host;
  if (door.kind !== 'push' || !door.days) return undefined;
  const { calls, days } = door;
  const ask = async (day: LegalDate): Promise<StatedDay | string> => {
    let said: StatedDay | undefined;
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const outcome = await calls.askDay(days, { from: day, to: day, page });
      if (outcome.kind !== 'page') return outcome.reason;
      if (outcome.worth.signature !== 'valid') return `signature ${outcome.worth.signature}`;
      if (outcome.reading.kind === 'unreadable') return outcome.reading.reason;
      const { totals, references, items, pages: all } = outcome.reading.page;
      said = { totals, references, items: [...(said?.items ?? []), ...items] };
      pages = all;
    }
    return said ?? 'no page';
  };
  const askForged = async (day: LegalDate): Promise<StatedDay | string> => {
    court.hand.forges = true;
    try {
      return await ask(day);
    } finally {
      court.hand.forges = false;
    }
  };
  return { ask, askForged };
}
