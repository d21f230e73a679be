/** How loud the log line of an error is. */
export type ErrorLevel = 'info' | 'warn' | 'error' | 'fatal';

/** One wrong place in a body: a JSON pointer (RFC 6901) and what is wrong there. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface AppErrorOptions {
  /** The caller may try the same thing again and hope for another result. */
  readonly retryable?: boolean;
  readonly level?: ErrorLevel;
  readonly cause?: unknown;
  readonly errors?: readonly FieldError[];
  /** Members that the problem document carries beside the standard ones, for example `newFreeze`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/**
 * A failure with a stable code that callers may rely on.
 * HTTP statuses are given by the HTTP adapter, not here. A bank's refusal is an outcome and never an AppError.
 */
export class AppError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly level: ErrorLevel;
  readonly errors: readonly FieldError[];
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.level = options.level ?? 'info';
    this.errors = options.errors ?? [];
    this.extra = options.extra ?? {};
  }
}

/** States what must hold. A false condition is a defect of ours, so it is loud and never caught on the way. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AppError('invariant-broken', message, { level: 'fatal' });
}

/** Makes a switch over a union exhaustive at compile time and loud at run time. */
export function unreachable(value: never): never {
  throw new AppError('invariant-broken', `unexpected value ${String(value)}`, { level: 'fatal' });
}

/** The text of anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The operating system's code of an error (`ENOENT` …), if it has one. Asked of the value's form and not of its class: test runners
 * run files in realms of their own, where an error of the runtime is no instance of this realm's Error.
 */
export function systemErrorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
