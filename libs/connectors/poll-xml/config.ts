import { AppError } from '#kernel';
import { courtXml, withOwnCodes, type BankProfile, type DialectCodes } from '#connector-sdk';
import { STATUS_TABLE } from './status-table.js';

export interface PollXmlConfig {
  /** As whom the bank signs in; its password comes from the key folder. */
  readonly user: string;
  /** The dialect's codes with the bank's own. */
  readonly codes: DialectCodes;
}

export const CODES = courtXml.courtCodes(STATUS_TABLE);

/** @throws AppError `invalid-configuration` when the profile names no user, or a code that the dialect has */
export function readConfig({ bank, user, codes }: BankProfile): PollXmlConfig {
  if (user === undefined) throw new AppError('invalid-configuration', `${bank}: a bank that polls needs a user`, { level: 'fatal' });
  return { user, codes: withOwnCodes(bank, CODES, codes) };
}
