import type { MoneyJson } from '#kernel';
import type { Action, DayState } from '#orders';
import type { BankSide } from '../../adapters/store/statement-rows.js';
import type { DifferenceView, EntryView, StatementBody, TotalView } from './statement-content.js';

export const ACTION_WORDS: Readonly<Record<Action, string>> = {
  inquire: '查询',
  freeze: '冻结',
  renew: '续行冻结',
  release: '解除冻结',
  deduct: '扣划',
};

const STATE_WORDS: Readonly<Record<DayState, string>> = {
  executed: '已执行',
  'partly-executed': '部分执行',
  refused: '未执行',
  'rolled-back': '回退',
};

const SIDES: Readonly<Record<BankSide, string>> = {
  absent: '该行的对接方式不提供对账单：本单只有本院一方的数据，未经核对',
  awaited: '该行尚未提供当日对账单：本单只有本院一方的数据，未经核对',
  stated: '',
};

/** A statement as a person files it. It says nothing that the signed body does not say. */
export function textOf(body: StatementBody): string {
  const { bankName, date, version, period, cutOffAt, ours, bankSide, bankStatement } = body;
  const days = period.from === period.to ? period.to : `${period.from}至${period.to}`;
  return [
    `${bankName} ${date} 日终对账单（第${version}版）`,
    `期间：${days}（北京时间）；本院账簿截至 ${cutOffAt}`,
    '本院：',
    ...totalLines(ours.totals),
    ...(bankStatement
      ? [`银行（对账单号 ${bankStatement.statementNo}，${bankStatement.statedAt}）：`, ...totalLines(bankStatement.totals)]
      : [SIDES[bankSide]]),
    ...differenceLines(body),
    '',
  ].join('\n');
}

function totalLines(totals: readonly TotalView[]): string[] {
  if (totals.length === 0) return ['  当日无'];
  return totals.map(({ action, state, count, sums }) => `  ${ACTION_WORDS[action]} ${STATE_WORDS[state]} ${count}笔${sumsText(sums)}`);
}

function sumsText(sums: readonly MoneyJson[]): string {
  return sums.map(({ amount, currency }) => ` ${amount} ${currency}`).join('');
}

function differenceLines({ differences, bankStatement }: StatementBody): string[] {
  if (!differences) return [];
  if (differences.total === 0) {
    return [bankStatement?.references === true ? '逐笔核对一致' : '银行未逐笔列明，按种类合计核对一致'];
  }
  const shown = differences.items.map((one, i) => `  ${i + 1}. ${differenceText(one)}`);
  const rest = differences.total - differences.items.length;
  return [`差异共${differences.total}项：`, ...shown, ...(rest > 0 ? [`  另有${rest}项未逐一列出`] : [])];
}

/** One difference in one sentence; also what its task says. */
export function differenceText(one: DifferenceView): string {
  switch (one.kind) {
    case 'order': {
      if (one.side === 'ours') return `请求单${one.orderNumber}仅本院有：${entriesText(one.ours)}`;
      if (one.side === 'bank') return `请求单${one.orderNumber}仅银行有：${entriesText(one.bank)}`;
      return `请求单${one.orderNumber}双方不符：本院 ${entriesText(one.ours)}；银行 ${entriesText(one.bank)}`;
    }
    case 'action':
      return `${ACTION_WORDS[one.action]}合计不符：本院 ${totalsText(one.ours)}；银行 ${totalsText(one.bank)}`;
    case 'bank-totals':
      return `银行对账单自身不符：${ACTION_WORDS[one.action]}逐笔合计 ${totalsText(one.listed)}，所列合计 ${totalsText(one.stated)}`;
  }
}

function entriesText(entries: readonly EntryView[]): string {
  return entries
    .map(({ seq, action, state, amount }) => {
      const line = seq === 0 ? '' : `第${seq}行`;
      return `${line}${ACTION_WORDS[action]}${STATE_WORDS[state]}${amount ? ` ${amount.amount} ${amount.currency}` : ''}`;
    })
    .join('、');
}

function totalsText(totals: readonly TotalView[]): string {
  if (totals.length === 0) return '无';
  return totals.map(({ state, count, sums }) => `${STATE_WORDS[state]}${count}笔${sumsText(sums)}`).join('、');
}
