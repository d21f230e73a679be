import type { StatusTable } from '#connector-sdk';

/** KZZT, with EX1_STATUS behind a stroke where the bank says more. A word that is not here is `undetermined` (I6). */
export const STATUS_TABLE = {
  '1': 'executed',
  '2': 'refused',
  '1/partial': 'partly-executed',
  '2/processing': 'in-progress',
} as const satisfies StatusTable;
