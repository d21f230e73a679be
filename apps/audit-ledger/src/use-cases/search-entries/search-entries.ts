import { AppError } from '#kernel';
import type { Cosigner } from '#merkle';
import type { EntryKey, EntryQuestion, FactSearch, FoundEntry } from '../../adapters/store/fact-search.js';
import { EntryProofs } from '../prove-entries/prove-entries.js';
import type { PublishedLog, PublishedLogs } from '../prove-entries/published-logs.js';
import { coverageOf, type Coverage } from './coverage.js';

/** Entries in one file of proofs. A proof is some 1.5 KB and a handful of tile reads; who wants more narrows the time. */
export const EXPORT_ENTRIES_MAX = 2_000;

/** An entry that a search has found. */
export interface CoveredEntry {
  readonly entry: FoundEntry;
  readonly coveredBy: Coverage;
}

export interface EntryPage {
  readonly items: readonly CoveredEntry[];
  /** Where the next page begins; undefined on the last. */
  readonly next: EntryKey | undefined;
}

/** The same answer as one file that proves itself (`chakong-proof/v1`, docs/ledger/leaf-format.md). */
export interface EntryExport {
  readonly format: 'chakong-proof/v1';
  readonly origin: string;
  readonly vkey: string;
  readonly proofs: readonly { readonly index: number; readonly leaf: string; readonly tlogProof: string }[];
}

/**
 * What auditors look for in the log: by order, case, actor, type and time. The attributes stand beside the log and can be wrong; what is
 * found is proven by the log alone, so every row names its leaf and the checkpoint over it.
 */
export class SearchEntries {
  constructor(
    private readonly search: FactSearch,
    private readonly logs: PublishedLogs,
    private readonly witnesses: readonly Cosigner[],
  ) {}

  /** Newest first, over the logs of all years or of one. */
  async page(question: EntryQuestion, limit: number, after?: EntryKey): Promise<EntryPage> {
    const found = await this.search.page(question, this.upTo(), limit + 1, after);
    const shown = found.slice(0, limit);
    const coverage = new Map<number, Coverage>();
    const items = shown.map((entry) => ({ entry, coveredBy: this.coverage(entry.log_year, coverage) }));
    const last = shown.at(-1);
    return { items, next: found.length > limit && last ? { at: last.happened_at, seq: last.seq } : undefined };
  }

  /**
   * Every entry of the answer with its proof, in the order of the log. A file speaks of one log, as its reader expects.
   * @throws AppError `not-found` when nothing is found, `too-large` beyond EXPORT_ENTRIES_MAX, `invalid` when the answer reaches over a year's end
   */
  async export(question: EntryQuestion): Promise<EntryExport> {
    const found = await this.search.page(question, this.upTo(), EXPORT_ENTRIES_MAX + 1);
    const [first] = found;
    if (!first) throw new AppError('not-found', '没有符合条件的叶');
    if (found.length > EXPORT_ENTRIES_MAX) {
      throw new AppError('too-large', `符合条件的叶超过 ${EXPORT_ENTRIES_MAX} 条，请缩小时间范围`);
    }
    const years = [...new Set(found.map((entry) => entry.log_year))].sort();
    if (years.length > 1) {
      throw new AppError(
        'invalid',
        `结果跨越多个年度的账本，请按年度导出：${years.map((year) => `/ledger/${year}/v1/entries/proofs`).join('、')}`,
      );
    }
    return this.prove(this.logs.of(first.log_year), found);
  }

  private async prove(log: PublishedLog, found: readonly FoundEntry[]): Promise<EntryExport> {
    const prover = new EntryProofs(log);
    const proofs: EntryExport['proofs'][number][] = [];
    for (const { log_index: index, leaf, leaf_hash } of [...found].sort((a, b) => a.log_index - b.log_index)) {
      proofs.push({ index, leaf: leaf.toString('base64'), tlogProof: await prover.tlogProof(index, leaf_hash) });
    }
    const vkey = await log.folder.read('vkey');
    if (!vkey) throw new AppError('not-found', '账本缺少公钥文件');
    return { format: 'chakong-proof/v1', origin: log.head.origin, vkey: vkey.toString('utf8').trim(), proofs };
  }

  private upTo() {
    const { year, size } = this.logs.of().head;
    return { year, size };
  }

  private coverage(year: number, known: Map<number, Coverage>): Coverage {
    const coverage = known.get(year) ?? coverageOf(this.logs.of(year), this.witnesses);
    known.set(year, coverage);
    return coverage;
  }
}
