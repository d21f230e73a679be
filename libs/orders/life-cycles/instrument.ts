import type { LifeCycle } from './life-cycle.js';

export type InstrumentState = 'draft' | 'sealed' | 'used' | 'void';

/** R4, R5: an inquiry notice is sealed at once; all others begin as drafts. What has travelled (`used`) is never changed or voided. */
export const INSTRUMENT_LIFE: LifeCycle<InstrumentState> = {
  name: 'instrument',
  initial: ['draft', 'sealed'],
  next: {
    draft: ['sealed', 'void'],
    sealed: ['used', 'void'],
    used: [],
    void: [],
  },
};
