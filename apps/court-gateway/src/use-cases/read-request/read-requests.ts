import { Inject, Injectable } from '@nestjs/common';
import { assertMay, courtScopeOf, type Principal } from '#access';
import { cutPage, type Page, type PageStart } from '#http';
import { AppError } from '#kernel';
import { isStateOf, REQUEST_LIFE } from '#orders';
import { placeholders, type Reader } from '#persistence';
import { linesOfOrders, ordersOfRequests } from '../../adapters/store/order-rows.js';
import { listRequests, loadRequest, type ApprovalRow, type RequestRow } from '../../adapters/store/request-rows.js';
import { userNames } from '../../adapters/store/user-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { bankWaiting } from './bank-waiting.js';
import { requestView, type Opener } from './request-view.js';

export interface RequestListWish {
  readonly caseId?: string;
  readonly status?: string;
}

type View = Readonly<Record<string, unknown>>;

/** Reads requests for the interface; also inside the transaction that has just changed one. */
@Injectable()
export class ReadRequests {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /** @throws AppError `not-found` */
  async one(principal: Principal, requestId: string): Promise<View> {
    const { reader } = this.parts.database;
    const row = await loadRequest(reader, requestId);
    assertMay(principal, 'request.read', { courtCode: row.court_code });
    return this.view(reader, row, await this.openerOf(row.case_id));
  }

  /** @throws AppError `invalid` for a status that no request has */
  async list(principal: Principal, wish: RequestListWish, start: PageStart): Promise<Page<View>> {
    const { reader } = this.parts.database;
    const { caseId, status } = wish;
    if (status !== undefined && !isStateOf(REQUEST_LIFE, status)) {
      throw new AppError('invalid', '/status 不是请求的状态', { errors: [{ pointer: '/status', detail: '不是请求的状态' }] });
    }
    const filter = {
      scope: courtScopeOf(principal),
      ...(caseId === undefined ? {} : { caseId }),
      ...(status === undefined ? {} : { status }),
    };
    const { rows, nextCursor } = cutPage(await listRequests(reader, filter, start), start, ({ at, id }) => ({ at, id }));
    const openers = new Map<string, Opener | undefined>();
    for (const { case_id } of rows) if (!openers.has(case_id)) openers.set(case_id, await this.openerOf(case_id));
    return { items: await this.views(reader, rows, openers), nextCursor };
  }

  /** A request as it is shown; in a transaction the caller has fetched the case's key before. */
  async view(reader: Reader, row: RequestRow, opener: Opener | undefined): Promise<View> {
    const [view] = await this.views(reader, [row], new Map([[row.case_id, opener]]));
    return view ?? {};
  }

  openerWith(caseKey: Opener['caseKey']): Opener {
    return { vault: this.vault, caseKey };
  }

  private async views(
    reader: Reader,
    rows: readonly RequestRow[],
    openers: ReadonlyMap<string, Opener | undefined>,
  ): Promise<readonly View[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const orders = await ordersOfRequests(reader, ids);
    const lines = await linesOfOrders(
      reader,
      orders.map(({ order_number }) => order_number),
    );
    const approvals = await reader.all<ApprovalRow>(
      `SELECT * FROM approvals WHERE request_id IN (${placeholders(ids.length)}) ORDER BY request_id, seq`,
      ids,
    );
    const names = await userNames(reader, this.vault, [...rows.map(({ by_user }) => by_user), ...approvals.map(({ by_user }) => by_user)]);
    const linesBy = groupBy(lines, ({ order_number }) => order_number);
    const ordersBy = groupBy(orders, ({ request_id }) => request_id);
    const approvalsBy = groupBy(approvals, ({ request_id }) => request_id);
    return rows.map((request) => {
      const own = ordersBy.get(request.id) ?? [];
      const shown = {
        request,
        orders: own,
        lines: own.flatMap(({ order_number }) => linesBy.get(order_number) ?? []),
        approvals: approvalsBy.get(request.id) ?? [],
        names,
        waitingFor: (bank: string) => bankWaiting(this.parts.banks, this.parts.clock, bank),
      };
      return requestView(shown, openers.get(request.case_id));
    });
  }

  /** The key of a case whose content was erased is gone: its requests stay in lists without their sealed parts. */
  private async openerOf(caseId: string): Promise<Opener | undefined> {
    try {
      return { vault: this.vault, caseKey: await this.vault.keyOf(caseId) };
    } catch (error) {
      if (error instanceof AppError && error.code === 'content-erased') return undefined;
      throw error;
    }
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
