import { invariant, maxMinor, parseAmount, sumMinor, type Instant } from '#kernel';
import {
  boundBy,
  committed,
  propertyOf,
  restrictionOf,
  type ActionFacts,
  type GateApprovals,
  type GateBank,
  type GateCase,
  type GateFacts,
  type GateHold,
  type GateHolding,
  type GateMeasure,
  type GateOfficer,
  type GateParty,
  type GateStage,
  type Policy,
  type RestrictionFacts,
} from '#orders';
import { caseMoneyOf } from '../../adapters/store/case-rows.js';
import type { Holding } from '../../adapters/store/holdings-reading.js';
import { measureMoneyOf, type MeasureRow } from '../../adapters/store/measures-reading.js';
import { gateOfficerOf } from '../../adapters/store/officer-rows.js';
import type { OpenLine } from '../../adapters/store/order-rows.js';
import type { BankDirectory, GatewayBank } from '../../gateway-parts.js';
import type { ResolvedLine, ResolvedRequest } from './lines.js';
import type { Situation } from './situation.js';

/** What does not change from request to request. */
export interface GateRules {
  readonly policy: Policy;
  readonly banks: BankDirectory;
}

/** The moment and the person at which the gates run. */
export interface GateMoment {
  readonly stage: GateStage;
  readonly at: Instant;
  /** User id of who posts; judged at posting only. */
  readonly actor: string;
  readonly approvals?: GateApprovals;
}

/** Nobody: an officer who stands in no register is filed with no bank. */
const NO_OFFICER: GateOfficer = {
  id: '',
  validFrom: '9999-12-31',
  validTo: '0001-01-01',
  workId: '',
  dutyId: '',
  hasWorkIdImage: false,
  hasDutyIdImage: false,
  filings: [],
};

/** Puts a case's situation and a request's lines into the form that the gates of libs/orders read. */
export function gateFactsOf(rules: GateRules, situation: Situation, request: ResolvedRequest, moment: GateMoment): ActionFacts {
  const base = baseFacts(rules, situation, request, moment);
  switch (request.action) {
    case 'inquire':
      return { ...base, action: 'inquire', lines: request.lines, ...(request.transactions ? { transactions: request.transactions } : {}) };
    case 'freeze':
      invariant(request.term, 'a freeze has a term');
      return { ...base, action: 'freeze', term: request.term, lines: freezeLines(rules.policy, situation, request.lines) };
    case 'renew':
      invariant(request.until, 'a renewal has an end');
      return {
        ...base,
        action: 'renew',
        until: request.until,
        lines: request.lines.map((line) => onMeasure(rules.policy, situation, line)),
      };
    case 'release':
      return {
        ...base,
        action: 'release',
        lines: request.lines.map((line) => ({ ...onMeasure(rules.policy, situation, line), ...target(line) })),
      };
    case 'deduct':
      return {
        ...base,
        action: 'deduct',
        lines: request.lines.map((line) => ({ ...onMeasure(rules.policy, situation, line), amount: line.amount ?? 0n })),
        ...(situation.courtAccount ? { courtAccount: { registered: situation.courtAccount.registered } } : {}),
      };
  }
}

/** A release line is judged in the form in which it was posted, and later by the limit that it leaves. */
function target(line: ResolvedLine): { readonly amount?: bigint; readonly newLimit?: bigint } {
  return line.release ?? { newLimit: line.newLimit ?? 0n };
}

function baseFacts(rules: GateRules, situation: Situation, request: ResolvedRequest, moment: GateMoment): Omit<GateFacts, 'lines'> {
  const { officer } = situation;
  return {
    policy: rules.policy,
    stage: moment.stage,
    at: moment.at,
    // Whether his role may post at all is judged by the access policy before anything is loaded.
    actor: { permitted: true, handler: situation.handlers.includes(moment.actor) },
    officer: officer ? gateOfficerOf(officer, situation.filings) : NO_OFFICER,
    case: gateCaseOf(situation),
    parties: partyFacts(situation),
    banks: gateBanks(rules.banks.all()),
    holds: holdsOf(rules.policy, situation),
    instruments: situation.instruments,
    ...(request.instrumentIds ? { instrumentIds: request.instrumentIds } : {}),
    ...(moment.approvals ? { approvals: moment.approvals } : {}),
    ...(request.reason === undefined ? {} : { reason: request.reason }),
  };
}

export const namedByCode = new WeakMap<readonly GatewayBank[], readonly GateBank[]>();

/** The gates know a bank by its code. Profiles are read once at start, so they are renamed once. */
function gateBanks(banks: readonly GatewayBank[]): readonly GateBank[] {
  const known = namedByCode.get(banks) ?? banks.map((bank) => ({ ...bank, name: bank.bank }));
  namedByCode.set(banks, known);
  return known;
}

export function gateCaseOf({ case: row, measures, openLines }: Situation): GateCase {
  const money = caseMoneyOf(row);
  return {
    id: row.id,
    status: row.status,
    kind: row.kind,
    ...(row.closed_manner === null ? {} : { closedManner: row.closed_manner }),
    currency: row.currency,
    money,
    committed: committed(money, measures.map(measureMoneyOf), amountsOf(openLines, 'freeze')),
    openDeducts: sumMinor(amountsOf(openLines, 'deduct')),
  };
}

