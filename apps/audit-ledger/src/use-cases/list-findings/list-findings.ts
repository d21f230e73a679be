import { instantText } from '#kernel';
import type { KeptPlace } from '../../misuse/rule.js';
import type { EntryKey } from '../../adapters/store/fact-search.js';
import type { FindingQuestion, FindingRow, FindingRows } from '../../adapters/store/finding-rows.js';
import type { MarkFinding } from '../mark-finding/mark-finding.js';
import type { PublishedLogs } from '../prove-entries/published-logs.js';

/** A finding as auditors see it. */
export interface FindingView {
  readonly id: string;
  readonly rule: string;
  readonly name: string;
  readonly explanation: string;
  readonly actor: string;
  readonly caseNumber?: string;
  readonly at: string;
  /** How many acts there were; the evidence names the newest where they were many. */
  readonly acts: number;
  /** Each is proven by `/ledger/<year>/v1/proofs/inclusion?index=`. */
  readonly evidence: readonly { readonly origin: string; readonly index: number }[];
  readonly foundAt: string;
  /** The hash of the mark's own leaf is written as in the list of entries, where it is found. */
  readonly mark: { readonly by: string; readonly reason: string; readonly at: string; readonly leafHash: string } | null;
}

export interface FindingPage {
  readonly items: readonly FindingView[];
  /** Where the next page begins; undefined on the last. */
  readonly next: EntryKey | undefined;
}

/** What the misuse watch has found, with what auditors have said to it. */
export class ListFindings {
  constructor(
    private readonly findings: FindingRows,
    private readonly marks: Pick<MarkFinding, 'markOf'>,
    private readonly logs: PublishedLogs,
  ) {}

  /** Newest first. */
  async page(question: FindingQuestion, limit: number, after?: EntryKey): Promise<FindingPage> {
    const found = await this.findings.page(question, limit + 1, after);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = found.length > limit && last ? { at: last.happened_at, seq: last.seq } : undefined;
    return { items: shown.map((row) => this.view(row)), next };
  }

  view(row: FindingRow): FindingView {
    const mark = this.marks.markOf(row);
    const places = JSON.parse(row.evidence) as readonly KeptPlace[];
    return {
      id: row.id,
      rule: row.rule,
      name: row.rule_name,
      explanation: row.explanation,
      actor: row.actor,
      ...(row.case_number === null ? {} : { caseNumber: row.case_number }),
      at: row.happened_at,
      acts: row.acts,
      evidence: places.map(([year, index]) => ({ origin: this.logs.of(year).head.origin, index })),
      foundAt: instantText(row.found_at),
      mark: mark ? { ...mark, at: instantText(mark.at), leafHash: Buffer.from(mark.leafHash, 'hex').toString('base64') } : null,
    };
  }
}
