import { FactRecorder, type FactPrivacy } from '#messaging';
import { FieldCipher, type Pseudonyms, type SystemKeys } from '#privacy';
import type { Clock, Entropy } from '#kernel';

/** A connector tells facts of its own, so that the gateway cannot hide an answer. */
export function factSource(bank: string): string {
  return `bank-connector/${bank}`;
}

export interface FactParts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly pseudonyms: Pseudonyms;
  readonly systemKeys: SystemKeys;
}

export function makeFactRecorder(bank: string, { clock, entropy, pseudonyms, systemKeys }: FactParts): FactRecorder {
  const cipher = new FieldCipher(entropy);
  const privacy: FactPrivacy = {
    pseudonym: (year, kind, value) => pseudonyms.of(year, kind, value),
    sealOpening: (caseKey, leafHash, opening) => cipher.sealBytes(caseKey ?? systemKeys.key('facts'), `facts|opening|${leafHash}`, opening),
  };
  return new FactRecorder(factSource(bank), privacy, clock, entropy);
}
