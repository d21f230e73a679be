import { Inject, Injectable } from '@nestjs/common';
import { assertMayEnter, type Principal } from '#access';
import { AppError, legalDateOf, parseStrictJson, startOfLegalDate } from '#kernel';
import { FactRecorder } from '#messaging';
import { factsAfter, orderNumbersOf, type OrderFactRow } from '../../adapters/store/order-facts.js';
import { FACT_SOURCE, recordAlone } from '../../facts.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { LEDGER, type LedgerPort, type LogEdge } from '../prove-request/ledger-port.js';

/** An export of orders (docs/ledger/order-export.md), line by line. */
export interface OrderExport {
  readonly year: number;
  readonly lines: AsyncIterable<string>;
}

/**
 * What we say about our orders, to be held against the ledger: from our own table of facts and from nothing that the ledger says, but for the
 * newest moments, of which only the log can tell what it has published. It holds order numbers and hashes, nothing else.
 */
@Injectable()
export class ExportOrders {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(LEDGER) private readonly ledger: LedgerPort,
  ) {}

  /** @throws AppError `forbidden`, `not-found` when the year has no log, `unavailable` */
  async execute(by: Principal, year?: number): Promise<OrderExport> {
    assertMayEnter(by, 'order.export');
    const edge = await this.ledger.edgeOf(FACT_SOURCE, year);
    const { origin, size } = edge;
    await recordAlone(this.parts.database, this.facts, {
      type: 'orders.exported',
      subject: `user:${by.userId}`,
      actor: by.userId,
      content: { origin, size },
    });
    return { year: yearOf(origin), lines: this.linesOf(edge) };
  }

  private async *linesOf(edge: LogEdge): AsyncGenerator<string> {
    const { origin, size, settledBefore, recent } = edge;
    yield line({ format: 'chakong-orders/v1', origin, size, source: FACT_SOURCE });
    const year = yearOf(origin);
    const [from, until] = [startOfLegalDate(`${year}-01-01`), startOfLegalDate(`${year + 1}-01-01`)];
    const names = new OrderNames(this.parts);
    for (let after = 0; ;) {
      const rows = await factsAfter(this.parts.database.reader, after, from, until);
      for (const row of rows) {
        if (row.at >= settledBefore && !recent.has(row.leaf_hash)) continue;
        const orderNumber = await names.orderOf(row);
        if (orderNumber !== undefined) yield line({ orderNumber, type: row.type, leafHash: row.leaf_hash });
      }
      const last = rows.at(-1);
      if (!last) return;
      after = last.seq;
    }
  }
}

/** Finds the number behind the pseudonym of a leaf. The last request's orders are at hand, because facts of one request follow each other. */
class OrderNames {
  private last: { readonly of: string; readonly numbers: readonly string[] } | undefined;

  constructor(private readonly parts: GatewayParts) {}

  /** Undefined for a fact that is not about an order. */
  async orderOf(row: OrderFactRow): Promise<string | undefined> {
    const { order: pseudonym } = parseStrictJson(row.leaf) as { readonly order?: string };
    if (pseudonym === undefined) return undefined;
    if (row.subject.startsWith('order:')) return row.subject.slice('order:'.length);
    const year = Number(legalDateOf(row.at).slice(0, 4));
    const found = (await this.candidates(row)).find((number) => this.parts.pseudonyms.of(year, 'order', number) === pseudonym);
    if (found === undefined) throw new AppError('invariant-broken', `no order of ours is behind the fact ${row.leaf_hash}`);
    return found;
  }

  private async candidates(row: OrderFactRow): Promise<readonly string[]> {
    const of = row.request_id ?? row.case_id ?? '';
    if (this.last?.of !== of) this.last = { of, numbers: await orderNumbersOf(this.parts.database.reader, row) };
    return this.last.numbers;
  }
}

function line(members: Readonly<Record<string, string | number>>): string {
  return `${JSON.stringify(members)}\n`;
}

/** The origin of a log ends in its year. */
function yearOf(origin: string): number {
  return Number(/\/(\d{4})$/.exec(origin)?.[1]);
}
