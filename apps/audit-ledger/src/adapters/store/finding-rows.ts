import type { Instant } from '#kernel';
import { insertMany, type Reader, type Row, type SqlValue, type Tx } from '#persistence';
import type { KeptPlace } from '../../misuse/rule.js';
import type { EntryKey } from './fact-search.js';

/** A finding as it was made; it never changes. */
export interface Finding {
  /** Follows from the rule and the entry at which it arose, so that the same entries give it once. */
  readonly id: string;
  readonly rule: string;
  readonly ruleName: string;
  readonly explanation: string;
  readonly actor: string;
  readonly caseNumber: string | undefined;
  /** Time of the last entry of the evidence, `YYYY-MM-DDThh:mm:ss.sssZ`. */
  readonly happenedAt: string;
  readonly acts: number;
  readonly evidence: readonly KeptPlace[];
  readonly foundAt: Instant;
}

/** An auditor's word that a finding is a false positive. */
export interface NewMark {
  readonly findingId: string;
  readonly by: string;
  readonly reasonSealed: Buffer;
  /** Of the fact that says so in the log. */
  readonly leafHash: string;
  readonly at: Instant;
}

/** A finding with its mark, if it has one. */
export interface FindingRow extends Row {
  readonly seq: number;
  readonly id: string;
  readonly rule: string;
  readonly rule_name: string;
  readonly explanation: string;
  readonly actor: string;
  readonly case_number: string | null;
  readonly happened_at: string;
  readonly acts: number;
  readonly evidence: string;
  readonly found_at: number;
  readonly marked_by: string | null;
  readonly reason_sealed: Buffer | null;
  readonly mark_leaf: string | null;
  readonly marked_at: number | null;
}

/** What an auditor asks for; what is left out does not narrow the list. */
export interface FindingQuestion {
  readonly rule?: string | undefined;
  readonly actor?: string | undefined;
  /** `YYYY-MM-DDThh:mm:ss.sssZ`, both inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly marked?: boolean | undefined;
}

const SELECT = `SELECT f.seq, f.id, f.rule, f.rule_name, f.explanation, f.actor, f.case_number, f.happened_at, f.acts, f.evidence, f.found_at,
  m.by_user AS marked_by, m.reason_sealed, m.leaf_hash AS mark_leaf, m.at AS marked_at
  FROM misuse_findings f LEFT JOIN misuse_marks m ON m.finding_id = f.id`;

export class FindingRows {
  constructor(private readonly reader: Reader) {}

  async keep(tx: Tx, findings: readonly Finding[]): Promise<void> {
    await insertMany(
      tx,
      'misuse_findings',
      findings.map((finding) => ({
        id: finding.id,
        rule: finding.rule,
        rule_name: finding.ruleName,
        explanation: finding.explanation,
        actor: finding.actor,
        case_number: finding.caseNumber ?? null,
        happened_at: finding.happenedAt,
        acts: finding.acts,
        evidence: JSON.stringify(finding.evidence),
        found_at: finding.foundAt,
      })),
    );
  }

  /** Newest first, at most `limit`. */
  page({ rule, actor, from, to, marked }: FindingQuestion, limit: number, after?: EntryKey): Promise<FindingRow[]> {
    const conditions: string[] = [];
    const params: SqlValue[] = [];
    const narrow = (condition: string, ...values: readonly (SqlValue | undefined)[]): void => {
      const given = values.flatMap((value) => (value === undefined ? [] : [value]));
      if (given.length < values.length) return;
      conditions.push(condition);
      params.push(...given);
    };
    narrow('f.rule = ?', rule);
    narrow('f.actor = ?', actor);
    narrow('f.happened_at >= ?', from);
    narrow('f.happened_at <= ?', to);
    if (marked !== undefined) narrow(`m.finding_id IS ${marked ? 'NOT ' : ''}NULL`);
    narrow('f.happened_at <= ? AND (f.happened_at < ? OR f.seq < ?)', after?.at, after?.at, after?.seq);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return this.reader.all<FindingRow>(`${SELECT} ${where} ORDER BY f.happened_at DESC, f.seq DESC LIMIT ${limit}`, params);
  }

  find(reader: Reader, id: string): Promise<FindingRow | undefined> {
    return reader.one<FindingRow>(`${SELECT} WHERE f.id = ?`, [id]);
  }

  /** False when the finding has a mark. */
  mark(tx: Tx, { findingId, by, reasonSealed, leafHash, at }: NewMark): Promise<boolean> {
    return tx.insertOnce('misuse_marks', { finding_id: findingId, by_user: by, reason_sealed: reasonSealed, leaf_hash: leafHash, at });
  }
}
