import type { Manifest } from '#connector-sdk';

/** The bank is called, and asked again under the same number until it has answered. It knows inquiries and nothing else. */
export const manifest: Manifest = {
  dialect: 'iso20022-inquiry',
  delivery: 'push',
  statusQuery: true,
  dedupByReference: true,
  notices: false,
  dayStatement: false,
  documents: 'named',
  abilities: ['inquire'],
};
