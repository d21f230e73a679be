import type { Entropy } from '#kernel';
import type { SystemKeys } from './key-encryption-keys.js';
import type { Pseudonyms } from './leaf-privacy.js';
import { FieldCipher } from './sealed-bytes.js';

export interface FactPrivacyParts {
  readonly entropy: Entropy;
  readonly pseudonyms: Pseudonyms;
  readonly systemKeys: SystemKeys;
}

/** How an app's facts are kept from telling who and what they are about: the `FactPrivacy` of libs/messaging. An opening opens beside its own leaf only. */
export function factPrivacy({ entropy, pseudonyms, systemKeys }: FactPrivacyParts) {
  const cipher = new FieldCipher(entropy);
  return {
    pseudonym: (year: number, kind: 'actor' | 'order' | 'case', value: string): string => pseudonyms.of(year, kind, value),
    sealOpening: (caseKey: Buffer | undefined, leafHash: string, opening: Buffer): Buffer =>
      cipher.sealBytes(caseKey ?? systemKeys.key('facts'), `facts|opening|${leafHash}`, opening),
  };
}
