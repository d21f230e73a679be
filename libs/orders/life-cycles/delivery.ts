import type { LifeCycle } from './life-cycle.js';

/** I5: the journal of one money-moving line at the bank's door. */
export type DeliveryState = 'READY' | 'SENDING' | 'ACCEPTED' | 'REJECTED' | 'UNKNOWN';

export const DELIVERY_LIFE: LifeCycle<DeliveryState> = {
  name: 'delivery',
  initial: ['READY'],
  next: {
    READY: ['SENDING'],
    SENDING: ['ACCEPTED', 'REJECTED', 'UNKNOWN'],
    UNKNOWN: ['SENDING', 'ACCEPTED', 'REJECTED'],
    ACCEPTED: [],
    REJECTED: [],
  },
};

/** How a dialect delivers (I5). `desk` is a person, to whom nothing is ever sent twice by a machine. */
export type DeliveryStyle = 'push' | 'pull' | 'file' | 'desk';

export interface Redelivery {
  readonly style: DeliveryStyle;
  /** The bank recognises a reference it has seen; a conformance case proves it. */
  readonly deduplicates: boolean;
  /** The bank's own word on a status query under the same reference; left out when it was not asked or did not say. */
  readonly bankSays?: 'FOUND' | 'NOT_FOUND';
}

/** What a delivery found in SENDING after a crash must become before anything else: nobody knows whether the bank has it. */
export function afterCrash(state: DeliveryState): DeliveryState {
  return state === 'SENDING' ? 'UNKNOWN' : state;
}

/**
 * I5: whether the same bytes may go out again under the same reference from UNKNOWN. Push only after the bank confirmed that it never
 * saw them; pull and file until acknowledged, where the bank de-duplicates; a desk never. Where this says no, a person decides.
 */
export function mayResend(redelivery: Redelivery): boolean {
  switch (redelivery.style) {
    case 'push':
      return redelivery.bankSays === 'NOT_FOUND';
    case 'pull':
    case 'file':
      return redelivery.deduplicates && redelivery.bankSays !== 'FOUND';
    case 'desk':
      return false;
  }
}
