import { unreachable } from '#kernel';
import type { RegisterDeed } from './register-deeds.js';
import type { AccountReport, BankAnswer, LineReport } from '../book/order.js';

/**
 * What a wrong bank does to its answers, in the words of the core, so that every dialect says it in its own. The books stay right: the
 * bank only says something else, like one whose developers misread the specification.
 */
export const MISDEEDS = [
  'covers-all',
  'hides-uncovered',
  'wrong-balance',
  'wrong-available',
  'wrong-limit',
  'wrong-rank',
  'hides-term',
  'hides-prior-measures',
  'hides-priority-rights',
  'hides-restriction',
  'hides-asset',
  'hides-transactions',
  'hides-measures',
  'hides-account',
  'finds-nothing',
  'finds-somebody',
  'mangles-texts',
  'wrong-kind',
  'wrong-state',
  'wrong-currency',
  'wrong-reason',
  'hides-reason',
  'accepts',
  'refuses',
  'hides-moved',
  'wrong-moved',
  'wrong-transfer-state',
  'hides-line',
  'other-line',
  'unknown-word',
  'own-code',
  'gives-receipt',
  'wrong-receipt',
  'wrong-rollback',
  'rolls-back',
  'executes-again',
  'takes-other-content',
] as const;
export type Misdeed = (typeof MISDEEDS)[number];

/** What a simulated bank does to the orders on one debtor, beside the faults of its whole front end. */
export interface DebtorFaults {
  readonly misdeed?: Misdeed;
  /** Every new order on him is rolled back with this code. */
  readonly rejectWith?: string;
  /** Only a part of each line is done. */
  readonly partial?: true;
  /** A register's own way to say its answers wrongly. */
  readonly register?: RegisterDeed;
}

/** A bank that seals a receipt for what it did; the books of the others are right without one. */
const RECEIPTS: Readonly<Partial<Record<Misdeed, 'right' | 'wrong'>>> = { 'gives-receipt': 'right', 'wrong-receipt': 'wrong' };

/** A sum that no honest answer of a small book holds. */
const WRONG = '0.07';

/** The answer as a bank with this misdeed gives it. Pure. */
export function misstated(answer: BankAnswer, misdeed: Misdeed | undefined): BankAnswer {
  if (misdeed === undefined) return answer;
  if (misdeed === 'rolls-back') return { kind: 'rollback', code: '09', note: '其他' };
  switch (answer.kind) {
    case 'rollback':
      return misdeed === 'wrong-rollback' ? { ...answer, code: '06' } : answer;
    case 'inquiry':
      return misstatedInquiry(answer, misdeed);
    case 'control': {
      const lines = misdeed === 'hides-line' ? answer.lines.slice(0, -1) : answer.lines;
      const receipt = RECEIPTS[misdeed];
      return { kind: 'control', lines: lines.map((line) => misstatedLine(line, misdeed)), ...(receipt ? { receipt } : {}) };
    }
    default:
      return unreachable(answer);
  }
}

type InquiryAnswer = Extract<BankAnswer, { kind: 'inquiry' }>;

function misstatedInquiry(answer: InquiryAnswer, misdeed: Misdeed): BankAnswer {
  if (misdeed === 'finds-nothing') return { kind: 'inquiry', result: 'no-account', accounts: [] };
  if (misdeed === 'finds-somebody') return { kind: 'inquiry', result: 'found', accounts: [...answer.accounts, INVENTED] };
  const accounts = misdeed === 'hides-account' ? answer.accounts.slice(0, -1) : answer.accounts;
  return { ...answer, accounts: accounts.map((account) => ({ ...account, ...changeOfAccount(account, misdeed) })) };
}

const INVENTED: AccountReport = {
  account: '6200000000000000',
  kind: 'current',
  currency: 'CNY',
  state: 'normal',
  balance: WRONG,
  available: WRONG,
  priorMeasures: [],
  priorityRights: [],
  measures: [],
};

const ACCOUNT_CHANGES: Readonly<Partial<Record<Misdeed, (account: AccountReport) => Partial<AccountReport>>>> = {
  'wrong-balance': () => ({ balance: WRONG }),
  'wrong-available': () => ({ available: WRONG }),
  'hides-prior-measures': () => ({ priorMeasures: [] }),
  'hides-priority-rights': () => ({ priorityRights: [] }),
  'hides-restriction': () => ({ restriction: undefined }),
  'hides-asset': () => ({ asset: undefined }),
  'hides-transactions': () => ({ transactions: [] }),
  'hides-measures': () => ({ measures: [] }),
  'wrong-kind': ({ kind }) => ({ kind: kind === 'term' ? 'current' : 'term' }),
  'wrong-state': () => ({ state: 'dormant' }),
  'wrong-currency': ({ currency }) => ({ currency: currency === 'HKD' ? 'MOP' : 'HKD' }),
  'mangles-texts': ({ priorMeasures }) => ({
    priorMeasures: priorMeasures.map((one) => ({ ...one, authority: mangled(one.authority), document: mangled(one.document) })),
  }),
};

function changeOfAccount(account: AccountReport, misdeed: Misdeed): Partial<AccountReport> {
  return ACCOUNT_CHANGES[misdeed]?.(account) ?? {};
}

const LINE_CHANGES: Readonly<Partial<Record<Misdeed, (line: LineReport) => Partial<LineReport>>>> = {
  'covers-all': ({ limit }) => ({ covered: limit, uncovered: '0.00' }),
  'hides-uncovered': () => ({ uncovered: '0.00' }),
  'wrong-balance': () => ({ balance: WRONG }),
  'wrong-available': () => ({ available: WRONG }),
  'wrong-limit': () => ({ limit: WRONG }),
  'wrong-rank': ({ rank }) => ({ rank: (rank ?? 0) + 1 }),
  'hides-term': () => ({ from: undefined, to: undefined }),
  'hides-prior-measures': () => ({ priorMeasures: [] }),
  'hides-priority-rights': () => ({ priorityRights: [] }),
  'wrong-reason': ({ reason }) => ({ reason: reason && { code: 'SYSTEM', text: '系统处理异常' } }),
  'hides-reason': () => ({ reason: undefined }),
  accepts: () => ({ status: 'executed', reason: undefined }),
  refuses: () => ({ status: 'refused', reason: { code: 'SYSTEM', text: '系统处理异常' } }),
  'hides-moved': () => ({ moved: undefined }),
  'wrong-moved': ({ moved }) => ({ moved: moved && { ...moved, principal: WRONG } }),
  'wrong-transfer-state': ({ moved }) => ({ moved: moved && { ...moved, state: moved.state === 'sent' ? 'credited' : 'sent' } }),
  'other-line': ({ seq }) => ({ seq: seq + 100 }),
  'unknown-word': () => ({ status: 'unheard-of' }),
  'own-code': ({ status }) => (status === 'executed' ? { status: 'own-done' } : {}),
  'mangles-texts': ({ priorMeasures }) => ({ priorMeasures: priorMeasures?.map((one) => ({ ...one, authority: mangled(one.authority) })) }),
};

function misstatedLine(line: LineReport, misdeed: Misdeed): LineReport {
  return { ...line, ...LINE_CHANGES[misdeed]?.(line) };
}

/** What a wrong character set makes of a text. */
function mangled(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '?');
}
