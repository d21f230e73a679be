import type { PullOperation } from '#connector-sdk';

/** Name space of the web service; a change that old callers would not survive gets another number. */
export const NAMESPACE = 'urn:chakong:poll-xml:1';

/** The operations by the name of their element in the body of the envelope. */
export const OPERATION_NAMES = {
  getQueryList: 'query-list',
  getControlList: 'control-list',
  getDocuments: 'documents',
  getCredentials: 'credentials',
  confirmReceipt: 'receipts',
  uploadQueryFeedback: 'query-feedback',
  uploadTransactions: 'transactions',
  uploadControlFeedback: 'control-feedback',
  uploadRollback: 'rollback',
} as const satisfies Readonly<Record<string, PullOperation>>;

const NAMES = Object.fromEntries(Object.entries(OPERATION_NAMES).map(([name, operation]) => [operation, name])) as Readonly<
  Record<PullOperation, string>
>;

export function nameOf(operation: PullOperation): string {
  return NAMES[operation];
}
