import type { Instant, RealTime } from '#kernel';
import type { Database } from '#persistence';

/** Real milliseconds between two clearings of what has run out. */
const CLEAR_EVERY_MS = 60_000;

/** The signatures that call-backs carried. It keeps no more than what arrived within the time in which a signature counts at all. */
export class SeenSignatureRows {
  private clearedAtMs = -CLEAR_EVERY_MS;

  constructor(
    private readonly database: Database,
    private readonly time: RealTime,
  ) {}

  /**
   * Notes a signature's name and says false when it was noted before. It commits before anybody acts on the message: a process that dies in
   * between costs the bank one more call with a new name, and never lets an old one in.
   */
  isFirst(jti: string, until: Instant): Promise<boolean> {
    const nowMs = this.time.monotonicMs();
    const clears = nowMs >= this.clearedAtMs + CLEAR_EVERY_MS;
    if (clears) this.clearedAtMs = nowMs;
    return this.database.run(async (tx) => {
      if (clears) await tx.run('DELETE FROM seen_signatures WHERE until_at < ?', [this.time.realNow()]);
      return tx.insertOnce('seen_signatures', { jti, until_at: until });
    });
  }
}
