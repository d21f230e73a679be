import { AppError, type Entropy } from '#kernel';
import { MISDEEDS, type DebtorFaults } from './misdeeds.js';
import { REGISTER_DEEDS } from './register-deeds.js';

/** Faults that an operator can switch on at one simulated bank. Probabilities are 0..1 and drawn anew each time. */
export interface Faults {
  /** Real milliseconds that pass before the bank works on anything. */
  readonly latencyMs?: number;
  /** The bank is not there: no connection, no poll, no file read or written. */
  readonly down?: boolean;
  /** Every new order is rolled back with this code. */
  readonly rejectWith?: string;
  /** The next new order is rolled back with this code, before anything happens; then the bank works again. */
  readonly rejectOnce?: string;
  /** An order is lost on the way in: nothing is done and nothing is said. */
  readonly dropRequest?: number;
  /** The order is executed and the connection breaks before the answer. */
  readonly executeThenDrop?: number;
  /** The answer is lost on its way out; the bank believes that it was said. */
  readonly dropAnswer?: number;
  readonly duplicateAnswer?: number;
  /** Bytes of the answer change on the way, after it was signed. */
  readonly garbleAnswer?: number;
  /** Only a part of a line is done: half the amount of a freeze or deduct; a renewal or release is refused. */
  readonly partial?: number;
  /** Money to another bank comes back. */
  readonly returnTransfer?: number;
  /** The bank takes orders that the court has not signed. */
  readonly trustsAnyone?: boolean;
  /** What is wrong with what the bank says of its days. */
  readonly statement?: StatementMisdeed;
  /** What is wrong only with orders on one debtor, by his id number. */
  readonly byDebtor?: Readonly<Record<string, DebtorFaults>>;
}

/**
 * How a bank's statement of a day may be wrong: it leaves its first order out, names one that nobody has sent, has the first sum or the first
 * executed line wrong, contradicts its own list, names no orders, or is not given at all.
 */
export const STATEMENT_MISDEEDS = ['omits', 'invents', 'wrong-amount', 'wrong-state', 'wrong-totals', 'totals-only', 'silent'] as const;
export type StatementMisdeed = (typeof STATEMENT_MISDEEDS)[number];

export const PROBABILITIES = [
  'dropRequest',
  'executeThenDrop',
  'dropAnswer',
  'duplicateAnswer',
  'garbleAnswer',
  'partial',
  'returnTransfer',
] as const;
export type Probability = (typeof PROBABILITIES)[number];

/** The longest a bank may be told to sleep; the court's time-outs are far below it. */
export const LATENCY_MS_MAX = 600_000;
const CODE = /^[0-9A-Za-z-]{1,20}$/;
const KNOWN = new Set<string>(['latencyMs', 'down', 'rejectWith', 'rejectOnce', 'trustsAnyone', 'statement', 'byDebtor', ...PROBABILITIES]);
const DEBTORS_MAX = 10_000;

/** @throws AppError `invalid` with a pointer to each wrong member */
export function parseFaults(body: unknown): Faults {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new AppError('invalid', 'the body must be an object');
  const given = body as Readonly<Record<string, unknown>>;
  const errors = Object.entries(given)
    .filter(([name, value]) => !isRight(name, value))
    .map(([name]) => ({ pointer: `/${name}`, detail: KNOWN.has(name) ? 'out of range or of the wrong kind' : 'no such fault' }));
  if (errors.length > 0) throw new AppError('invalid', 'these faults cannot be set', { errors });
  return given;
}

function isRight(name: string, value: unknown): boolean {
  if (name === 'latencyMs') return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= LATENCY_MS_MAX;
  if (name === 'down' || name === 'trustsAnyone') return typeof value === 'boolean';
  if (name === 'byDebtor') return isObject(value) && Object.keys(value).length <= DEBTORS_MAX && Object.values(value).every(isOfDebtor);
  if (name === 'statement') return STATEMENT_MISDEEDS.some((misdeed) => misdeed === value);
  if (name === 'rejectWith' || name === 'rejectOnce') return typeof value === 'string' && CODE.test(value);
  return KNOWN.has(name) && typeof value === 'number' && value >= 0 && value <= 1;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfDebtor(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([name, one]) => {
    if (name === 'misdeed') return MISDEEDS.some((misdeed) => misdeed === one);
    if (name === 'register') return REGISTER_DEEDS.some((deed) => deed === one);
    return name === 'rejectWith' ? typeof one === 'string' && CODE.test(one) : name === 'partial' && one === true;
  });
}

/** Draws once whether a fault of probability `chance` strikes. */
export function strikes(chance: number | undefined, entropy: Entropy): boolean {
  if (!chance) return false;
  return entropy.bytes(4).readUInt32BE(0) < chance * 2 ** 32;
}

/** Changes one byte, so that neither the signature nor, mostly, the JSON holds any more. */
export function garble(bytes: Buffer, entropy: Entropy): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length === 0) return copy;
  const at = entropy.bytes(4).readUInt32BE(0) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ 0x15;
  return copy;
}
