import { Inject, Injectable } from '@nestjs/common';
import type { DocumentRef } from '#contracts';
import { canonicalBytes, sha256Hex, type CanonicalValue } from '#kernel';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { loadCase, lockCase, type CaseRow } from '../../adapters/store/case-rows.js';
import type { RequestTerms } from '../../adapters/store/request-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { preparedDocument } from '../dispatch-orders/order-papers.js';
import type { ResolvedLine, ResolvedRequest } from '../judge-request/lines.js';
import { assertPasses, RequestJudge } from '../judge-request/request-judge.js';
import type { SituationNeeds } from '../judge-request/situation.js';
import { usePlan } from '../plan-freeze/stored-plan.js';
import type { FreezeCommand, RequestCommand } from './command.js';
import { resolveLines } from './resolve-lines.js';
import { StoreRequest, type StoredRequest } from './store-request.js';

/** A request with what was fetched for it before the transaction. */
export interface RequestToAccept {
  readonly command: RequestCommand;
  readonly caseKey: DataKey;
  /** The register's entry whose credentials travel; left out when whoever posts stands in no register. */
  readonly officerId?: string;
  /** User id of who posts. */
  readonly by: string;
  readonly draftedBySystem: boolean;
  /** Sealed documents for a request that leaves at once, by instrument. */
  readonly documents: ReadonlyMap<string, DocumentRef>;
  /** Left out, every line is kept; the system asks for some pairs of bank and debtor only. */
  readonly keeps?: (line: ResolvedLine) => boolean;
}

export interface AcceptedRequest extends StoredRequest {
  readonly command: RequestCommand;
  readonly required: number;
}

/**
 * The transaction of posting (I1, I3, I7, I8): under the case's lock, where money is concerned, the lines are looked up, the gates
 * run, and the request with its orders is written, or a gate's refusal undoes everything.
 */
@Injectable()
export class AcceptRequest {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(RequestJudge) private readonly judge: RequestJudge,
    @Inject(StoreRequest) private readonly requests: StoreRequest,
  ) {}

  /** @throws AppError with the code of the gate that is shut, `invalid`, `not-found`, `plan-stale` */
  async accept(tx: Tx, posted: RequestToAccept): Promise<AcceptedRequest> {
    const at = this.parts.clock.now();
    const id = this.requests.newRequestId();
    // An inquiry touches no money, so it neither waits for the case's lock nor makes others wait.
    const row = posted.command.action === 'inquire' ? await loadCase(tx, posted.command.caseId) : await lockCase(tx, posted.command.caseId);
    const command = await this.withPlan(tx, posted, row);
    const { caseKey } = posted;
    const situation = await this.judge.situation(tx, row, caseKey, this.needsOf(command, id, posted.officerId));
    const around = { situation, banks: this.parts.banks, vault: this.vault, caseKey };
    const request = requestOf(command, resolveLines(command, around).filter(posted.keeps ?? (() => true)));
    // Whether a person may post is no question where the system does.
    const stage = posted.draftedBySystem ? 'approval' : 'posting';
    const facts = this.judge.facts(situation, request, { stage, at, actor: posted.by });
    assertPasses(facts);
    const required = this.judge.requiredRoles(facts);
    if (required.length === 0) assertPasses({ ...facts, stage: 'dispatch', approvals: { required, given: [], requestedAt: at } });
    const stored = await this.requests.store(tx, {
      id,
      request,
      terms: termsOf(posted.command),
      situation,
      caseKey,
      required,
      by: posted.by,
      draftedBySystem: posted.draftedBySystem,
      at,
      instrumentsOf: (bank) => this.judge.instrumentsFor(situation, request, bank).map((instrument) => instrument.id),
      documentOf: (instrumentId) => preparedDocument(posted.documents, instrumentId),
    });
    return { ...stored, command: posted.command, required: required.length };
  }

  /** A freeze by plan has the plan's lines; a plan is read under the lock, so that nothing can make it stale after the look. */
  private async withPlan(tx: Tx, { command, caseKey }: RequestToAccept, row: CaseRow): Promise<RequestCommand> {
    if (command.action !== 'freeze' || command.planId === undefined) return command;
    const plan = await usePlan(tx, this.vault, caseKey, row, command.planId, this.parts.clock.now());
    const byPlan: FreezeCommand = { ...command, lines: plan.lines };
    return byPlan;
  }

  private needsOf(command: RequestCommand, requestId: string, officerId: string | undefined): SituationNeeds {
    const lines = command.action === 'freeze' ? (command.lines ?? []) : [];
    return {
      action: command.action,
      ...(officerId === undefined ? {} : { officerId }),
      requestId,
      holdingIds: lines.flatMap(({ holdingId }) => (holdingId === undefined ? [] : [holdingId])),
      ...(command.action === 'inquire' && command.debtorIds ? { partyIds: command.debtorIds } : {}),
      accountIndexes: lines.flatMap(({ account }) => (account === undefined ? [] : [this.vault.blind.of('account', account)])),
    };
  }
}

function requestOf(command: RequestCommand, lines: ResolvedRequest['lines']): ResolvedRequest {
  return {
    action: command.action,
    lines,
    ...(command.action === 'inquire' && command.transactions ? { transactions: command.transactions } : {}),
    ...(command.action === 'freeze' ? { term: command.term } : {}),
    ...(command.action === 'renew' ? { until: command.until } : {}),
    ...(command.reason === undefined ? {} : { reason: command.reason }),
    ...(command.instrumentIds ? { instrumentIds: command.instrumentIds } : {}),
  };
}

function termsOf(command: RequestCommand): RequestTerms {
  return {
    ...(command.reason === undefined ? {} : { reason: command.reason }),
    ...(command.instrumentIds ? { instrumentIds: command.instrumentIds } : {}),
    ...(command.action === 'inquire' && command.transactions ? { transactions: command.transactions } : {}),
    ...(command.action === 'freeze' ? { term: command.term } : {}),
    ...(command.action === 'freeze' && command.planId !== undefined ? { planId: command.planId } : {}),
    ...(command.action === 'renew' ? { until: command.until } : {}),
    ...(command.action === 'release' && command.ground !== undefined ? { ground: command.ground } : {}),
    bodySha256: sha256Hex(canonicalBytes(command as unknown as CanonicalValue)),
  };
}
