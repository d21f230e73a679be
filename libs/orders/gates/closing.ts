import { legalDateOf } from '#kernel';
import { noAssetsWindowStart } from '../deadlines.js';
import { isLiveMeasure } from '../life-cycles/index.js';
import type { CloseFacts } from './facts.js';
import { mustBePermitted } from './people.js';
import { type Refusal, firstRefusal } from './refusal.js';

/** Closing is a handler's act like any other in the case. */
export function closerMustBeHandler(facts: CloseFacts): Refusal | undefined {
  return facts.actor.handler ? undefined : { code: 'not-handler', detail: '您不是本案承办人' };
}

export function caseMustNotBeClosed(facts: CloseFacts): Refusal | undefined {
  return facts.case.status === 'closed' ? { code: 'case-closed', detail: '案件已结案' } : undefined;
}

/** R22: no case is closed over live measures, waiting ones included; 终本 alone keeps them alive. */
export function noMeasureMustLive(facts: CloseFacts): Refusal | undefined {
  const live = facts.measures.filter((measure) => isLiveMeasure(measure.status));
  if (facts.manner === 'no-assets' || live.length === 0) return undefined;
  return {
    code: 'live-measures',
    detail: `尚有${live.length}项冻结未解除`,
    pointer: '/manner',
    extra: { measureIds: live.map((measure) => measure.id) },
  };
}

/** R22, I6: nothing may still be on its way: no line without a last word, no payment that is neither credited nor returned. */
export function nothingMustBeOpen(facts: CloseFacts): Refusal | undefined {
  const sent = facts.payments.filter((payment) => payment.state === 'sent').length;
  if (facts.openLines === 0 && sent === 0) return undefined;
  return {
    code: 'open-orders',
    detail: `尚有${facts.openLines}个未办结的请求事项、${sent}笔未到账的执行款`,
    pointer: '/manner',
    extra: { openLines: facts.openLines, paymentsOnTheWay: sent },
  };
}

/** R8: 终本 needs an answered inquiry of every debtor at every active bank within the window of policy. */
export function allBanksMustHaveAnswered(facts: CloseFacts): Refusal | undefined {
  if (facts.manner !== 'no-assets') return undefined;
  const since = noAssetsWindowStart(facts.policy, legalDateOf(facts.at));
  const lacking = facts.lastInquiries.filter(({ answeredOn }) => answeredOn === undefined || answeredOn < since);
  if (lacking.length === 0 && facts.lastInquiries.length > 0) return undefined;
  const banks = [...new Set(lacking.map(({ bank }) => bank))];
  return {
    code: 'open-orders',
    detail: `终结本次执行前${facts.policy.deadlines.noAssetsInquiryMonths}个月内须完成全部银行的财产查询，尚缺：${banks.join('、') || '全部'}`,
    pointer: '/manner',
    extra: { banks, since },
  };
}

/** `POST /cases/{id}/close`: whether the case may be closed in this manner. */
export function checkClose(facts: CloseFacts): Refusal | undefined {
  const gates = [mustBePermitted, closerMustBeHandler, caseMustNotBeClosed, noMeasureMustLive, nothingMustBeOpen, allBanksMustHaveAnswered];
  return firstRefusal<CloseFacts>(gates, facts);
}
