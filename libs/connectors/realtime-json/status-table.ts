import type { StatusTable } from '#connector-sdk';

/** Every code of the dialect for what became of a line (`stat`). A code that is not here is `undetermined`. */
export const STATUS_TABLE = {
  S: 'executed',
  P: 'partly-executed',
  F: 'refused',
  W: 'in-progress',
} as const satisfies StatusTable;