/** The part of the case's sums that is one debtor's own. */
export function partyFacts(situation: Situation): readonly GateParty[] {
  return situation.parties.map((party) => {
    const measures = situation.measures.filter((measure) => measure.debtor_id === party.id).map(measureMoneyOf);
    const lines = situation.openLines.filter((line) => line.debtor_id === party.id);
    const collected = situation.collected.get(party.id) ?? 0n;
    return {
      id: party.id,
      role: party.role,
      ...(party.liability_cap === null ? {} : { liabilityCap: BigInt(party.liability_cap) }),
      committed: committed({ ceiling: 0n, collected, satisfied: 0n }, measures, amountsOf(lines, 'freeze')),
      collected,
      openDeducts: sumMinor(amountsOf(lines, 'deduct')),
    };
  });
}

function amountsOf(lines: readonly OpenLine[], action: OpenLine['action']): readonly bigint[] {
  return lines.filter((line) => line.action === action).map((line) => BigInt(line.amount ?? 0));
}

/** A hold stands on the whole case; it stops what a suspension stops, so a release may go. */
function holdsOf(policy: Policy, { case: row }: Situation): readonly GateHold[] {
  if (row.hold === null) return [];
  return [{ id: row.id, subject: 'case', subjectId: row.id, blocks: policy.suspensionBlocks, reason: row.hold }];
}

/** R24: what the bank stated of a holding, with policy's word on it. */
export function restrictionOfHolding(policy: Policy, { row, restriction }: Holding): RestrictionFacts | undefined {
  if (!restriction) return restrictionOf(policy, row.kind);
  const { code, reserve, basis } = restriction;
  return restrictionOf(policy, row.kind, {
    code,
    ...(reserve ? { reserve: parseAmount(reserve.amount, reserve.currency) } : {}),
    ...(basis === undefined ? {} : { basis }),
  });
}

/** Open freeze lines on a holding that the bank's figure does not know of yet. */
export function openFreezesOn(openLines: readonly OpenLine[], holdingId: string): bigint {
  return sumMinor(
    amountsOf(
      openLines.filter((line) => line.holding_id === holdingId),
      'freeze',
    ),
  );
}

function freezeLines(policy: Policy, situation: Situation, lines: readonly ResolvedLine[]) {
  return lines.map((line) => {
    const holding = situation.holdings.find(({ row }) => row.id === line.holdingId);
    return {
      ...line,
      amount: line.amount ?? 0n,
      scope: line.scope ?? ('funds' as const),
      ...(holding ? { holding: gateHoldingOf(policy, situation, holding) } : {}),
    };
  });
}

function gateHoldingOf(policy: Policy, situation: Situation, holding: Holding): GateHolding {
  const { row } = holding;
  const restriction = restrictionOfHolding(policy, holding);
  return {
    id: row.id,
    debtorId: row.debtor_id,
    currency: row.currency,
    property: propertyOf(policy, row.kind),
    available: BigInt(row.available),
    ...(restriction ? { restriction } : {}),
    openFreezes: openFreezesOn(situation.openLines, row.id),
  };
}

function onMeasure(policy: Policy, situation: Situation, line: ResolvedLine) {
  const measure = situation.measures.find(({ id }) => id === line.measureId);
  invariant(measure, 'the lines were resolved against these measures');
  return {
    pointer: line.pointer,
    bank: line.bank,
    debtorId: line.debtorId,
    measure: gateMeasureOf(policy, situation, measure, line),
  };
}

function gateMeasureOf(policy: Policy, situation: Situation, row: MeasureRow, line: ResolvedLine): GateMeasure {
  const holding = situation.holdings.find((one) => one.row.id === row.holding_id);
  const restriction = holding ? restrictionOfHolding(policy, holding) : restrictionOf(policy, row.kind);
  const own = situation.openLines.filter((open) => open.measure_id === row.id);
  const releases = own.filter(({ action }) => action === 'release');
  return {
    id: row.id,
    status: row.status,
    debtorId: row.debtor_id,
    bank: row.bank,
    ...(row.holding_id === null ? {} : { holdingId: row.holding_id }),
    account: line.account?.number ?? '',
    currency: row.currency,
    scope: row.scope,
    property: propertyOf(policy, row.kind),
    limit: BigInt(row.limit_amount),
    covered: BigInt(row.covered),
    ...(holding ? { balance: BigInt(holding.row.balance) } : {}),
    ...(restriction ? { restriction } : {}),
    from: row.from_date,
    to: row.to_date,
    openDeducts: sumMinor(amountsOf(own, 'deduct')),
    openReleases: sumMinor(amountsOf(releases, 'release')),
    wholeReleaseOpen: releases.some((open) => open.new_limit === 0),
  };
}

/** By how much a release to `newLimit` lowers what a measure binds. */
export function loweredBy(row: MeasureRow, newLimit: bigint): bigint {
  return maxMinor(0n, boundBy(measureMoneyOf(row)) - newLimit);
}
