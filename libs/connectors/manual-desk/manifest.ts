import type { Manifest } from '#connector-sdk';

/** Two clerks at a screen: no wire, nobody to ask but a person, and nothing is ever sent twice by a machine. */
export const manifest: Manifest = {
  dialect: 'manual-desk',
  delivery: 'desk',
  statusQuery: false,
  dedupByReference: true,
  notices: false,
  dayStatement: false,
  documents: 'shown',
};
