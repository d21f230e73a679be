import type { Manifest } from '#connector-sdk';

/** The bank polls; it cannot be asked, tells nothing unasked, and recognises an order number that it has seen. */
export const manifest: Manifest = {
  dialect: 'poll-xml',
  delivery: 'pull',
  statusQuery: false,
  dedupByReference: true,
  notices: false,
  dayStatement: false,
  documents: 'fetched',
};
