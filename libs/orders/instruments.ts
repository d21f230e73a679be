import type { Instant, Minor } from '#kernel';
import type { InstrumentState } from './life-cycles/index.js';
import type { Policy } from './policy.js';
import type { Action, CaseKind, InstrumentType } from './words.js';

/** What the rules read of a legal document. */
export interface GateInstrument {
  readonly id: string;
  readonly type: InstrumentType;
  readonly state: InstrumentState;
  /** When given, it serves orders to this bank only. */
  readonly bank?: string;
  /** Only a ruling's counts: it limits the sum of the lines under it. */
  readonly amount?: Minor;
  /** The lines that already stand under it, apart from this request's; refused, withdrawn and lapsed ones do not count. */
  readonly amountUnder: Minor;
  readonly madeAt: Instant;
}

/** R4, R7: the types that must travel with an action, in the order of policy. */
export function requiredInstruments(policy: Policy, action: Action, kind: CaseKind): readonly InstrumentType[] {
  return [...policy.instruments[action], ...policy.extraInstruments[kind][action]];
}

/**
 * Whether an instrument may serve: at posting a draft will do, at dispatch only what carries the court's seal. A preservation application
 * is the applicant's own paper and never gets one.
 */
export function serves({ type, state }: Pick<GateInstrument, 'type' | 'state'>, mustBeSealed: boolean): boolean {
  return state === 'sealed' || state === 'used' || (state === 'draft' && (!mustBeSealed || type === 'preservation-application'));
}

/** Whether an instrument's bank, where it names one, is the order's. */
export function fitsBank(instrument: Pick<GateInstrument, 'bank'>, bank: string): boolean {
  return instrument.bank === undefined || instrument.bank === bank;
}

/** The newest instrument of a type that may serve an order to `bank`; of equal age the larger id, so that all processes choose alike. */
export function newestFitting(
  instruments: readonly GateInstrument[],
  type: InstrumentType,
  bank: string,
  mustBeSealed: boolean,
): GateInstrument | undefined {
  return instruments
    .filter((instrument) => instrument.type === type && serves(instrument, mustBeSealed) && fitsBank(instrument, bank))
    .reduce<GateInstrument | undefined>((best, next) => (best === undefined || isNewer(next, best) ? next : best), undefined);
}

function isNewer(a: GateInstrument, b: GateInstrument): boolean {
  return a.madeAt === b.madeAt ? a.id > b.id : a.madeAt > b.madeAt;
}

/** Rulings decide a sum; notices and applications only tell of it. */
export function isRuling(type: InstrumentType): boolean {
  return type.endsWith('-ruling');
}

export interface ChosenInstruments {
  readonly chosen: readonly GateInstrument[];
  readonly missing: readonly InstrumentType[];
}

/**
 * What goes with the order to one bank: the newest fitting instrument of each required type, among those the request names or, when it
 * names none, among all of the case.
 */
export function chooseInstruments(
  required: readonly InstrumentType[],
  instruments: readonly GateInstrument[],
  bank: string,
  options: { readonly named?: readonly string[]; readonly mustBeSealed?: boolean } = {},
): ChosenInstruments {
  const among = options.named === undefined ? instruments : instruments.filter(({ id }) => options.named?.includes(id));
  const found = required.map((type) => ({ type, best: newestFitting(among, type, bank, options.mustBeSealed ?? false) }));
  return {
    chosen: found.flatMap(({ best }) => (best ? [best] : [])),
    missing: found.flatMap(({ type, best }) => (best ? [] : [type])),
  };
}
