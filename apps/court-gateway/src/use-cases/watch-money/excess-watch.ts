import { Inject, Injectable } from '@nestjs/common';
import { formatAmount, sumMinor } from '#kernel';
import { FactRecorder } from '#messaging';
import { caseFigures, releaseProposal, type ProposalMeasure } from '#orders';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { caseMoneyOf, loadCase, type CaseRow } from '../../adapters/store/case-rows.js';
import { measureMoneyOf, measuresOfCase, type MeasureRow } from '../../adapters/store/measures-reading.js';
import { openLinesOfCase, type OpenLine } from '../../adapters/store/order-rows.js';
import { Tasks } from '../../adapters/store/task-rows.js';
import type { MoneyWatch } from '../money-watch.js';
import { SYSTEM_ACTOR } from '../scene.js';
import { SYSTEM_REQUESTS, type SystemRequests } from '../system-requests.js';

/**
 * I7: whenever money of a case has changed and more is bound than may be, a release is drafted in the same transaction, which a
 * judge's approval seals and sends, and a task says so until the excess is gone.
 */
@Injectable()
export class ExcessWatch implements MoneyWatch {
  constructor(
    @Inject(Tasks) private readonly tasks: Tasks,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(SYSTEM_REQUESTS) private readonly requests: SystemRequests,
  ) {}

  /** Callers hold the case's lock. */
  async moneyChanged(tx: Tx, caseId: string, caseKey: DataKey): Promise<void> {
    const row = await loadCase(tx, caseId);
    const measures = await measuresOfCase(tx, caseId);
    const lines = await openLinesOfCase(tx, caseId);
    const freezes = amountsOf(lines.filter(({ action }) => action === 'freeze'));
    const { excess } = caseFigures(caseMoneyOf(row), measures.map(measureMoneyOf), freezes);
    if (excess === 0n) {
      await this.tasks.settle(tx, ['excess'], [caseId]);
      return;
    }
    const proposal = releaseProposal(
      caseMoneyOf(row),
      measures.map((measure) => proposalOf(measure, lines)),
    );
    const requestId = proposal.lines.length === 0 ? undefined : await this.requests.draftRelease(tx, row, caseKey, proposal.lines);
    const isNews = await this.tell(tx, row, caseKey, excess, requestId);
    if (requestId === undefined && !isNews) return;
    await this.facts.record(tx, {
      type: 'excess.found',
      subject: `case:${caseId}`,
      actor: SYSTEM_ACTOR,
      caseNumber: row.case_number,
      caseId,
      caseKey,
      content: {
        excess: formatAmount(excess, row.currency),
        currency: row.currency,
        releaseRequestId: requestId,
        measures: proposal.lines.map(({ measureId, newLimit }) => ({ measureId, newLimit: formatAmount(newLimit, row.currency) })),
        remaining: formatAmount(proposal.remaining, row.currency),
      },
    });
  }

  private tell(tx: Tx, row: CaseRow, caseKey: DataKey, excess: bigint, requestId: string | undefined): Promise<boolean> {
    const sum = formatAmount(excess, row.currency);
    return this.tasks.open(tx, {
      kind: 'excess',
      subject: row.id,
      caseId: row.id,
      courtCode: row.court_code,
      caseKey,
      ...(requestId === undefined ? {} : { requestId }),
      detail: { text: `控制金额超出标的额上限${sum}元，须解除超出部分`, excess: sum, currency: row.currency },
    });
  }
}

function amountsOf(lines: readonly OpenLine[]): readonly bigint[] {
  return lines.map((line) => BigInt(line.amount ?? 0));
}

function proposalOf(row: MeasureRow, lines: readonly OpenLine[]): ProposalMeasure {
  const own = lines.filter(({ measure_id }) => measure_id === row.id);
  return {
    ...measureMoneyOf(row),
    id: row.id,
    // Order numbers grow with time; the day of the freeze tells newer from older measures.
    openedAt: Date.parse(row.from_date),
    rank: row.rank_no ?? 1,
    openDeducts: sumMinor(amountsOf(own.filter(({ action }) => action === 'deduct'))),
    openReleases: sumMinor(amountsOf(own.filter(({ action }) => action === 'release'))),
  };
}
