import { AppError } from '#kernel';
import type { BankProfile } from '#connector-sdk';

/** What the dialect needs of a profile. */
export interface RealtimeJsonConfig {
  /** The bank's address without a slash at its end; asked at each call, because a test's server has its port only once it listens. */
  readonly endpoint: () => string;
  readonly concurrency: number;
  /** Real milliseconds. */
  readonly connectMs: number;
}

/**
 * @param endpoint stands in for the profile's, where the program that starts knows the address better than the file
 * @throws AppError `invalid-configuration` when there is no address
 */
export function readConfig(profile: BankProfile, endpoint?: () => string): RealtimeJsonConfig {
  const { bank, limits } = profile;
  const fixed = profile.endpoint;
  const address = endpoint ?? (fixed === undefined ? undefined : () => fixed);
  if (!address) throw new AppError('invalid-configuration', `${bank}: a bank that is called needs an endpoint`, { level: 'fatal' });
  return { endpoint: address, concurrency: limits.concurrency, connectMs: limits.connectMs };
}
