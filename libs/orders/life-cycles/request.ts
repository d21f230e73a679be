import type { LifeCycle } from './life-cycle.js';

export type RequestStatus =
  'awaiting-approval' | 'dispatched' | 'completed' | 'partly-completed' | 'not-executed' | 'returned' | 'rejected' | 'lapsed' | 'withdrawn';

/**
 * A request that needs no approval begins as `dispatched`. It stays there while any line is open or undetermined (I6).
 * `returned`, `rejected` and `lapsed` free the ceiling; the officer posts anew.
 */
export const REQUEST_LIFE: LifeCycle<RequestStatus> = {
  name: 'request',
  initial: ['awaiting-approval', 'dispatched'],
  next: {
    'awaiting-approval': ['dispatched', 'returned', 'rejected', 'lapsed', 'withdrawn'],
    dispatched: ['completed', 'partly-completed', 'not-executed', 'withdrawn'],
    completed: [],
    'partly-completed': [],
    'not-executed': [],
    returned: [],
    rejected: [],
    lapsed: [],
    withdrawn: [],
  },
};
