import type { Manifest } from '#connector-sdk';

/** The bank is called, can be asked what became of an order, and tells unasked what changes. */
export const manifest: Manifest = {
  dialect: 'realtime-json',
  delivery: 'push',
  statusQuery: true,
  dedupByReference: true,
  notices: true,
  dayStatement: true,
  documents: 'inside',
};
