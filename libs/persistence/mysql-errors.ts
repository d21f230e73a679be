import { AppError } from '#kernel';
import type { Verdict } from './grouping-runner.js';

const DUPLICATE_KEY = 1062;
/** Deadlock, and a lock that was waited for too long: the transaction is given up and may be tried again. */
const IN_THE_WAY: ReadonlySet<number> = new Set([1205, 1213, 3572]);
/** The server ends the connection or the statement, shuts down, or is read-only for now. */
const SERVER_GONE: ReadonlySet<number> = new Set([
  1053, 1077, 1079, 1080, 1152, 1153, 1158, 1159, 1160, 1161, 1184, 1290, 1317, 1927, 3024, 4031,
]);
const CONNECTION_CODES = /^(PROTOCOL_|ECONN|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ER_SERVER_SHUTDOWN|POOL_)/;

interface DriverError {
  readonly errno?: unknown;
  readonly code?: unknown;
  readonly fatal?: unknown;
}

function driverError(error: unknown): DriverError {
  return typeof error === 'object' && error !== null ? error : {};
}

export function isDuplicateKey(error: unknown): boolean {
  return driverError(error).errno === DUPLICATE_KEY;
}

/** The connection is of no use any more; whether its last statement took effect nobody knows. */
export function isLostConnection(error: unknown): boolean {
  const { errno, code, fatal } = driverError(error);
  if (typeof errno === 'number' && SERVER_GONE.has(errno)) return true;
  if (typeof code === 'string' && CONNECTION_CODES.test(code)) return true;
  return fatal === true || (error instanceof Error && error.message.includes('closed state'));
}

/**
 * What an error means for the transaction. A key that a closure did not expect to find was put there by another process between its
 * look and its write: run again, it sees the row.
 */
export function judgeMysql(error: unknown): Verdict {
  if (error instanceof AppError) return isOutrun(error) ? 'closure-again' : 'closure';
  const { errno } = driverError(error);
  if (typeof errno === 'number' && IN_THE_WAY.has(errno)) return 'group-again';
  if (isLostConnection(error)) return 'lost';
  return errno === DUPLICATE_KEY ? 'closure-again' : 'closure';
}

/** A row was no longer as the closure had read it; what was prepared before the closure (`retryable`) must be prepared anew by its caller. */
function isOutrun({ code, retryable }: AppError): boolean {
  return code === 'write-conflict' || (code === 'stale-version' && !retryable);
}

/** For callers outside: the store cannot be reached now. */
export function unavailable(cause: unknown): AppError {
  return new AppError('store-unavailable', 'the database cannot be reached', { retryable: true, level: 'error', cause });
}
