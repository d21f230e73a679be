import type { Reader } from '#persistence';
import type { DataKey } from '#privacy';
import { lineAccount, linesOfOrders, ordersOfRequest, type LineRow, type OrderRow } from '../../adapters/store/order-rows.js';
import { openTerms, type RequestRow } from '../../adapters/store/request-rows.js';
import type { Vault } from '../../vault.js';
import type { OrderDraft, ResolvedLine, ResolvedRequest } from './lines.js';

export interface NumberedOrder extends OrderDraft {
  readonly row: OrderRow;
}

/** A request as it was stored, in the form in which the gates judged it at posting. */
export interface RecalledRequest {
  readonly request: ResolvedRequest;
  readonly orders: readonly NumberedOrder[];
  readonly lineRows: readonly LineRow[];
}

/** Reads a request back. Pointers into the posted body are gone; they now count the request's lines. */
export async function recallRequest(reader: Reader, vault: Vault, caseKey: DataKey, row: RequestRow): Promise<RecalledRequest> {
  const orderRows = await ordersOfRequest(reader, row.id);
  const lineRows = await linesOfOrders(
    reader,
    orderRows.map(({ order_number }) => order_number),
  );
  let index = 0;
  const orders = orderRows.map((order): NumberedOrder => {
    const own = lineRows.filter(({ order_number }) => order_number === order.order_number);
    const lines = own.map((line) => resolved(vault, caseKey, order, line, `/lines/${index++}`));
    return { row: order, bank: order.bank, legalPerson: order.legal_person, debtorId: order.debtor_id, lines };
  });
  const { transactions, term, until, reason } = openTerms(vault, caseKey, row);
  const request: ResolvedRequest = {
    action: row.action,
    lines: orders.flatMap(({ lines }) => lines),
    ...(transactions ? { transactions } : {}),
    ...(term ? { term } : {}),
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
  };
  return { request, orders, lineRows };
}

function resolved(vault: Vault, caseKey: DataKey, order: OrderRow, line: LineRow, pointer: string): ResolvedLine {
  const number = lineAccount(vault, caseKey, line);
  return {
    pointer,
    bank: order.bank,
    legalPerson: order.legal_person,
    debtorId: order.debtor_id,
    currency: line.currency,
    kind: line.kind,
    ...(line.holding_id === null ? {} : { holdingId: line.holding_id }),
    ...(line.measure_id === null ? {} : { measureId: line.measure_id }),
    ...(number === undefined || line.account_index === null ? {} : { account: { number, index: line.account_index } }),
    ...(line.amount === null ? {} : { amount: BigInt(line.amount) }),
    ...(line.new_limit === null ? {} : { newLimit: BigInt(line.new_limit) }),
    ...(line.scope === null ? {} : { scope: line.scope }),
  };
}
