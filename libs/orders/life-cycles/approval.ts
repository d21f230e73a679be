import type { LifeCycle } from './life-cycle.js';

export type ApprovalState = 'awaiting' | 'approved' | 'returned' | 'rejected' | 'lapsed' | 'withdrawn';

/** The approval of one subject; it is `approved` when every role that policy asks for has been given. */
export const APPROVAL_LIFE: LifeCycle<ApprovalState> = {
  name: 'approval',
  initial: ['awaiting'],
  next: {
    awaiting: ['approved', 'returned', 'rejected', 'lapsed', 'withdrawn'],
    approved: [],
    returned: [],
    rejected: [],
    lapsed: [],
    withdrawn: [],
  },
};
