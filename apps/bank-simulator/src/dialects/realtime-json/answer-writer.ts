import { invariant } from '#kernel';
import type { AccountReport, BankAnswer, LineReport } from '../../book/order.js';
import type { OrderRecord } from '../../store/order-rows.js';
import { chinaTime } from './china-time.js';
import {
  CHANNEL_CODES,
  DIRECTION_CODES,
  ENDED_CODES,
  KIND_CODES,
  MOVED_CODES,
  OTHER_STATE,
  REASON_CODES,
  RESULT_CODES,
  STATE_CODES,
  STATUS_CODES,
} from './codes.js';
import { BODY_VERSION } from './order-reader.js';
import { priorFreezeOf, priorityRightOf, restrictionOf } from './report-parts.js';

/** Whom the court may call about a rollback. */
const CONTACT = { contact: '司法查控岗', phone: '027-88880000' };

/** The answer's exact bytes, the same whenever they are written: nothing but the stored record goes in. */
export function answerBytes(record: OrderRecord): Buffer {
  const { answer, answeredAt } = record;
  invariant(answer && answeredAt !== undefined, 'only an answered order has an answer to write');
  const head = { v: BODY_VERSION, reqNo: record.orderNumber, recvTime: chinaTime(record.receivedAt), ansTime: chinaTime(answeredAt) };
  return Buffer.from(JSON.stringify({ ...head, ...bodyOf(answer) }), 'utf8');
}

function bodyOf(answer: BankAnswer): object {
  switch (answer.kind) {
    case 'rollback':
      return { rollback: { code: answer.code, note: answer.note, ...CONTACT } };
    case 'inquiry':
      return { qryRslt: { retCode: RESULT_CODES[answer.result], accts: answer.accounts.map(accountOf) } };
    case 'control':
      return { ctlRslt: { items: answer.lines.map(itemOf) } };
  }
}

function accountOf(report: AccountReport): object {
  const { currency, asset } = report;
  return {
    acctNo: report.account,
    acctKind: KIND_CODES[report.kind],
    ccy: currency,
    acctStat: STATE_CODES[report.state] ?? OTHER_STATE,
    bal: report.balance,
    avlBal: report.available,
    priorFrz: report.priorMeasures.map(priorFreezeOf),
    priorRight: report.priorityRights.map(priorityRightOf),
    limitInfo: report.restriction === undefined ? undefined : restrictionOf(report.restriction),
    product: asset && { prodNo: asset.productNumber, shares: asset.shares, unitPrice: asset.unitPrice },
    courtFrz: report.measures.map((measure) => ({
      reqNo: measure.orderNumber,
      seq: measure.line,
      frzAmt: measure.limit,
      ctlAmt: measure.covered,
      lackAmt: measure.uncovered,
      rank: measure.rank,
      endStat: measure.ended && ENDED_CODES[measure.ended],
    })),
    txns: report.transactions?.map((one) => ({
      serialNo: one.serial,
      time: one.at,
      dir: DIRECTION_CODES[one.direction],
      amt: one.amount,
      bal: one.balance,
      memo: one.remark,
    })),
  };
}

function itemOf(line: LineReport): object {
  const { moved, reason } = line;
  return {
    seq: line.seq,
    stat: STATUS_CODES[line.status],
    ccy: line.currency ?? 'CNY',
    frzAmt: line.limit,
    ctlAmt: line.covered,
    lackAmt: line.uncovered,
    rank: line.rank,
    bal: line.balance,
    avlBal: line.available,
    beginDate: line.from,
    endDate: line.to,
    priorFrz: line.priorMeasures?.map(priorFreezeOf),
    priorRight: line.priorityRights?.map(priorityRightOf),
    moved: moved && {
      principal: moved.principal,
      interest: moved.interest,
      fee: moved.fee,
      serialNo: moved.serial,
      valueDate: moved.valueDate,
      channel: CHANNEL_CODES[moved.channel],
      stat: MOVED_CODES[moved.state],
    },
    reason: reason && { code: REASON_CODES[reason.code], text: reason.text },
  };
}
