import { Inject, Injectable } from '@nestjs/common';
import { invariant } from '#kernel';
import type { ApproverRole } from '#orders';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { CaseRow } from '../../adapters/store/case-rows.js';
import { SYSTEM_USER } from '../../adapters/store/request-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { releaseLineOf } from '../post-request/resolve-lines.js';
import { RequestJudge } from '../judge-request/request-judge.js';
import { StoreRequest } from '../post-request/store-request.js';
import type { DraftedRelease } from '../system-requests.js';
import { officerOfCase } from './system-officer.js';

const GROUND = '控制金额超出案件标的额上限，解除超出部分';
/** What the system drafts never leaves without a person's approval, whatever policy asks of persons. */
const APPROVERS: readonly ApproverRole[] = ['judge'];

/**
 * Writes a release down that awaits a judge. It runs inside the transaction that found the excess, so it judges nothing: the gates
 * run when the judge approves, and the drafts of ruling and notice are made after the commit.
 */
@Injectable()
export class DraftRelease {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(RequestJudge) private readonly judge: RequestJudge,
    @Inject(StoreRequest) private readonly requests: StoreRequest,
  ) {}

  async draft(tx: Tx, row: CaseRow, caseKey: DataKey, lines: readonly DraftedRelease[]): Promise<string> {
    const id = this.requests.newRequestId();
    const officer = await officerOfCase(tx, row.id);
    const situation = await this.judge.situation(tx, row, caseKey, {
      action: 'release',
      requestId: id,
      ...(officer ? { officerId: officer.id } : {}),
      holdingIds: [],
      accountIndexes: [],
    });
    const resolved = lines.map(({ measureId, newLimit }, index) => {
      const measure = situation.measures.find((one) => one.id === measureId);
      invariant(measure, 'a release is drafted on measures of its case');
      return releaseLineOf(this.vault, caseKey, measure, newLimit, `/lines/${index}`);
    });
    const asked = this.parts.policy.approvals.release;
    await this.requests.store(tx, {
      id,
      request: { action: 'release', lines: resolved, reason: GROUND },
      terms: { ground: GROUND },
      situation,
      caseKey,
      required: asked.length > 0 ? asked : APPROVERS,
      by: SYSTEM_USER,
      draftedBySystem: true,
      at: this.parts.clock.now(),
      instrumentsOf: () => [],
      documentOf: () => invariant(false, 'a draft carries no documents') as never,
    });
    return id;
  }
}
