import { AppError, type FieldError, type LegalDate } from '#kernel';
import type { CaseKind } from './words.js';

/** A case number taken apart (docs/rules.md). `text` is its one written form, with half-width brackets. */
export interface CaseNumber {
  readonly text: string;
  readonly year: number;
  /** Provincial short name, with two digits for an intermediate and four for a basic court. */
  readonly court: string;
  readonly type: string;
  readonly serial: string;
}

const CASE_NUMBER = /^[(（]((?:19|20)\d{2})[)）](最高法|\p{Script=Han}(?:\d{4}|\d{2})?)(\p{Script=Han}{1,3})([1-9]\d{0,7})号$/u;
const OLD_CASE_NUMBER = /^[(（]((?:19|20)\d{2})[)）](\p{Script=Han}{1,6})字第(\d{1,8})号$/u;

/** Reads a case number, with full- or half-width brackets and outer blanks; nothing is invented or repaired. A province's short name is one character. */
export function parseCaseNumber(input: string): CaseNumber | undefined {
  const match = CASE_NUMBER.exec(input.trim());
  if (!match) return undefined;
  const [, year = '', court = '', type = '', serial = ''] = match;
  return { text: `(${year})${court}${type}${serial}号`, year: Number(year), court, type, serial };
}

/** Whether a text is a case number of today's or of the old style (（2011）宁执字第00003号), which predecessors may still carry. */
export function isCaseNumberOfAnyStyle(input: string): boolean {
  const text = input.trim();
  return parseCaseNumber(text) !== undefined || OLD_CASE_NUMBER.test(text);
}

/** The kind of case that a type of number speaks for; used when none is given. */
export function caseKindOf(type: string): CaseKind {
  if (type === '执恢') return 'resumed';
  return type.includes('保') ? 'preservation' : 'execution';
}

/** docs/rules.md: a request number has at most 30 bytes. */
export const ORDER_NUMBER_BYTES_MAX = 30;
const SEQUENCE_DIGITS_MIN = 6;
const ORDER_NUMBER = /^(\d{8})(\d{6})(\d{6,16})$/;

/**
 * The number of an order: date yyyymmdd, court region and a sequence of that court and day, for example `20260310420106000101`.
 * @throws AppError `invalid` when the court code has no six digits or the sequence is no positive whole number.
 */
export function formatOrderNumber(date: LegalDate, courtCode: string, sequence: number): string {
  const region = /^\d{6}/.exec(courtCode)?.[0];
  if (region === undefined) throw new AppError('invalid', `court code ${courtCode} has no region of six digits`);
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw new AppError('invalid', `${sequence} is no sequence number`);
  return `${date.replaceAll('-', '')}${region}${String(sequence).padStart(SEQUENCE_DIGITS_MIN, '0')}`;
}

export interface OrderNumber {
  readonly date: LegalDate;
  readonly region: string;
  readonly sequence: number;
}

export function parseOrderNumber(text: string): OrderNumber | undefined {
  const match = ORDER_NUMBER.exec(text);
  if (!match) return undefined;
  const [, day = '', region = '', sequence = ''] = match;
  // Sequences begin with 1 and are exact, so any other number was never given.
  if (Number(sequence) === 0 || !Number.isSafeInteger(Number(sequence))) return undefined;
  return { date: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`, region, sequence: Number(sequence) };
}

/** Codes of docs/rules.md; USCC (统一社会信用代码) is ours beside them. */
export const ID_TYPES: readonly string[] = [...Array.from({ length: 20 }, (_, i) => String(i + 1).padStart(2, '0')), 'USCC'];
const ID_NUMBER_LENGTH_MAX = 100;

/**
 * Faults of an identity document's type and number. Check digits are not judged: numbers with a wrong one exist in court files and a bank
 * decides on name, type and number together, so a refusal here would only keep a debtor out of reach.
 */
export function identityFaults(idType: string, idNumber: string): readonly FieldError[] {
  const faults: FieldError[] = [];
  if (!ID_TYPES.includes(idType)) faults.push({ pointer: '/idType', detail: '证件类型不在代码表内' });
  if (idNumber.trim() === '') faults.push({ pointer: '/idNumber', detail: '证件号码不能为空' });
  else if (idNumber.length > ID_NUMBER_LENGTH_MAX)
    faults.push({ pointer: '/idNumber', detail: `证件号码不得超过${ID_NUMBER_LENGTH_MAX}个字符` });
  else if (/\p{Cc}/u.test(idNumber)) faults.push({ pointer: '/idNumber', detail: '证件号码含有控制字符' });
  return faults;
}

/** One written form of an identity number, so that the same one is found again: no blanks, capital letters, half-width characters. */
export function normalIdNumber(idNumber: string): string {
  return idNumber.normalize('NFKC').replaceAll(/\s/gu, '').toUpperCase();
}
