import { Inject, Injectable } from '@nestjs/common';
import { GATE_CODES } from '#http';
import { AppError, errorText } from '#kernel';
import type { Relay } from '#messaging';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { loadCase, type CaseRow } from '../../adapters/store/case-rows.js';
import { openOfficer } from '../../adapters/store/officer-rows.js';
import { loadRequest, SYSTEM_USER } from '../../adapters/store/request-rows.js';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { OrderPapers } from '../dispatch-orders/order-papers.js';
import { AcceptRequest } from '../post-request/accept-request.js';
import type { InquireCommand } from '../post-request/command.js';
import type { StaleFigures } from '../refresh-figures.js';
import type { DraftedRelease, SystemRequests } from '../system-requests.js';
import { DraftRelease } from './draft-release.js';
import { officerOfCase } from './system-officer.js';
import { SystemPapers } from './system-papers.js';

const GATES: ReadonlySet<string> = new Set(GATE_CODES);

/** What a draft is made with. */
@Injectable()
export class DraftTools {
  constructor(
    @Inject(OrderPapers) readonly papers: OrderPapers,
    @Inject(AcceptRequest) readonly requests: AcceptRequest,
    @Inject(DraftRelease) readonly release: DraftRelease,
    @Inject(SystemPapers) readonly drafts: SystemPapers,
    @Inject(GATEWAY_RELAY) readonly relay: Relay,
  ) {}
}

/** What the system asks of banks by itself (I7, I16): releases that await a judge, and inquiries that refresh figures. */
@Injectable()
export class DraftSystemRequest implements SystemRequests {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(DraftTools) private readonly tools: DraftTools,
  ) {}

  async draftRelease(tx: Tx, row: CaseRow, caseKey: DataKey, lines: readonly DraftedRelease[]): Promise<string> {
    const id = await this.tools.release.draft(tx, row, caseKey, lines);
    // The approval makes them where this has failed, so a failure is only told.
    const failed = (error: unknown): void =>
      this.parts.log.write('warn', 'system-drafts-not-made', { requestId: id, reason: errorText(error) });
    tx.afterCommit(() => {
      this.makeDrafts(id).catch(failed);
    });
    return id;
  }

  async inquire(caseId: string, figures: readonly StaleFigures[]): Promise<string | undefined> {
    const { reader } = this.parts.database;
    const row = await loadCase(reader, caseId);
    const officer = await officerOfCase(reader, caseId);
    if (!officer) return undefined;
    await this.tools.papers.credentials(caseId, openOfficer(this.vault, officer));
    const banks = [...new Set(figures.map(({ bank }) => bank))];
    const debtorIds = [...new Set(figures.map(({ debtorId }) => debtorId))];
    const command: InquireCommand = { action: 'inquire', caseId, debtorIds, banks };
    const documents = await this.tools.papers.forLeavingAtOnce(row, { action: 'inquire', banks });
    const caseKey = await this.vault.keyOf(caseId);
    const wanted = new Set(figures.map(({ bank, debtorId }) => `${bank}|${debtorId}`));
    const posted = {
      command,
      caseKey,
      officerId: officer.id,
      by: SYSTEM_USER,
      draftedBySystem: true,
      documents,
      keeps: ({ bank, debtorId }: StaleFigures) => wanted.has(`${bank}|${debtorId}`),
    };
    try {
      const { id } = await this.parts.database.run((tx) => this.tools.requests.accept(tx, posted));
      this.tools.relay.nudge();
      return id;
    } catch (error) {
      if (error instanceof AppError && GATES.has(error.code)) return undefined;
      throw error;
    }
  }

  private async makeDrafts(requestId: string): Promise<void> {
    await this.tools.drafts.ensure(await loadRequest(this.parts.database.reader, requestId));
  }
}
