import type { LineStatus } from '../life-cycles/index.js';
import type { TaskKind } from '../words.js';

export interface InquiryAnswer {
  readonly result?: string;
  /** How many accounts or assets the answer lists. */
  readonly holdings: number;
}

export interface InquiryOutcome {
  readonly status: LineStatus;
  readonly nothingFound: boolean;
  /** Chinese; why the answer decides nothing, or why the bank could not answer. */
  readonly reason?: string;
  readonly tasks: readonly TaskKind[];
}

/**
 * R27: "nothing found" must be said. An answer that lists nothing and does not say so, or says so and lists something, decides nothing.
 * An identity that the bank cannot match is not "nothing found": it answers nothing about the debtor's property.
 */
export function applyInquiryAnswer(answer: InquiryAnswer): InquiryOutcome {
  switch (answer.result) {
    case undefined:
    case 'found':
      if (answer.holdings === 0) return unclear('银行未列出财产，也未反馈“查无开户信息”');
      return { status: 'executed', nothingFound: false, tasks: [] };
    case 'no-account':
      if (answer.holdings > 0) return unclear('银行反馈“查无开户信息”，却列出了财产');
      return { status: 'executed', nothingFound: true, tasks: [] };
    case 'identity-mismatch':
      if (answer.holdings > 0) return unclear('银行反馈身份信息不符，却列出了财产');
      return { status: 'refused', nothingFound: false, reason: '被查询人身份信息不符', tasks: [] };
    default:
      return unclear(`银行反馈的查询结果“${answer.result.slice(0, 40)}”无法识别`);
  }
}

function unclear(reason: string): InquiryOutcome {
  return { status: 'undetermined', nothingFound: false, reason, tasks: ['undetermined'] };
}
