import type { LifeCycle } from './life-cycle.js';

export type PaymentState = 'sent' | 'credited' | 'returned' | 'claimed';

/** Money on its way to the court account (R20, R21). Returned money comes back to the debtor's account; a new deduct makes a new payment. */
export const PAYMENT_LIFE: LifeCycle<PaymentState> = {
  name: 'payment',
  initial: ['sent', 'credited'],
  next: {
    sent: ['credited', 'returned'],
    credited: ['claimed', 'returned'],
    returned: [],
    claimed: [],
  },
};
