import type { BusinessPeriod } from '#connector-sdk';
import { canonicalBytes, moneyJson, sha256Hex, type CanonicalValue, type LegalDate, type MoneyJson } from '#kernel';
import { inOrderOfWords, type Action, type DayDifference, type DayEntry, type DayState, type DayTotal } from '#orders';
import type { BankSide } from '../../adapters/store/statement-rows.js';
import type { BankWord } from '../../adapters/store/bank-statement-rows.js';

/** The literal name of the signed form; another form gets another name. */
export const STATEMENT_FORMAT = 'chakong-statement/v1';

/** Differences that are written out; all of them are counted. */
export const DIFFERENCES_SHOWN_MAX = 1_000;

export interface TotalView {
  readonly action: Action;
  readonly state: DayState;
  readonly count: number;
  readonly sums: readonly MoneyJson[];
}

export interface EntryView {
  readonly seq: number;
  readonly action: Action;
  readonly state: DayState;
  readonly amount?: MoneyJson;
}

export type DifferenceView =
  | {
      readonly kind: 'order';
      readonly side: 'ours' | 'bank' | 'both';
      readonly orderNumber: string;
      readonly ours: readonly EntryView[];
      readonly bank: readonly EntryView[];
    }
  | { readonly kind: 'action'; readonly action: Action; readonly ours: readonly TotalView[]; readonly bank: readonly TotalView[] }
  | { readonly kind: 'bank-totals'; readonly action: Action; readonly listed: readonly TotalView[]; readonly stated: readonly TotalView[] };

/** What a statement says, without its version and time. */
export interface StatementContent {
  readonly bank: string;
  readonly bankName: string;
  /** The business day, and the legal days that it stands for, both inclusive. */
  readonly date: LegalDate;
  readonly period: BusinessPeriod;
  readonly ours: { readonly totals: readonly TotalView[] };
  readonly bankSide: BankSide;
  /** Only when the bank has said its side. */
  readonly bankStatement?: {
    readonly version: number;
    readonly statementNo: string;
    readonly statedAt: string;
    readonly references: boolean;
    readonly totals: readonly TotalView[];
    /** SHA-256 of the bank's exact bytes, part by part. */
    readonly digests: readonly string[];
    readonly keyId?: string;
    readonly fact: string;
  };
  /** Left out where nothing was compared: no difference is claimed, and no agreement either. */
  readonly differences?: { readonly total: number; readonly items: readonly DifferenceView[] };
}

/** The signed statement. */
export interface StatementBody extends StatementContent {
  readonly format: typeof STATEMENT_FORMAT;
  readonly version: number;
  /** What our books held then is what counted: nothing that was committed later. */
  readonly cutOffAt: string;
  /** SHA-256 of the bytes of the version before. */
  readonly previous?: string;
}

export interface Compared {
  readonly bank: string;
  readonly bankName: string;
  readonly period: BusinessPeriod;
  readonly totals: readonly DayTotal[];
  readonly canState: boolean;
  readonly word?: BankWord;
  readonly differences: readonly DayDifference[];
}

export function contentOf({ bank, bankName, period, totals, canState, word, differences }: Compared): StatementContent {
  const shown = differences.slice(0, DIFFERENCES_SHOWN_MAX).map(differenceView);
  return {
    bank,
    bankName,
    date: period.to,
    period,
    ours: { totals: totals.map(totalView) },
    bankSide: word ? 'stated' : canState ? 'awaited' : 'absent',
    ...(word ? { bankStatement: wordView(word), differences: { total: differences.length, items: shown } } : {}),
  };
}

function wordView({ version, statementNo, statedAt, entries, totals, digests, keyId, factLeafHash }: BankWord) {
  return {
    version,
    statementNo,
    statedAt,
    references: entries !== undefined,
    totals: inOrderOfWords(totals).map(totalView),
    digests,
    ...(keyId === undefined ? {} : { keyId }),
    fact: factLeafHash,
  };
}

function totalView({ action, state, count, sums }: DayTotal): TotalView {
  return { action, state, count, sums: sums.map(({ minor, currency }) => moneyJson(minor, currency)) };
}

function entryView({ seq, action, state, sum }: DayEntry): EntryView {
  return { seq, action, state, ...(sum ? { amount: moneyJson(sum.minor, sum.currency) } : {}) };
}

function differenceView(one: DayDifference): DifferenceView {
  switch (one.kind) {
    case 'order':
      return { ...one, ours: one.ours.map(entryView), bank: one.bank.map(entryView) };
    case 'action':
      return { ...one, ours: one.ours.map(totalView), bank: one.bank.map(totalView) };
    case 'bank-totals':
      return { ...one, listed: one.listed.map(totalView), stated: one.stated.map(totalView) };
  }
}

/** RFC 8785. */
export function bytesOf(content: StatementContent | StatementBody): Buffer {
  return canonicalBytes(content as unknown as CanonicalValue);
}

export function digestOf(content: StatementContent): string {
  return sha256Hex(bytesOf(content));
}
