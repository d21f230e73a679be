import { formatAmount } from '#kernel';
import type { ResolvedLine, ResolvedRequest } from '../judge-request/lines.js';
import type { NoticeLine } from '../make-instrument/renderer.js';

/** What an order's own notice says of its lines, in Chinese and ready to print. */
export function noticeLinesOf(request: ResolvedRequest, lines: readonly ResolvedLine[]): readonly NoticeLine[] {
  return lines.map((line) => ({ account: line.account?.number ?? '', detail: detailOf(request, line) }));
}

function detailOf(request: ResolvedRequest, line: ResolvedLine): string {
  const amount = money(line.amount ?? 0n, line.currency);
  switch (request.action) {
    case 'inquire':
      return request.transactions ? `查询${request.transactions.from}至${request.transactions.to}的交易流水` : '查询存款及金融资产';
    case 'freeze': {
      const what = line.scope === 'account' ? `冻结整个账户，限额${amount}` : `冻结${amount}`;
      return `${what}，期限自${request.term?.from ?? ''}起至${request.term?.to ?? ''}止`;
    }
    case 'renew':
      return `续行冻结至${request.until ?? ''}止`;
    case 'release':
      return line.newLimit === 0n ? '解除全部冻结' : `解除部分冻结，冻结限额降为${money(line.newLimit ?? 0n, line.currency)}`;
    case 'deduct':
      return `扣划${amount}至法院执行款专户`;
  }
}

function money(amount: bigint, currency: string): string {
  return `${currency === 'CNY' ? '人民币' : currency}${formatAmount(amount, currency)}${currency === 'CNY' ? '元' : ''}`;
}
