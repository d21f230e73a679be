import type { Manifest } from '#connector-sdk';

/** Packages on the bank's front-end machine; nobody can be asked, nothing comes unasked, an order number is recognised. */
export const manifest: Manifest = {
  dialect: 'file-zip',
  delivery: 'file',
  statusQuery: false,
  dedupByReference: true,
  notices: false,
  dayStatement: false,
  documents: 'inside',
};
