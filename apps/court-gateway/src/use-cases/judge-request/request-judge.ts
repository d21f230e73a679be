import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#kernel';
import {
  approvalSubjectOf,
  checkAction,
  chooseInstruments,
  refusalErrors,
  requiredInstruments,
  type ActionFacts,
  type ApproverRole,
  type GateInstrument,
  type Refusal,
} from '#orders';
import type { Reader } from '#persistence';
import type { DataKey } from '#privacy';
import type { CaseRow } from '../../adapters/store/case-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { INSTRUMENTS, type InstrumentPort } from '../make-instrument/instrument-port.js';
import { gateFactsOf, type GateMoment } from './gate-facts.js';
import type { ResolvedRequest } from './lines.js';
import { OpenedOfficers } from './opened-officers.js';
import { loadSituation, type Situation, type SituationNeeds } from './situation.js';

/** Brings a case's rows before the gates of libs/orders (I1): at posting, at approval and before dispatch alike. */
@Injectable()
export class RequestJudge {
  private readonly officers = new OpenedOfficers();

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(INSTRUMENTS) private readonly instruments: InstrumentPort,
  ) {}

  /** For control actions `row` was read under the case's lock, and `reader` is that transaction. */
  situation(reader: Reader, row: CaseRow, caseKey: DataKey, needs: SituationNeeds): Promise<Situation> {
    return loadSituation(reader, { vault: this.vault, instruments: this.instruments, officers: this.officers }, row, caseKey, needs);
  }

  /** What the gates read, for one or several looks at it. */
  facts(situation: Situation, request: ResolvedRequest, moment: GateMoment): ActionFacts {
    return gateFactsOf(this.parts, situation, request, moment);
  }

  /** Which roles policy asks to approve this request, each by another person. */
  requiredRoles(facts: ActionFacts): readonly ApproverRole[] {
    return this.parts.policy.approvals[approvalSubjectOf(facts)];
  }

  /** What travels to one bank: the newest fitting instrument of each required type; the gates have seen that there is one. */
  instrumentsFor(situation: Situation, request: ResolvedRequest, bank: string): readonly GateInstrument[] {
    const required = requiredInstruments(this.parts.policy, request.action, situation.case.kind);
    const named = request.instrumentIds ? { named: request.instrumentIds } : {};
    return chooseInstruments(required, situation.instruments, bank, named).chosen;
  }
}

/** A shut gate as the error that the caller hears. */
export function refused(refusal: Refusal): AppError {
  // The interface has no word of its own for approvals that no longer stand: the request cannot be decided any more.
  const lost = refusal.code === 'approval-missing' || refusal.code === 'approval-lapsed';
  return new AppError(lost ? 'wrong-state' : refusal.code, refusal.detail, { errors: refusalErrors(refusal), extra: refusal.extra ?? {} });
}

/** Runs the gates of the stage that the facts name; seals and approvals are asked for at dispatch only. @throws AppError with the gate's code */
export function assertPasses(facts: ActionFacts): void {
  const refusal = checkAction(facts);
  if (refusal) throw refused(refusal);
}
