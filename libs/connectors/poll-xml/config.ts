import { AppError } from '#kernel';
import type { BankProfile } from '#connector-sdk';

export interface PollXmlConfig {
  /** As whom the bank signs in; its password comes from the key folder. */
  readonly user: string;
}

/** @throws AppError `invalid-configuration` when the profile names no user */
export function readConfig({ bank, user }: BankProfile): PollXmlConfig {
  if (user === undefined) throw new AppError('invalid-configuration', `${bank}: a bank that polls needs a user`, { level: 'fatal' });
  return { user };
}
