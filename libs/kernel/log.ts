import type { ErrorLevel } from './errors.js';

/** What a log line may carry beside its event name: never personal data, never account numbers. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** A structured log. `event` is a stable name such as `relay-publish-failed`. */
export interface Log {
  write(level: ErrorLevel | 'debug', event: string, fields?: LogFields): void;
}

/** For tests and tools that have nowhere to write to. */
export const silentLog: Log = { write: () => undefined };
