import type { StatusTable } from '#connector-sdk';

/** What a clerk may say of a line. Any other word is refused at the screen, so nothing typed is ever `undetermined`. */
export const STATUS_TABLE = {
  executed: 'executed',
  'partly-executed': 'partly-executed',
  refused: 'refused',
  'in-progress': 'in-progress',
} as const satisfies StatusTable;
