import { insertMany, placeholders, type Reader, type Tx } from '#persistence';

/** Which instruments an order stands under. */
export interface OrderInstrument {
  readonly orderNumber: string;
  readonly instrumentId: string;
}

export async function insertOrderInstruments(tx: Tx, requestId: string, links: readonly OrderInstrument[]): Promise<void> {
  const rows = links.map((link) => ({ order_number: link.orderNumber, instrument_id: link.instrumentId, request_id: requestId }));
  if (rows.length > 0) await insertMany(tx, 'order_instruments', rows);
}

export async function instrumentsOfRequest(reader: Reader, requestId: string): Promise<readonly OrderInstrument[]> {
  return reader.all<{ orderNumber: string; instrumentId: string }>(
    `SELECT i.order_number AS orderNumber, i.instrument_id AS instrumentId FROM orders o
     JOIN order_instruments i ON i.order_number = o.order_number WHERE o.request_id = ? ORDER BY i.order_number, i.instrument_id`,
    [requestId],
  );
}

/** The sums of lines that stand under each ruling, apart from one request's; what was refused or never left does not count. */
export async function amountsUnder(
  reader: Reader,
  instrumentIds: readonly string[],
  exceptRequest: string,
): Promise<ReadonlyMap<string, bigint>> {
  if (instrumentIds.length === 0) return new Map();
  const rows = await reader.all<{ id: string; total: number }>(
    `SELECT i.instrument_id AS id, SUM(COALESCE(l.amount, 0)) AS total FROM order_instruments i JOIN order_lines l ON l.order_number = i.order_number
     WHERE i.instrument_id IN (${placeholders(instrumentIds.length)}) AND i.request_id <> ? AND l.status NOT IN ('refused', 'withdrawn')
     GROUP BY i.instrument_id`,
    [...instrumentIds, exceptRequest],
  );
  return new Map(rows.map((row) => [row.id, BigInt(row.total)]));
}
