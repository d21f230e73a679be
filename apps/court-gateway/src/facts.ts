import { LRUCache } from 'lru-cache';
import { FactRecorder, type Fact, type FactPrivacy } from '#messaging';
import { FieldCipher, type Pseudonyms, type SystemKeys } from '#privacy';
import type { Clock, Entropy } from '#kernel';
import type { Database } from '#persistence';

/** Names of persons and cases whose pseudonyms are kept at hand. */
const PSEUDONYMS_MAX = 10_000;

export const FACT_SOURCE = 'court-gateway';

export interface FactParts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly pseudonyms: Pseudonyms;
  readonly systemKeys: SystemKeys;
}

/** Where the sealed opening of a leaf belongs, so that it opens beside its own leaf only. */
export function openingAad(leafHash: string): string {
  return `facts|opening|${leafHash}`;
}

/** The recorder of this app's facts: call `record(tx, fact)` in the transaction of what happened (I3, I12). */
export function makeFactRecorder({ clock, entropy, pseudonyms, systemKeys }: FactParts): FactRecorder {
  const cipher = new FieldCipher(entropy);
  const known = new LRUCache<string, string>({ max: PSEUDONYMS_MAX });
  const privacy: FactPrivacy = {
    pseudonym: (year, kind, value) => {
      const key = `${year}/${kind}/${value}`;
      const pseudonym = known.get(key) ?? pseudonyms.of(year, kind, value);
      // An order's name comes up a few times in its life; a case's and a person's all day long.
      if (kind !== 'order') known.set(key, pseudonym);
      return pseudonym;
    },
    sealOpening: (caseKey, leafHash, opening) => cipher.sealBytes(caseKey ?? systemKeys.key('facts'), openingAad(leafHash), opening),
  };
  return new FactRecorder(FACT_SOURCE, privacy, clock, entropy);
}

/** A fact that comes with no change of state, such as the reading of clear personal data: it is durable before the data is shown. */
export function recordAlone(database: Database, facts: FactRecorder, fact: Fact): Promise<string> {
  return database.run((tx) => facts.record(tx, fact));
}
