import type { Content } from './grammar.js';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const ZONE = /(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,12})?$/;

/** Why a text is no value of this type, or undefined when it is one. Dates must exist in the calendar; years have four digits. */
export function faultOf(content: Content, raw: string): string | undefined {
  if (content.kind === 'code') return content.values.has(raw) ? undefined : `is none of ${[...content.values].join(', ')}`;
  if (content.kind !== 'text') return 'has no text';
  const text = content.base === 'string' ? raw : raw.trim();
  const length = [...text].length;
  if (length < content.least || length > content.most) return `has ${length} characters, not ${content.least} to ${content.most}`;
  if (content.pattern && !content.pattern.test(text)) return 'has another form than its type';
  return faultOfBase(content.base, text) ?? faultOfDigits(content.facets, text);
}

function faultOfBase(base: string, text: string): string | undefined {
  switch (base) {
    case 'string':
      return undefined;
    case 'boolean':
      return /^(?:true|false|1|0)$/.test(text) ? undefined : 'is neither true nor false';
    case 'decimal':
      return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? undefined : 'is no decimal number';
    case 'date':
      return isDate(text.replace(ZONE, '')) ? undefined : 'is no date';
    case 'dateTime':
      return isInstant(text) ? undefined : 'is no date with a time';
    default:
      throw new Error(`no rule for the base ${base}`);
  }
}

function faultOfDigits({ totalDigits, fractionDigits, minInclusive }: Readonly<Record<string, number>>, text: string): string | undefined {
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
  const [left, right] = [whole.replace(/^0+/, ''), fraction.replace(/0+$/, '')];
  if (totalDigits !== undefined && left.length + right.length > totalDigits) return `has more than ${totalDigits} digits`;
  if (fractionDigits !== undefined && right.length > fractionDigits) return `has more than ${fractionDigits} digits after the point`;
  if (minInclusive === 0 && text.startsWith('-') && left + right !== '') return 'is below zero';
  return undefined;
}

function isInstant(text: string): boolean {
  const at = text.indexOf('T');
  return at > 0 && isDate(text.slice(0, at)) && TIME.test(text.slice(at + 1).replace(ZONE, ''));
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || year === '0000') return false;
  const days = [31, isLeap(Number(year)) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1];
  return days !== undefined && Number(day) >= 1 && Number(day) <= days;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
