import { AppError } from '#kernel';

/** RFC 9457 with our stable `code` and, for bad fields, `errors`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
  readonly [member: string]: unknown;
}

/** Every stable code with its HTTP status. A code that is not here is a defect and is answered as 500 `internal`. */
export const PROBLEM_STATUS: Readonly<Record<string, number>> = {
  invalid: 400,
  'idempotency-key-required': 400,
  unauthenticated: 401,
  forbidden: 403,
  'own-approval': 403,
  'not-handler': 403,
  'not-found': 404,
  'content-erased': 404,
  'method-not-allowed': 405,
  'idempotency-mismatch': 409,
  'stale-version': 409,
  'plan-stale': 409,
  'not-yet': 409,
  'already-sent': 409,
  'wrong-state': 409,
  'already-exists': 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'too-many-requests': 429,
  'not-implemented': 501,
  'store-unavailable': 503,
  'write-conflict': 503,
  'lease-lost': 503,
  unavailable: 503,
  overloaded: 503,
  'bus-closed': 503,
  'bus-full': 503,
};

/** The gates (docs/design.md, I1): the request is understood and may not be done. */
export const GATE_CODES = [
  'case-closed',
  'subject-not-debtor',
  'over-liability',
  'officer-not-filed',
  'credentials-incomplete',
  'instrument-missing',
  'instrument-mismatch',
  'over-ceiling',
  'term-too-long',
  'renewal-too-late',
  'deduct-over-covered',
  'deduct-in-preservation',
  'exempt-account',
  'restricted-account',
  'court-account-missing',
  'on-hold',
  'live-measures',
  'open-orders',
  'unsupported-by-bank',
] as const;

const GATES: ReadonlySet<string> = new Set(GATE_CODES);
const RETRY_AFTER_SECONDS = 1;

export function statusOf(code: string): number {
  return PROBLEM_STATUS[code] ?? (GATES.has(code) ? 422 : 500);
}

/** The problem document of an error. What is no AppError, or carries an unknown code, tells the caller nothing of its inside. */
export function problemOf(error: unknown): Problem {
  const known = error instanceof AppError && statusOf(error.code) !== 500 ? error : undefined;
  if (!known) return { type: 'about:blank', title: 'internal', status: 500, code: 'internal', detail: '系统内部错误，已记录' };
  return {
    type: 'about:blank',
    title: known.code,
    status: statusOf(known.code),
    code: known.code,
    detail: known.message,
    ...(known.errors.length > 0 ? { errors: known.errors } : {}),
    ...known.extra,
  };
}

/** Seconds for the `Retry-After` header, where the status asks for one. */
export function retryAfterOf(problem: Problem): number | undefined {
  if (problem.status !== 429 && problem.status !== 503) return undefined;
  return typeof problem['retryAfter'] === 'number' ? problem['retryAfter'] : RETRY_AFTER_SECONDS;
}
