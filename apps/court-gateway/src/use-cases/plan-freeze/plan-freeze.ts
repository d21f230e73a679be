import { Inject, Injectable } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { AppError, newId, type Instant } from '#kernel';
import { freezePlan, planValidUntil, propertyOf, type FreezePlan, type PlanHolding } from '#orders';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { loadCase, type CaseRow } from '../../adapters/store/case-rows.js';
import { holdingsOfCase, type Holding } from '../../adapters/store/holdings-reading.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { positiveAt, unknownAt } from '../judge-request/amounts.js';
import { gateCaseOf, openFreezesOn, partyFacts, restrictionOfHolding } from '../judge-request/gate-facts.js';
import { RequestJudge } from '../judge-request/request-judge.js';
import type { Situation } from '../judge-request/situation.js';
import { REFRESH_FIGURES, staleFigures, type RefreshFigures } from '../refresh-figures.js';
import { insertPlan, planBasis } from './stored-plan.js';

export interface PlanWish {
  /** Decimal string in the case's currency; left out, all the room there is. */
  readonly amount?: string;
  /** What an officer found must be left in a holding (R24). */
  readonly reserves?: readonly { readonly holdingId: string; readonly amount: string; readonly basis: string }[];
}

export interface PreparedPlan {
  readonly caseId: string;
  readonly caseKey: DataKey;
}

export interface MadePlan {
  readonly id: string;
  readonly row: CaseRow;
  readonly committed: bigint;
  readonly plan: FreezePlan;
  readonly validTo: Instant;
}

/** `POST /cases/{id}/freeze-plan`: the allocation of libs/orders on the figures of this moment, kept for an hour. */
@Injectable()
export class PlanFreeze {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(RequestJudge) private readonly judge: RequestJudge,
    @Inject(REFRESH_FIGURES) private readonly figures: RefreshFigures,
  ) {}

  /** @throws AppError `not-found` */
  async prepare(principal: Principal, caseId: string): Promise<PreparedPlan> {
    const { reader } = this.parts.database;
    const row = await loadCase(reader, caseId);
    assertMay(principal, 'freeze-plan.make', { courtCode: row.court_code });
    const stale = staleFigures(this.parts.policy, this.parts.banks, await holdingsOfCase(reader, caseId), this.parts.clock.now());
    if (stale.length > 0) await this.figures.refresh(caseId, stale);
    return { caseId, caseKey: await this.vault.keyOf(caseId) };
  }

  /** @throws AppError `invalid`, `not-found`, `case-closed` */
  async make(tx: Tx, { caseId, caseKey }: PreparedPlan, wish: PlanWish, by: Principal): Promise<MadePlan> {
    const at = this.parts.clock.now();
    const row = await loadCase(tx, caseId);
    if (row.status === 'closed') throw new AppError('case-closed', '案件已结案');
    const holdings = await holdingsOfCase(tx, caseId);
    const needs = { action: 'freeze' as const, requestId: '', holdingIds: holdings.map(({ id }) => id), accountIndexes: [] };
    const situation = await this.judge.situation(tx, row, caseKey, needs);
    const { money, committed } = gateCaseOf(situation);
    const plan = freezePlan({
      currency: row.currency,
      money,
      committed,
      ...(wish.amount === undefined ? {} : { amount: positiveAt(wish.amount, row.currency, '/amount') }),
      holdings: situation.holdings.map((holding) => this.planHolding(situation, holding)),
      debtorRooms: roomsOf(situation),
      reserves: reservesOf(situation, wish),
    });
    const id = newId(this.parts.clock, this.parts.entropy);
    const validTo = planValidUntil(this.parts.policy, at);
    await insertPlan(tx, this.vault, caseKey, { id, case: row, plan, basis: await planBasis(tx, row), by: by.userId, at, validTo });
    return { id, row, committed, plan, validTo };
  }

  private planHolding(situation: Situation, holding: Holding): PlanHolding {
    const { row } = holding;
    const { policy } = this.parts;
    const restriction = restrictionOfHolding(policy, holding);
    return {
      id: row.id,
      debtorId: row.debtor_id,
      bank: row.bank,
      account: holding.account,
      currency: row.currency,
      property: propertyOf(policy, row.kind),
      available: BigInt(row.available),
      priorityRight: holding.priorityRights.length > 0,
      ...(restriction ? { restriction } : {}),
      openFreezes: openFreezesOn(situation.openLines, row.id),
    };
  }
}

function roomsOf(situation: Situation): ReadonlyMap<string, bigint> {
  return new Map(
    partyFacts(situation).flatMap(({ id, liabilityCap, committed }) =>
      liabilityCap === undefined ? [] : [[id, liabilityCap - committed] as const],
    ),
  );
}

function reservesOf(situation: Situation, { reserves = [] }: PlanWish): ReadonlyMap<string, bigint> {
  return new Map(
    reserves.map(({ holdingId, amount }, index) => {
      const holding = situation.holdings.find(({ row }) => row.id === holdingId);
      const pointer = `/reserves/${index}`;
      if (!holding) throw unknownAt(`${pointer}/holdingId`);
      return [holdingId, positiveAt(amount, holding.row.currency, `${pointer}/amount`)] as const;
    }),
  );
}
