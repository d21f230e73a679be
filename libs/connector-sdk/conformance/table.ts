import type { BankProfile } from '../bank-profile.js';
import type { Manifest } from '../manifest.js';
import type { ConformanceCase, Need } from './case.js';
import { CERTIFICATES } from './cases/certificates.js';
import { DAY_STATEMENTS } from './cases/day-statements.js';
import { DEDUCTING } from './cases/deducting.js';
import { DESK, DESK_FILES } from './cases/desk.js';
import { DOCUMENTS, ROLLBACKS } from './cases/documents.js';
import { DUPLICATES } from './cases/duplicates.js';
import { ENCODINGS } from './cases/encodings.js';
import { FREEZING } from './cases/freezing.js';
import { INQUIRING } from './cases/inquiring.js';
import { LATENESS } from './cases/lateness.js';
import { LIMITS } from './cases/limits.js';
import { NOTICES } from './cases/notices.js';
import { RECEIPTS } from './cases/receipts.js';
import { REGISTER_ANSWERS } from './cases/register/answers.js';
import { ASKED_OF_REGISTERS } from './cases/register/common.js';
import { REGISTER_DOUBTS } from './cases/register/doubts.js';
import { REGISTER_REPETITIONS } from './cases/register/repetitions.js';
import { REGISTER_REQUESTS } from './cases/register/requests.js';
import { RELEASING } from './cases/releasing.js';
import { RENEWING } from './cases/renewing.js';
import { RUBBISH, SIGNATURES } from './cases/signatures.js';
import { DRILL_CODE, OWN_CODES } from './cases/own-codes.js';
import { UNKNOWN_WORDS } from './cases/unknown-words.js';

/**
 * Every case, in the order in which a report tells them. A case's place gives its debtor and accounts their numbers, so new cases go to
 * the end of the whole table: a bank that has loaded the fixture must not load it anew for a case that it does not run.
 */
export const CASES: readonly ConformanceCase[] = [
  ...INQUIRING,
  ...FREEZING,
  ...RENEWING,
  ...RELEASING,
  ...DEDUCTING,
  ...DUPLICATES,
  ...DOCUMENTS,
  ...ROLLBACKS,
  ...SIGNATURES,
  ...RUBBISH,
  ...ENCODINGS,
  ...LIMITS,
  ...UNKNOWN_WORDS,
  ...DESK,
  ...LATENESS,
  ...NOTICES,
  ...CERTIFICATES,
  ...DAY_STATEMENTS,
  ...REGISTER_REQUESTS,
  ...REGISTER_REPETITIONS,
  ...REGISTER_ANSWERS,
  ...REGISTER_DOUBTS,
  ...OWN_CODES,
  ...RECEIPTS,
  ...DESK_FILES,
];

/** A case with its place in the table. */
export interface PlacedCase {
  readonly place: number;
  readonly test: ConformanceCase;
}

/** The cases that a bank must pass. `isOurs`: it is the simulator, which can be told to fail. */
export function casesOf(profile: BankProfile, manifest: Manifest, isOurs: boolean): readonly PlacedCase[] {
  const isRegister = profile.xmlSignature !== undefined;
  const has: Readonly<Record<Need, boolean>> = {
    simulator: isOurs,
    'own-codes': Object.hasOwn(profile.codes?.status ?? {}, DRILL_CODE),
    notices: manifest.notices,
    'legal-persons': profile.legalPersons.length > 1,
    'day-statement': manifest.dayStatement && manifest.delivery === 'push',
    tls: profile.tls !== undefined,
    // Files lie at the bank's own machine.
    door: isOurs || manifest.delivery !== 'file',
    register: isRegister,
  };
  return CASES.map((test, place) => ({ place, test })).filter(
    ({ test }) =>
      (!isRegister || ASKED_OF_REGISTERS.has(test.name) || test.needs?.includes('register') === true) &&
      (test.deliveries?.includes(manifest.delivery) ?? true) &&
      (test.abilities ?? []).every((ability) => profile.abilities[ability]) &&
      (test.needs ?? []).every((need) => has[need]),
  );
}
