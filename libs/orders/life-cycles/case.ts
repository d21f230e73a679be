import type { LifeCycle } from './life-cycle.js';

export type CaseStatus = 'open' | 'suspended' | 'closed';

/** A closed case does not open again: enforcement is resumed as a new case (执恢) that names its predecessor. */
export const CASE_LIFE: LifeCycle<CaseStatus> = {
  name: 'case',
  initial: ['open'],
  next: {
    open: ['suspended', 'closed'],
    suspended: ['open', 'closed'],
    closed: [],
  },
};
