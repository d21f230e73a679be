import { Inject, Injectable } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import type { DocumentRef } from '#contracts';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { handlersOf, loadCase, type CaseRow } from '../../adapters/store/case-rows.js';
import { measuresByIds } from '../../adapters/store/measures-reading.js';
import { findOfficerByUsername, openOfficer, type Officer } from '../../adapters/store/officer-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { OrderPapers } from '../dispatch-orders/order-papers.js';
import { REFRESH_FIGURES, staleFigures, type RefreshFigures } from '../refresh-figures.js';
import { AcceptRequest, type AcceptedRequest } from './accept-request.js';
import type { RequestCommand } from './command.js';

/** A request whose poster may post it, with all that its transaction needs. */
export interface PreparedPost {
  readonly caseId: string;
  readonly caseKey: DataKey;
  readonly accept: (tx: Tx) => Promise<AcceptedRequest>;
}

interface KnownCase {
  readonly row: CaseRow;
  readonly handlers: readonly string[];
  readonly key: DataKey;
}

/**
 * What the requests of one call share, so that a batch looks it up once. It only prepares: every fact that a gate reads is read
 * again in the transaction.
 */
export class SharedLookups {
  private readonly cases = new Map<string, Promise<KnownCase>>();
  private readonly documents = new Map<string, Promise<ReadonlyMap<string, DocumentRef>>>();
  private officer: Promise<Officer | undefined> | undefined;

  caseOf(caseId: string, load: () => Promise<KnownCase>): Promise<KnownCase> {
    return once(this.cases, caseId, load);
  }

  documentsOf(key: string, load: () => Promise<ReadonlyMap<string, DocumentRef>>): Promise<ReadonlyMap<string, DocumentRef>> {
    return once(this.documents, key, load);
  }

  officerOf(load: () => Promise<Officer | undefined>): Promise<Officer | undefined> {
    this.officer ??= load();
    return this.officer;
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, load: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? load();
  known.set(key, found);
  return found;
}

/** `POST /requests`: who may post, what is fetched before the transaction, and the transaction itself. */
@Injectable()
export class PostRequest {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(OrderPapers) private readonly papers: OrderPapers,
    @Inject(REFRESH_FIGURES) private readonly figures: RefreshFigures,
    @Inject(AcceptRequest) private readonly requests: AcceptRequest,
  ) {}

  /** @throws AppError `not-found`, `forbidden`, `not-handler` */
  async prepare(principal: Principal, command: RequestCommand, shared = new SharedLookups()): Promise<PreparedPost> {
    const { caseId } = command;
    const { row, handlers, key } = await shared.caseOf(caseId, () => this.knownCase(caseId));
    assertMay(principal, `request.${command.action}`, { courtCode: row.court_code, handlers });
    const officer = await shared.officerOf(() => this.officerOf(principal.username));
    await this.papers.credentials(caseId, officer);
    const documents = await this.documentsOf(command, row, shared);
    await this.refreshBeforeDeduct(command);
    const posted = {
      command,
      caseKey: key,
      by: principal.userId,
      draftedBySystem: false,
      documents,
      ...(officer ? { officerId: officer.id } : {}),
    };
    return { caseId, caseKey: key, accept: (tx) => this.requests.accept(tx, posted) };
  }

  private async knownCase(caseId: string): Promise<KnownCase> {
    const { reader } = this.parts.database;
    const row = await loadCase(reader, caseId);
    return { row, handlers: await handlersOf(reader, caseId), key: await this.vault.keyOf(caseId) };
  }

  private async officerOf(username: string): Promise<Officer | undefined> {
    const row = await findOfficerByUsername(this.parts.database.reader, username);
    return row && openOfficer(this.vault, row);
  }

  /** Only a request that leaves at once needs its documents now; drafts of the others are sealed by the approval. */
  private async documentsOf(command: RequestCommand, row: CaseRow, shared: SharedLookups): Promise<ReadonlyMap<string, DocumentRef>> {
    const { action } = command;
    const subject = command.action === 'inquire' && command.transactions ? 'inquire-transactions' : action;
    if (this.parts.policy.approvals[subject].length > 0) return new Map();
    const banks = (command.action === 'inquire' ? command.banks : undefined) ?? this.parts.banks.all().map(({ bank }) => bank);
    const { instrumentIds } = command;
    const wanted = { action, banks, ...(instrumentIds ? { instrumentIds } : {}) };
    const key = JSON.stringify([row.id, action, banks, instrumentIds]);
    return shared.documentsOf(key, () => this.papers.forLeavingAtOnce(row, wanted));
  }

  private async refreshBeforeDeduct(command: RequestCommand): Promise<void> {
    if (command.action !== 'deduct') return;
    const ids = command.lines.map(({ measureId }) => measureId);
    const measures = await measuresByIds(this.parts.database.reader, command.caseId, ids);
    const stale = staleFigures(this.parts.policy, this.parts.banks, measures, this.parts.clock.now());
    if (stale.length > 0) await this.figures.refresh(command.caseId, stale);
  }
}
