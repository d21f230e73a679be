import { assertMay, bankScopeOf, type Principal } from '#access';
import type { DeskConnector } from '#connector-sdk';
import { AppError } from '#kernel';
import type { BankContext } from '../../bank-context.js';
import type { BankHost } from '../../bank-host.js';
import type { BankHosts } from '../../bank-hosts.js';
import { findDeskOrder, type DeskRow } from '../../adapters/store/desk-rows.js';
import type { DocumentShelf } from '../../adapters/store/document-shelf.js';
import { findOrder } from '../../adapters/store/order-rows.js';
import type { KnownOrder } from '../../adapters/store/order-vault.js';

/** One bank's desk. */
export interface Desk {
  readonly host: BankHost;
  readonly context: BankContext;
  readonly connector: DeskConnector;
  readonly documents: DocumentShelf;
}

/** An order on the screen of a desk. */
export interface DeskOrder {
  readonly desk: Desk;
  readonly known: KnownOrder;
  readonly seen: DeskRow;
}

type OrderAction = 'desk.read' | 'desk.documents.read' | 'desk.answer' | 'desk.rollback' | 'desk.receipt.add' | 'desk.objection';

/** Finds desks and their orders for a person; what is another bank's does not exist for him. */
export class Desks {
  constructor(private readonly hosts: BankHosts) {}

  /** The desks whose orders a list may show. */
  visibleTo(principal: Principal): readonly Desk[] {
    const scope = bankScopeOf(principal);
    if (scope.kind === 'all') return this.hosts.all().flatMap((host) => deskOf(host) ?? []);
    if (scope.kind !== 'bank') return [];
    const host = this.hosts.find(scope.bank);
    const desk = host && deskOf(host);
    return desk ? [desk] : [];
  }

  /** @throws AppError `not-found`, `forbidden` */
  async order(principal: Principal, action: OrderAction, orderNumber: string): Promise<DeskOrder> {
    const found = await this.find(principal, orderNumber);
    assertMay(principal, action, { bank: found.desk.context.bank });
    return found;
  }

  /** @throws AppError `not-found`, `forbidden`, `own-approval` */
  async orderToReview(principal: Principal, orderNumber: string): Promise<DeskOrder> {
    const found = await this.find(principal, orderNumber);
    assertMay(principal, 'desk.review', { bank: found.desk.context.bank, answeredBy: found.seen.answered_by ?? '' });
    return found;
  }

  private async find(principal: Principal, orderNumber: string): Promise<DeskOrder> {
    const host = principal.bank === undefined ? undefined : this.hosts.find(principal.bank);
    const desk = host && deskOf(host);
    const reader = desk?.context.database.reader;
    const seen = reader && (await findDeskOrder(reader, orderNumber));
    const row = reader && (await findOrder(reader, orderNumber));
    if (!desk || !seen || !row) throw new AppError('not-found', '未找到该请求单');
    return { desk, seen, known: await desk.context.vault.know(row) };
  }
}

function deskOf(host: BankHost): Desk | undefined {
  const { context, door, documents } = host;
  return door.kind === 'desk' ? { host, context, connector: door.connector, documents } : undefined;
}
