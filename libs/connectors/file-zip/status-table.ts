import type { StatusTable } from '#connector-sdk';

/** 控制结果 KZZT, with the extension EX1_STATUS behind a stroke where the bank says more than 2016 could. Anything else is `undetermined`. */
export const STATUS_TABLE = {
  '1': 'executed',
  '2': 'refused',
  '1/partial': 'partly-executed',
  '2/processing': 'in-progress',
} as const satisfies StatusTable;
