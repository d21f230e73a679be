import type { BankStated } from '#contracts';
import { AppError, canonicalBytes, sha256Hex, type CanonicalValue, type Instant } from '#kernel';
import type { BankContext } from '../../bank-context.js';
import { findDay, insertPages, saveDay, type KeptPage } from '../../adapters/store/day-rows.js';

/** What became of a bank's word on a day: its first one, the same again, or another. */
export type DayFate = 'first' | 'same' | 'changed';

/**
 * Keeps what the bank says of a day and tells it to the gateway: the first word once, the same word never again, and another word as a new
 * version. Bytes, fact and messages commit together (I3).
 */
export class RecordDay {
  constructor(private readonly context: BankContext) {}

  /**
   * @param pages all of them, in their order, signed by the bank
   * @param nextAskAt when the bank is asked again, or null
   * @throws AppError `invalid` when the pages do not belong together
   */
  async execute(pages: readonly KeptPage[], nextAskAt: Instant | null): Promise<DayFate> {
    const { database, announce, clock, bank, log } = this.context;
    const [first] = pages;
    if (!first || !belongTogether(pages)) throw new AppError('invalid', `the pages of ${bank}'s statement do not belong together`);
    const { from, to } = first.page;
    const digest = digestOf(pages);
    const fate = await database.run(async (tx): Promise<DayFate> => {
      const seen = await findDay(tx, to);
      const isNews = seen?.version === undefined || seen.version === 0 || seen.digest !== digest;
      const version = (seen?.version ?? 0) + (isNews ? 1 : 0);
      const row = { day: to, from_day: from, version, digest, asks: (seen?.asks ?? 0) + 1, next_ask_at: nextAskAt };
      if (!(await saveDay(tx, seen, row)) || !isNews) return 'same';
      await insertPages(tx, to, version, pages, clock.now());
      await announce.stated(tx, wordsOf(bank, version, pages));
      return version === 1 ? 'first' : 'changed';
    });
    if (fate === 'changed') log.write('warn', 'day-statement-changed', { bank, day: to });
    return fate;
  }
}

/** A statement that was made anew between two pages is none. */
function belongTogether(pages: readonly KeptPage[]): boolean {
  const [first] = pages;
  return pages.every(
    ({ page }, i) =>
      page.page === i + 1 && page.pages === pages.length && page.statementNo === first?.page.statementNo && page.to === first.page.to,
  );
}

/** Of what it says: a bank that numbers its statement anew each time, or lists the same in another order, has not changed its word. */
function digestOf(pages: readonly KeptPage[]): string {
  const [first] = pages;
  const said = {
    from: first?.page.from,
    to: first?.page.to,
    totals: listed(first?.page.totals ?? []),
    references: first?.page.references,
    items: listed(pages.flatMap(({ page }) => page.items)),
  };
  return sha256Hex(canonicalBytes(said));
}

function listed(members: readonly object[]): readonly string[] {
  return members.map((one) => canonicalBytes(one as CanonicalValue).toString('utf8')).sort();
}

function wordsOf(bank: string, version: number, pages: readonly KeptPage[]): readonly Omit<BankStated, 'factLeafHash'>[] {
  return pages.map(({ page: { page, pages: parts, ...said }, heard, sha256, keyId }) => ({
    ...said,
    bank,
    version,
    part: page,
    parts,
    original: {
      digest: sha256,
      size: heard.bytes.length,
      contentType: heard.contentType,
      signature: 'valid' as const,
      ...(keyId === undefined ? {} : { keyId }),
    },
  }));
}
