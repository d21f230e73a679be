import {
  AppError,
  decimalsOf,
  formatAmount,
  isCurrency,
  isLegalDate,
  parseAmount,
  type FieldError,
  type LegalDate,
  type MoneyJson,
} from '#kernel';

type Row = Readonly<Record<string, unknown>>;

const FAULTS_MAX = 50;
const TEXT_MAX = 1000;
/** Half of a surrogate pair has no form in UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Reads what a clerk typed, member by member, and gathers every fault with its place, so that the screen can show all of them. */
export class TypedReader {
  private readonly faults: FieldError[] = [];

  fault(pointer: string, detail: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push({ pointer, detail });
  }

  row(value: unknown, pointer: string, known: readonly string[]): Row {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fault(pointer, '必须是对象');
      return {};
    }
    for (const name of Object.keys(value)) if (!known.includes(name)) this.fault(`${pointer}/${name}`, '没有此项');
    return value as Row;
  }

  rows(value: unknown, pointer: string, max: number): readonly unknown[] {
    if (Array.isArray(value) && value.length <= max) return value as readonly unknown[];
    this.fault(pointer, `必须是不超过${max}项的列表`);
    return [];
  }

  text(value: unknown, pointer: string, max = TEXT_MAX): string {
    if (typeof value === 'string' && value.trim() !== '' && value.length <= max && !LONE_SURROGATE.test(value)) return value;
    this.fault(pointer, `必须是1至${max}个字符的文字`);
    return '';
  }

  word<T extends string>(value: unknown, pointer: string, words: readonly T[]): T {
    const found = words.find((word) => word === value);
    if (found === undefined) this.fault(pointer, `必须是 ${words.join('、')} 之一`);
    return found ?? (words[0] as T);
  }

  whole(value: unknown, pointer: string, min: number, max: number): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    this.fault(pointer, `必须是${min}至${max}的整数`);
    return min;
  }

  date(value: unknown, pointer: string): LegalDate {
    if (typeof value === 'string' && isLegalDate(value)) return value;
    this.fault(pointer, '必须是 YYYY-MM-DD 的日期');
    return '';
  }

  currency(value: unknown, pointer: string): string {
    if (typeof value === 'string' && isCurrency(value)) return value;
    this.fault(pointer, '必须是三位大写字母的币种代码');
    return 'CNY';
  }

  /** A decimal string in the line's currency, or a money object that names the same currency. */
  money(value: unknown, pointer: string, currency: string): MoneyJson {
    const given = typeof value === 'object' && value !== null ? (value as Row) : { amount: value, currency };
    if (given['currency'] !== currency) this.fault(pointer, `币种与本行的 ${currency} 不一致`);
    const { amount } = given;
    try {
      if (typeof amount === 'string') return { amount: formatAmount(parseAmount(amount, currency), currency), currency };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    this.fault(pointer, `必须是最多${decimalsOf(currency)}位小数的金额，例如 "66213.50"`);
    return { amount: formatAmount(0n, currency), currency };
  }

  /** Reads a member only where the clerk has filled it in. */
  optional<T>(row: Row, name: string, pointer: string, read: (value: unknown, pointer: string) => T): { readonly [name: string]: T } {
    const value = row[name];
    return value === undefined || value === null ? {} : { [name]: read(value, `${pointer}/${name}`) };
  }

  /** @throws AppError `invalid` with every fault that was noted */
  done(): void {
    const [first] = this.faults;
    if (first) throw new AppError('invalid', `${first.pointer} ${first.detail}`, { errors: this.faults });
  }
}
