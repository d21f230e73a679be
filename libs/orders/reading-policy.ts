import { AppError, type FieldError, type Minor, parseAmount, parseDuration } from '#kernel';

type Row = Readonly<Record<string, unknown>>;

/**
 * Reads untrusted data member by member and gathers every fault with its place, so that whoever edits the file sees all of them at once.
 * Each reader returns something of the right type even when it notes a fault; `done` throws before any of it can be used.
 */
export class PolicyReader {
  private readonly faults: FieldError[] = [];

  fault(pointer: string, detail: string): void {
    this.faults.push({ pointer, detail });
  }

  /** A member that must be an object with no members beside the known ones: a misspelt rule must not be passed over. */
  object(value: unknown, pointer: string, known: readonly string[]): Row {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fault(pointer, 'must be a mapping');
      return {};
    }
    for (const name of Object.keys(value)) if (!known.includes(name)) this.fault(`${pointer}/${name}`, 'is not known');
    return value as Row;
  }

  list(value: unknown, pointer: string): readonly unknown[] {
    if (Array.isArray(value)) return value as readonly unknown[];
    this.fault(pointer, 'must be a list');
    return [];
  }

  /** The names of a mapping whose members are rows of a table. */
  rows(value: unknown, pointer: string): readonly (readonly [string, unknown])[] {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
    this.fault(pointer, 'must be a mapping');
    return [];
  }

  whole(value: unknown, pointer: string, min: number, max: number): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    this.fault(pointer, `must be a whole number from ${min} to ${max}`);
    return min;
  }

  text(value: unknown, pointer: string): string {
    if (typeof value === 'string' && value.trim() !== '') return value;
    this.fault(pointer, 'must be a text');
    return '';
  }

  word<T extends string>(value: unknown, pointer: string, words: readonly T[]): T {
    const found = words.find((word) => word === value);
    if (found === undefined) this.fault(pointer, `must be one of ${words.join(', ')}`);
    return found ?? (words[0] as T);
  }

  words<T extends string>(value: unknown, pointer: string, known: readonly T[]): readonly T[] {
    const list = this.list(value, pointer).map((item, i) => this.word(item, `${pointer}/${i}`, known));
    if (new Set(list).size < list.length) this.fault(pointer, 'names something twice');
    return list;
  }

  /** An ISO 8601 duration such as PT24H, longer than nothing, in milliseconds. */
  duration(value: unknown, pointer: string): number {
    return this.parsed(value, pointer, 'must be a duration such as PT24H', 1, (text) => {
      const ms = parseDuration(text);
      return ms > 0 ? ms : undefined;
    });
  }

  amount(value: unknown, pointer: string): Minor {
    return this.parsed(value, pointer, 'must be an amount such as "1500.00", in quotation marks', 0n, (text) => parseAmount(text));
  }

  /** @throws AppError `invalid` with every fault that was noted. */
  done(): void {
    const [first] = this.faults;
    if (!first) return;
    const message = `the policy has ${this.faults.length} fault(s), the first at ${first.pointer}: ${first.detail}`;
    throw new AppError('invalid', message, { level: 'fatal', errors: this.faults });
  }

  private parsed<T>(value: unknown, pointer: string, detail: string, otherwise: T, parse: (text: string) => T | undefined): T {
    let parsed: T | undefined;
    try {
      parsed = typeof value === 'string' ? parse(value) : undefined;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    if (parsed === undefined) this.fault(pointer, detail);
    return parsed ?? otherwise;
  }
}
