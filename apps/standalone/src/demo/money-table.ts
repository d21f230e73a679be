import { AppError, formatAmount, parseAmount, sumMinor, type MoneyJson } from '#kernel';
import type { ApiClient } from './api-client.js';
import { table } from './screen.js';

interface Measures {
  readonly items: readonly { readonly bank: string; readonly limit: MoneyJson; readonly covered: MoneyJson; readonly status: string }[];
}
interface Payments {
  readonly items: readonly { readonly orderNumber: string; readonly amount: MoneyJson; readonly state: string }[];
}
interface Journal {
  readonly items: readonly { readonly orderNumber: string; readonly action: string; readonly amount?: MoneyJson }[];
}
interface Banks {
  readonly items: readonly { readonly bank: string; readonly name: string }[];
}
interface CaseView {
  readonly caseNumber: string;
  readonly status: string;
  readonly ceiling: MoneyJson;
  readonly collected: MoneyJson;
  readonly outstanding: MoneyJson;
}

/** The money of the played case, read back by GETs and held against what the banks' own journals say. */
export interface MoneyOfCase {
  readonly lines: readonly string[];
  readonly agrees: boolean;
}

/** Reads the case as an officer and the journals as the simulator's admin; sums deductions by bank on both sides. */
export async function moneyOfCase(api: ApiClient, caseId: string): Promise<MoneyOfCase> {
  const view = (await api.call('officer', 'GET', `/api/v1/cases/${caseId}`)) as CaseView;
  const payments = (await api.call('officer', 'GET', `/api/v1/cases/${caseId}/payments`)) as Payments;
  const measures = (await api.call('officer', 'GET', `/api/v1/cases/${caseId}/measures`)) as Measures;
  const banks = (await api.call('officer', 'GET', '/api/v1/banks')) as Banks;
  const ours = new Map(payments.items.map((payment) => [payment.orderNumber, payment]));
  const rows: string[][] = [['银行', '本院记载扣划', '银行流水扣划', '到账/认领']];
  let agrees = true;
  for (const { bank, name } of banks.items) {
    const journal = (await api.call('admin', 'GET', `/sim/${bank}/journal`)) as Journal;
    const deducted = journal.items.filter((effect) => effect.action === 'deduct' && ours.has(effect.orderNumber));
    const theirs = sumMinor(deducted.map((effect) => parseAmount(effect.amount?.amount ?? '0')));
    const mine = deducted.map((effect) => ours.get(effect.orderNumber)).filter((payment) => payment !== undefined);
    const recorded = sumMinor(mine.map((payment) => parseAmount(payment.amount.amount)));
    const settled = sumMinor(
      mine.filter(({ state }) => state === 'credited' || state === 'claimed').map(({ amount }) => parseAmount(amount.amount)),
    );
    agrees &&= theirs === recorded;
    rows.push([name, formatAmount(recorded), formatAmount(theirs), formatAmount(settled)]);
  }
  const total = sumMinor(payments.items.filter(({ state }) => state !== 'returned').map(({ amount }) => parseAmount(amount.amount)));
  rows.push(['合计', formatAmount(total), '', '']);
  const live = measures.items.filter(({ status }) => status === 'in-force' || status === 'waiting').length;
  agrees &&= formatAmount(total) === view.collected.amount;
  return {
    agrees,
    lines: [
      `${view.caseNumber}  标的 ${view.ceiling.amount}  已执行 ${view.collected.amount}  未履行 ${view.outstanding.amount}  在控措施 ${live}  案件状态 ${view.status}`,
      ...table(rows, 1),
    ],
  };
}

/** @throws AppError `demo-failed` */
export function mustAgree({ agrees }: MoneyOfCase): void {
  if (!agrees) throw new AppError('demo-failed', 'the case and the banks’ journals disagree', { level: 'fatal' });
}
