import { AppError, isCurrency, isLegalDate, parseAmount, type FieldError, type LegalDate, type Minor } from '#kernel';
import type { Opaque } from '../../book/model.js';

/** Faults reported at most; a body with more is wrong anyhow. */
const ERRORS_MAX = 50;

export type Members = Readonly<Record<string, unknown>>;

/**
 * Reads members of a JSON body and collects what is wrong with their pointers. A wrong member yields a harmless value,
 * so that one pass finds every fault; `finish` throws when there was one, before anybody uses what was read.
 */
export class BodyReader {
  private readonly errors: FieldError[] = [];

  wrong(pointer: string, detail: string): void {
    if (this.errors.length < ERRORS_MAX) this.errors.push({ pointer, detail });
  }

  /** @throws AppError `invalid` */
  finish(): void {
    const [first] = this.errors;
    if (first) throw new AppError('invalid', `${first.pointer} ${first.detail}`, { errors: this.errors });
  }

  members(value: unknown, pointer: string): Members {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
    this.wrong(pointer, '必须是对象');
    return {};
  }

  list(value: unknown, pointer: string, max: number): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value) || value.length > max) this.wrong(pointer, `必须是至多 ${max} 项的数组`);
    return Array.isArray(value) ? value.slice(0, max) : [];
  }

  text(value: unknown, pointer: string, max: number): string {
    if (typeof value === 'string' && value.trim() !== '' && value.length <= max) return value;
    this.wrong(pointer, `必须是 1 至 ${max} 个字符的文本`);
    return '';
  }

  optionalText(value: unknown, pointer: string, max: number): string | undefined {
    return value === undefined || value === null ? undefined : this.text(value, pointer, max);
  }

  date(value: unknown, pointer: string): LegalDate | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && isLegalDate(value)) return value;
    this.wrong(pointer, '必须是日期 YYYY-MM-DD');
    return undefined;
  }

  oneOf<T extends string>(value: unknown, pointer: string, words: readonly T[], fallback: T): T {
    const word = words.find((known) => known === value);
    if (word === undefined) this.wrong(pointer, `必须是 ${words.join('、')} 之一`);
    return word ?? fallback;
  }

  currency(value: unknown, pointer: string): string {
    if (value === undefined || value === null) return 'CNY';
    if (typeof value === 'string' && isCurrency(value)) return value;
    this.wrong(pointer, '必须是 ISO 4217 币种代码');
    return 'CNY';
  }

  /** A decimal text, or a money object of the given currency. */
  money(value: unknown, pointer: string, currency: string): Minor {
    const isObject = typeof value === 'object' && value !== null && 'amount' in value;
    if (isObject && 'currency' in value && value.currency !== currency) this.wrong(`${pointer}/currency`, `币种必须是 ${currency}`);
    const text = isObject ? value.amount : value;
    try {
      if (typeof text === 'string') return parseAmount(text, currency);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    this.wrong(pointer, '必须是十进制金额文本');
    return 0n;
  }

  /** Kept as it is and given back as it is; the size of the body bounds it. */
  opaque(value: unknown): Opaque | undefined {
    return value === undefined || value === null ? undefined : (value as Opaque);
  }
}
