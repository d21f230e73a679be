import type { Principal } from '#access';
import { AppError, instantText } from '#kernel';
import { deskPage, receiptsOf, type DeskQuery, type DeskRow } from '../../adapters/store/desk-rows.js';
import { findOrders, type OrderRow } from '../../adapters/store/order-rows.js';
import type { KnownOrder } from '../../adapters/store/order-vault.js';
import { deskDetail, deskItem } from './desk-views.js';
import type { Desk, DeskOrder, Desks } from './desks.js';

export interface DeskPage {
  readonly items: readonly object[];
  readonly next: { readonly at: number; readonly orderNumber: string } | undefined;
}

/** What the screen of a desk shows. Lists are masked; what is read in clear leaves a fact before it is shown (I12). */
export class ReadDesk {
  constructor(private readonly desks: Desks) {}

  /** A page of the orders, or of the register 登记簿, newest first. */
  async list(principal: Principal, query: DeskQuery): Promise<DeskPage> {
    const desks = this.desks.visibleTo(principal);
    const found = await Promise.all(desks.map(async (desk) => withOrders(desk, await deskPage(desk.context.database.reader, query))));
    const rows = found.flat().sort((a, b) => newestFirst(a.seen, b.seen));
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1)?.seen;
    return {
      items: shown.map(({ desk, seen, known }) => deskItem(seen, known, desk.context.clock.now())),
      next: rows.length > query.limit && last ? { at: last.received_at, orderNumber: last.order_number } : undefined,
    };
  }

  async detail(principal: Principal, orderNumber: string): Promise<object> {
    const found = await this.desks.order(principal, 'desk.read', orderNumber);
    const { context } = found.desk;
    const receipts = await receiptsOf(context.database.reader, orderNumber);
    await recordReading(found, principal, 'detail');
    return deskDetail(found, receipts, context.clock.now());
  }

  /** The court's sealed documents with their bytes, and the officer's credentials with their images where there are any. */
  async documents(principal: Principal, orderNumber: string): Promise<object> {
    const found = await this.desks.order(principal, 'desk.documents.read', orderNumber);
    const { desk, known } = found;
    const { documents, officer } = known.order;
    const items = await Promise.all(
      documents.map(async ({ type, number, title, sha256, size, seal, digest }) => {
        const content = await desk.documents.get(known.row.case_id, digest);
        return { type, number, title, sha256, size, seal, content: content.toString('base64') };
      }),
    );
    const credentials = await Promise.all(
      officer.credentials.map(async ({ kind, number, imageDigest }) => {
        if (imageDigest === undefined) return { kind, number };
        const image = await desk.documents.get(known.row.case_id, imageDigest);
        return { kind, number, image: image.toString('base64') };
      }),
    );
    await recordReading(found, principal, 'documents');
    return { items, credentials };
  }
}

function newestFirst(a: DeskRow, b: DeskRow): number {
  if (a.received_at !== b.received_at) return b.received_at - a.received_at;
  return a.order_number < b.order_number ? 1 : -1;
}

interface Listed {
  readonly desk: Desk;
  readonly seen: DeskRow;
  readonly known: KnownOrder | undefined;
}

/** An erased case leaves its line in the register, without what was erased. */
async function withOrders(desk: Desk, rows: readonly DeskRow[]): Promise<readonly Listed[]> {
  const { vault } = desk.context;
  const orders = await ordersOf(desk, rows);
  return Promise.all(
    rows.map(async (seen) => {
      const row = orders.get(seen.order_number);
      try {
        return { desk, seen, known: row && (await vault.know(row)) };
      } catch (error) {
        if (error instanceof AppError && error.code === 'content-erased') return { desk, seen, known: undefined };
        throw error;
      }
    }),
  );
}

/** Rows that one statement names; a page may have twice as many. */
const NUMBERS_AT_ONCE = 300;

async function ordersOf(desk: Desk, rows: readonly DeskRow[]): Promise<ReadonlyMap<string, OrderRow>> {
  const numbers = rows.map((one) => one.order_number);
  const found = new Map<string, OrderRow>();
  for (let from = 0; from < numbers.length; from += NUMBERS_AT_ONCE) {
    const part = await findOrders(desk.context.database.reader, numbers.slice(from, from + NUMBERS_AT_ONCE));
    for (const row of part) found.set(row.order_number, row);
  }
  return found;
}

/** What is read in clear leaves a fact before it is shown. */
export async function recordReading(
  { desk, known }: DeskOrder,
  principal: Principal,
  what: 'detail' | 'documents' | 'print',
): Promise<void> {
  const { database, announce, clock } = desk.context;
  const content = { what, at: instantText(clock.now()) };
  await database.run(async (tx) => void (await announce.fact(tx, known, 'desk.read', content, principal.userId)));
}
