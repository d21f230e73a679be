/**
 * `order.progressed.v1` on `order-events.v1`. `taken`: the connector has it durably; `sent`: the bytes left or were made
 * available for the bank to fetch; `received`: the bank said it has the order, its 24 hours run from `at`; `undetermined`:
 * nobody knows whether the bank acted, a person must find out (I6); `withdrawn`: it never left, with the reason.
 */
export interface OrderProgressed {
  readonly orderNumber: string;
  readonly event: 'taken' | 'available' | 'sent' | 'received' | 'undetermined' | 'withdrawn';
  readonly at: string;
  /** A stable code for `undetermined` and `withdrawn`, for example `case-closed`, `withdrawn-by-officer`, `no-status`. */
  readonly code?: string;
  readonly reason?: string;
}

export const orderProgressedSchema = {
  type: 'object',
  required: ['orderNumber', 'event', 'at'],
  additionalProperties: false,
  properties: {
    orderNumber: { type: 'string' },
    event: { enum: ['taken', 'available', 'sent', 'received', 'undetermined', 'withdrawn'] },
    at: { type: 'string' },
    code: { type: 'string' },
    reason: { type: 'string', maxLength: 1000 },
  },
} as const;
