import { isOpenAt, opensAt, type Clock } from '#kernel';
import type { BankDirectory } from '../../gateway-parts.js';
import type { Waiting } from './request-view.js';

/**
 * What a bank's calendar holds back now. It is read off the profile, as the bank's connector reads it, and not told by the connector: what
 * has not left causes no word of anybody's.
 */
export function bankWaiting(banks: BankDirectory, clock: Clock, bank: string): Waiting | undefined {
  const hours = banks.find(bank)?.service;
  const now = clock.now();
  if (!hours || isOpenAt(hours, now)) return undefined;
  const until = opensAt(hours, now);
  return { code: 'bank-closed', ...(until === undefined ? {} : { until }) };
}
