import { AppError } from '#kernel';
import { withOwnCodes, type BankProfile, type BankTls, type DialectCodes } from '#connector-sdk';
import { CODES } from './codes.js';

/** What the dialect needs of a profile. */
export interface RealtimeJsonConfig {
  /** The bank's address without a slash at its end; asked at each call, because a test's server has its port only once it listens. */
  readonly endpoint: () => string;
  readonly concurrency: number;
  /** Real milliseconds. */
  readonly connectMs: number;
  /** What is shown to the bank and whom we trust; needed wherever the address is https. */
  readonly tls?: BankTls;
  /** The dialect's codes with the bank's own; left out, the dialect's. */
  readonly codes?: DialectCodes;
}

export interface ConfigParts {
  /** Stands in for the profile's address, where the program that starts knows it better than the file. */
  readonly endpoint?: (() => string) | undefined;
  readonly tls?: BankTls | undefined;
}

/** @throws AppError `invalid-configuration` when there is no address, or it is one of plain HTTP, its certificates are missing, or it says a code that the dialect has */
export function readConfig(profile: BankProfile, { endpoint, tls }: ConfigParts = {}): RealtimeJsonConfig {
  const { bank, limits } = profile;
  const fixed = profile.endpoint;
  const address = endpoint ?? (fixed === undefined ? undefined : () => fixed);
  if (!address) throw misconfigured(`${bank}: a bank that is called needs an endpoint`);
  if (!endpoint && !fixed?.startsWith('https:')) throw misconfigured(`${bank}: the endpoint must be https`);
  if (!endpoint && !tls) throw misconfigured(`${bank}: an https endpoint needs tls with authority, certificate and key`);
  const codes = withOwnCodes(bank, CODES, profile.codes);
  return { endpoint: address, concurrency: limits.concurrency, connectMs: limits.connectMs, codes, ...(tls ? { tls } : {}) };
}

function misconfigured(detail: string): AppError {
  return new AppError('invalid-configuration', detail, { level: 'fatal' });
}
