import type { Clock, Entropy } from '#kernel';
import { FactRecorder, type FactPrivacy } from '#messaging';
import { FieldCipher, type Pseudonyms, type SystemKeys } from '#privacy';

/** Under this name the ledger says what happened in itself. */
export const FACT_SOURCE = 'audit-ledger';

export interface FactParts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly pseudonyms: Pick<Pseudonyms, 'of'>;
  readonly systemKeys: Pick<SystemKeys, 'key'>;
}

/** The recorder of the ledger's own facts, in its own database. */
export function makeFactRecorder({ clock, entropy, pseudonyms, systemKeys }: FactParts): FactRecorder {
  const cipher = new FieldCipher(entropy);
  const privacy: FactPrivacy = {
    pseudonym: (year, kind, value) => pseudonyms.of(year, kind, value),
    sealOpening: (caseKey, leafHash, opening) => cipher.sealBytes(caseKey ?? systemKeys.key('facts'), `facts|opening|${leafHash}`, opening),
  };
  return new FactRecorder(FACT_SOURCE, privacy, clock, entropy);
}
