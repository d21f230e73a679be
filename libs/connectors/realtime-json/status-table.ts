import type { StatusTable } from '#connector-sdk';

/** Every word of the dialect for what became of a line. A word that is not here is `undetermined`. */
export const STATUS_TABLE = {
  done: 'executed',
  partial: 'partly-executed',
  refused: 'refused',
  processing: 'in-progress',
} as const satisfies StatusTable;
