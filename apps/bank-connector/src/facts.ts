import { FactRecorder } from '#messaging';
import { factPrivacy, type FactPrivacyParts } from '#privacy';
import type { Clock } from '#kernel';

/** A connector tells facts of its own, so that the gateway cannot hide an answer. */
export function factSource(bank: string): string {
  return `bank-connector/${bank}`;
}

export interface FactParts extends FactPrivacyParts {
  readonly clock: Clock;
}

export function makeFactRecorder(bank: string, parts: FactParts): FactRecorder {
  return new FactRecorder(factSource(bank), factPrivacy(parts), parts.clock, parts.entropy);
}
