import { AppError, type FieldError } from '#kernel';

type Row = Readonly<Record<string, unknown>>;

/** Reads a profile member by member and gathers every fault with its place; `done` throws before any of it can be used. */
export class ProfileReader {
  private readonly faults: FieldError[] = [];

  fault(pointer: string, detail: string): void {
    this.faults.push({ pointer, detail });
  }

  /** A mapping with no members beside the known ones: a misspelt limit must not be passed over. */
  mapping(value: unknown, pointer: string, known: readonly string[]): Row {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fault(pointer, 'must be a mapping');
      return {};
    }
    for (const name of Object.keys(value)) if (!known.includes(name)) this.fault(`${pointer}/${name}`, 'is not known');
    return value as Row;
  }

  text(value: unknown, pointer: string, form: RegExp, what: string): string {
    if (typeof value === 'string' && form.test(value)) return value;
    this.fault(pointer, `must be ${what}`);
    return '';
  }

  flag(value: unknown, pointer: string): boolean {
    if (typeof value === 'boolean') return value;
    this.fault(pointer, 'must be true or false');
    return false;
  }

  whole(value: unknown, pointer: string, min: number, max: number): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    this.fault(pointer, `must be a whole number from ${min} to ${max}`);
    return min;
  }

  list(value: unknown, pointer: string, min: number, max: number): readonly unknown[] {
    if (Array.isArray(value) && value.length >= min && value.length <= max) return value as readonly unknown[];
    this.fault(pointer, `must be a list of ${min} to ${max}`);
    return [];
  }

  /** @throws AppError `invalid-configuration` with every fault that was noted */
  done(what: string): void {
    const [first] = this.faults;
    if (!first) return;
    const message = `${what} has ${this.faults.length} fault(s), the first at ${first.pointer}: ${first.detail}`;
    throw new AppError('invalid-configuration', message, { level: 'fatal', errors: this.faults });
  }
}
