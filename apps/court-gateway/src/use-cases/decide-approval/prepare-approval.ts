import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { assertMay, type Principal } from '#access';
import type { DocumentRef } from '#contracts';
import { invariant } from '#kernel';
import { missingApprovals, type InstrumentType } from '#orders';
import type { DataKey } from '#privacy';
import { findOfficer, openOfficer } from '../../adapters/store/officer-rows.js';
import { instrumentsOfRequest } from '../../adapters/store/order-instruments.js';
import { openParty, partiesOf, type Party } from '../../adapters/store/party-rows.js';
import { approvalsOf, givenApprovals, loadRequest, requiredRoles, type RequestRow } from '../../adapters/store/request-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { OrderPapers } from '../dispatch-orders/order-papers.js';
import { SystemPapers } from '../draft-system-request/system-papers.js';
import { recallRequest, type NumberedOrder } from '../judge-request/stored-request.js';
import type { ResolvedRequest } from '../judge-request/lines.js';
import { INSTRUMENTS, type InstrumentPort, type InstrumentRecord, type PreparedSeal } from '../make-instrument/instrument-port.js';
import { noticeLinesOf } from './notice-lines.js';

/** Documents that an approval will put into force, made before its transaction. */
export interface PreparedPapers {
  readonly seals: readonly PreparedSeal[];
  readonly documentsOf: ReadonlyMap<string, readonly DocumentRef[]>;
}

export interface PreparedApproval {
  readonly request: RequestRow;
  readonly caseKey: DataKey;
  /** Left out when the decision releases nothing. */
  readonly papers?: PreparedPapers;
}

/** Notices rendered at the same time for one approval; the renderer's own pool bounds them over all approvals. */
const NOTICES_AT_ONCE = 4;

/** Seals that later approvals under the same draft find again; one takes some hundred bytes. */
const SEALS_REMEMBERED_MAX = 2_000;

/** What goes before the transaction of an approval: who may give it, seals, and each order's notice from its own lines only. */
@Injectable()
export class PrepareApproval {
  private readonly seals = new LRUCache<string, Promise<PreparedSeal>>({ max: SEALS_REMEMBERED_MAX });

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(INSTRUMENTS) private readonly instruments: InstrumentPort,
    @Inject(OrderPapers) private readonly papers: OrderPapers,
    @Inject(SystemPapers) private readonly drafts: SystemPapers,
  ) {}

  /** @throws AppError `not-found`, `forbidden`, `own-approval`, `unavailable` (too many documents wait) */
  async prepare(principal: Principal, requestId: string, approves: boolean): Promise<PreparedApproval> {
    const { reader } = this.parts.database;
    const request = await loadRequest(reader, requestId);
    await assertMayDecide(reader, request, principal);
    const caseKey = await this.vault.keyOf(request.case_id);
    if (!approves || request.status !== 'awaiting-approval') return { request, caseKey };
    await this.drafts.ensure(request);
    return { request, caseKey, papers: await this.papersOf(request, caseKey) };
  }

  private async papersOf(row: RequestRow, caseKey: DataKey): Promise<PreparedPapers> {
    const { reader } = this.parts.database;
    const officer = row.officer_id === null ? undefined : await findOfficer(reader, row.officer_id);
    if (officer) await this.papers.credentials(row.case_id, openOfficer(this.vault, officer));
    const links = await instrumentsOfRequest(reader, row.id);
    const ids = [...new Set(links.map(({ instrumentId }) => instrumentId))];
    const records = (await this.instruments.ofCase(reader, row.case_id)).filter(({ id }) => ids.includes(id));
    const seals = await Promise.all(records.map((record) => this.sealOf(record)));
    const recalled = await recallRequest(reader, this.vault, caseKey, row);
    const parties = (await partiesOf(reader, row.case_id)).map((party) => openParty(this.vault, caseKey, party));
    const documentsOf = new Map<string, readonly DocumentRef[]>();
    for (let from = 0; from < recalled.orders.length; from += NOTICES_AT_ONCE) {
      await Promise.all(
        recalled.orders.slice(from, from + NOTICES_AT_ONCE).map(async (order) => {
          const own = links.filter(({ orderNumber }) => orderNumber === order.row.order_number).map(({ instrumentId }) => instrumentId);
          const standing = byPolicy(this.parts.policy.instruments[row.action], records).filter(({ id }) => own.includes(id));
          const documents = await Promise.all(standing.map((record) => this.documentFor(recalled.request, order, record, seals, parties)));
          documentsOf.set(order.row.order_number, documents);
        }),
      );
    }
    return { seals, documentsOf };
  }

  /**
   * One seal for one draft, whoever approves: approvals that come at the same moment under the same ruling then agree on its bytes,
   * where each would otherwise find the draft sealed with others.
   */
  private sealOf({ id, caseId, version }: InstrumentRecord): Promise<PreparedSeal> {
    const key = `${id}/${version}`;
    const known = this.seals.get(key);
    if (known) return known;
    const prepared = this.instruments.prepareSeals(caseId, [id]).then(([seal]) => {
      invariant(seal, 'an instrument of the case can be sealed');
      return seal;
    });
    this.seals.set(key, prepared);
    prepared.catch(() => this.seals.delete(key));
    return prepared;
  }

  /** A notice made from its template is made anew for each order; all other documents travel as they are sealed. */
  private async documentFor(
    request: ResolvedRequest,
    order: NumberedOrder,
    record: InstrumentRecord,
    seals: readonly PreparedSeal[],
    parties: readonly Party[],
  ): Promise<DocumentRef> {
    const seal = seals.find(({ instrumentId }) => instrumentId === record.id);
    invariant(seal, 'every instrument of the request was prepared');
    if (record.uploaded || request.action === 'inquire' || !record.type.endsWith('-notice')) return seal.document;
    const debtor = parties.find(({ id }) => id === order.debtorId);
    invariant(debtor, 'an order is on a party of its case');
    return this.instruments.renderOrderNotice({
      caseId: order.row.case_id,
      instrumentId: record.id,
      orderNumber: order.row.order_number,
      bankName: this.addresseeOf(order),
      debtor: { name: debtor.name, idNumber: debtor.idNumber },
      lines: noticeLinesOf(request, order.lines),
    });
  }

  private addresseeOf({ bank, legalPerson }: NumberedOrder): string {
    const profile = this.parts.banks.find(bank);
    return profile?.legalPersons.find(({ code }) => code === legalPerson)?.name ?? profile?.name ?? bank;
  }
}

/** Documents travel in the order of policy: the ruling, then the notice, then what a kind of case asks for beyond them. */
function byPolicy(types: readonly InstrumentType[], records: readonly InstrumentRecord[]): readonly InstrumentRecord[] {
  const place = ({ type }: InstrumentRecord): number => (types.includes(type) ? types.indexOf(type) : types.length);
  return [...records].sort((a, b) => place(a) - place(b));
}

/** 审执分离: nobody decides on his own request, and nobody gives two of its approvals. */
export async function assertMayDecide(reader: Parameters<typeof approvalsOf>[0], request: RequestRow, principal: Principal): Promise<void> {
  const given = givenApprovals(await approvalsOf(reader, request.id));
  const required = requiredRoles(request);
  // Once a request is decided, whoever could have decided it hears that it is, and not that he has no right to.
  const isOpen = request.status === 'awaiting-approval';
  assertMay(principal, 'request.approve', {
    courtCode: request.court_code,
    requestedBy: request.by_user,
    approvedBy: isOpen ? given.map(({ by }) => by) : [],
    rolesNeeded: isOpen ? missingApprovals({ required, given }) : required,
  });
}
