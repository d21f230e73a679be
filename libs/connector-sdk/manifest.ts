import type { BankAbilities } from './bank-profile.js';

/** How a dialect delivers (I5): we call the bank, the bank polls us, files in folders, or a person at a screen. */
export const DELIVERIES = ['push', 'pull', 'file', 'desk'] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** What a dialect can do. The journal and the gateway decide by this and never by the dialect's name. */
export interface Manifest {
  readonly dialect: string;
  readonly delivery: Delivery;
  /** The bank can be asked what became of an order number. Without it an unknown delivery by push is a person's matter. */
  readonly statusQuery: boolean;
  /** The bank recognises an order number it has seen and answers as before; the conformance kit proves it. */
  readonly dedupByReference: boolean;
  /** The bank tells unasked when coverage changes; others are asked again (I16). */
  readonly notices: boolean;
  /** The bank says at the end of a day what it has done on it: asked for by push (`DayStatements`), or as a file of its own. */
  readonly dayStatement: boolean;
  /** How the court's documents reach the bank: inside the order's bytes, fetched by order number, shown on the screen, or not at all: the order names them by their digests. */
  readonly documents: 'inside' | 'fetched' | 'shown' | 'named';
  /** What can be said in it, where that is not everything. A profile that claims another ability stops the start. */
  readonly abilities?: readonly (keyof BankAbilities)[];
}
