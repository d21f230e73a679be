import { assertMay, type Principal } from '#access';
import { AppError, type Clock, type Entropy } from '#kernel';
import type { FactRecorder } from '#messaging';
import type { Database } from '#persistence';
import { fieldAad, FieldCipher, type SystemKeys } from '#privacy';
import type { FindingRow, FindingRows } from '../../adapters/store/finding-rows.js';

export interface MarkFindingParts {
  readonly database: Database;
  readonly findings: FindingRows;
  readonly facts: FactRecorder;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly systemKeys: Pick<SystemKeys, 'key'>;
}

/** A mark as its reader sees it. */
export interface FindingMark {
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  readonly leafHash: string;
}

/**
 * An auditor says that a finding is a false positive, and why. The mark and its fact commit together (I3); the finding stays as it is. One mark
 * for ever: who has erred says so in words, not by taking his word back.
 */
export class MarkFinding {
  private readonly cipher: FieldCipher;

  constructor(private readonly parts: MarkFindingParts) {
    this.cipher = new FieldCipher(parts.entropy);
  }

  /** @throws AppError `not-found`; `forbidden` when it is about the auditor himself; `wrong-state` when somebody has marked it otherwise */
  execute(id: string, reason: string, by: Principal): Promise<FindingRow> {
    const { database, findings, facts, clock } = this.parts;
    return database.run(async (tx) => {
      const finding = await findings.find(tx, id);
      if (!finding) throw new AppError('not-found', '未找到该线索');
      assertMay(by, 'ledger.finding.mark', { about: finding.actor });
      if (finding.marked_by !== null) return this.sameOrRefuse(finding, reason, by);
      const content = { findingId: id, rule: finding.rule, verdict: 'false-positive', reason };
      const leafHash = await facts.record(tx, { type: 'misuse.marked', subject: `finding:${id}`, actor: by.userId, content });
      const reasonSealed = this.cipher.sealText(this.key(), aadOf(id), reason);
      const isFirst = await findings.mark(tx, { findingId: id, by: by.userId, reasonSealed, leafHash, at: clock.now() });
      const marked = await findings.find(tx, id);
      if (!isFirst || !marked) throw new AppError('write-conflict', '另一审计员刚刚标记了该线索，请重新读取', { retryable: true });
      return marked;
    });
  }

  markOf({ id, marked_by, reason_sealed, mark_leaf, marked_at }: FindingRow): FindingMark | undefined {
    if (marked_by === null || reason_sealed === null || mark_leaf === null || marked_at === null) return undefined;
    return { by: marked_by, reason: this.cipher.openText(this.key(), aadOf(id), reason_sealed), at: marked_at, leafHash: mark_leaf };
  }

  /** The same word again is the same answer, so that an answer that was lost does no harm. */
  private sameOrRefuse(finding: FindingRow, reason: string, by: Principal): FindingRow {
    const mark = this.markOf(finding);
    if (mark?.by === by.userId && mark.reason === reason) return finding;
    throw new AppError('wrong-state', '该线索已被标记为误报');
  }

  private key() {
    return this.parts.systemKeys.key('misuse-marks');
  }
}

const aadOf = (id: string): string => fieldAad('misuse_marks', 'reason_sealed', id);
