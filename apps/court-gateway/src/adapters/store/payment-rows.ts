import type { Instant, LegalDate } from '#kernel';
import { move, PAYMENT_LIFE, type NewPayment, type PaymentState } from '#orders';
import { compareAndSetOrStale, insert, type Reader, type Row, type SqlValue, type Tx } from '#persistence';

/** A row of `payments`; money in the minor unit of `currency`. */
export interface PaymentRow extends Row {
  readonly id: string;
  readonly version: number;
  readonly case_id: string;
  readonly order_number: string;
  readonly seq: number;
  readonly measure_id: string;
  readonly amount: number;
  readonly principal: number;
  readonly interest: number;
  readonly fee: number;
  readonly currency: string;
  readonly channel: string;
  readonly bank_serial: string;
  readonly value_date: LegalDate;
  readonly state: PaymentState;
  readonly claim_due_at: Instant | null;
  readonly credited_at: Instant | null;
  readonly claimed_at: Instant | null;
}

export interface PaymentOrigin {
  readonly id: string;
  readonly caseId: string;
  readonly orderNumber: string;
  readonly seq: number;
  readonly measureId: string;
  readonly currency: string;
  readonly creditedAt: Instant | null;
  readonly claimDueAt: Instant | null;
}

/** Channel and serial are the bank's words; what is longer than a column cannot be what they should be. */
const CHANNEL_CHARS_MAX = 40;
const SERIAL_CHARS_MAX = 255;

export async function insertPayment(tx: Tx, origin: PaymentOrigin, payment: NewPayment): Promise<void> {
  await insert(tx, 'payments', {
    id: origin.id,
    version: 1,
    case_id: origin.caseId,
    order_number: origin.orderNumber,
    seq: origin.seq,
    measure_id: origin.measureId,
    amount: payment.amount,
    principal: payment.principal,
    interest: payment.interest,
    fee: payment.fee,
    currency: origin.currency,
    channel: payment.channel.slice(0, CHANNEL_CHARS_MAX),
    bank_serial: payment.bankSerial.slice(0, SERIAL_CHARS_MAX),
    value_date: payment.valueDate,
    state: payment.state,
    claim_due_at: origin.claimDueAt,
    credited_at: origin.creditedAt,
    claimed_at: null,
  });
}

export function findPayment(reader: Reader, paymentId: string): Promise<PaymentRow | undefined> {
  return reader.one<PaymentRow>('SELECT * FROM payments WHERE id = ?', [paymentId]);
}

export function findPaymentByOrigin(reader: Reader, orderNumber: string, seq: number): Promise<PaymentRow | undefined> {
  return reader.one<PaymentRow>('SELECT * FROM payments WHERE order_number = ? AND seq = ?', [orderNumber, seq]);
}

export function paymentsOfCase(reader: Reader, caseId: string): Promise<PaymentRow[]> {
  return reader.all<PaymentRow>('SELECT * FROM payments WHERE case_id = ? ORDER BY order_number, seq', [caseId]);
}

/** Payments of a measure that left the account and have not arrived, apart from one. */
export async function paymentsOnTheWay(reader: Reader, caseId: string, measureId: string, except = ''): Promise<number> {
  const row = await reader.one<{ sent: number }>(
    "SELECT COUNT(*) AS sent FROM payments WHERE case_id = ? AND measure_id = ? AND state = 'sent' AND id <> ?",
    [caseId, measureId, except],
  );
  return Number(row?.sent ?? 0);
}

/** Moves a payment along its life cycle by compare-and-set (I13). @throws AppError `stale-version` */
export async function movePayment(
  tx: Tx,
  row: PaymentRow,
  to: PaymentState,
  change: Readonly<Record<string, SqlValue>> = {},
): Promise<void> {
  const state = move(PAYMENT_LIFE, row.state, to);
  await compareAndSetOrStale(
    tx,
    'payments',
    { ...change, state, version: row.version + 1 },
    { id: row.id, version: row.version, state: row.state },
  );
}

/** Money that left an account on or before a day and has not arrived, without an open task about it. */
export function uncollectedPayments(reader: Reader, before: LegalDate): Promise<PaymentRow[]> {
  return reader.all<PaymentRow>(
    `SELECT p.* FROM payments p WHERE p.state = 'sent' AND p.value_date < ?
       AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.kind = 'uncollected' AND t.subject = p.id)
     ORDER BY p.value_date, p.id`,
    [before],
  );
}
