import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Broken, textOf, Usage } from './broken.js';
import type { OrderFact } from './stretch.js';

/** Facts in one export; beyond it the comparison would not fit into memory. */
const FACTS_MAX = 5_000_000;

interface ExportedFact {
  readonly line: number;
  readonly orderNumber: string;
  readonly type: string;
  found: boolean;
}

export interface OrderFindings {
  readonly orders: number;
  readonly facts: number;
}

/**
 * Holds an export of orders (docs/ledger/order-export.md) against the facts about orders that stand in the log, both ways: what was
 * exported stands in the log, and what the log says about orders was exported.
 */
export class OrderCheck {
  private readonly exported = new Map<string, ExportedFact>();
  private readonly pseudonymOf = new Map<string, string>();
  private readonly orderOf = new Map<string, string>();
  /** The first entry of each pseudonym that other sources wrote about. */
  private readonly seen = new Map<string, number>();
  private broken: Broken | undefined;
  private head: { readonly origin: string; readonly size: number; readonly source: string } | undefined;

  private constructor(private readonly file: string) {}

  /** @throws Usage when there is no such file or it is no export */
  static async read(file: string): Promise<OrderCheck> {
    const check = new OrderCheck(file);
    let number = 0;
    try {
      for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity }))
        check.takeLine(line, ++number);
    } catch (cause) {
      throw cause instanceof Usage ? cause : new Usage(`${file}, line ${number}: ${textOf(cause)}`, { cause });
    }
    if (!check.head) throw new Usage(`${file} is empty`);
    return check;
  }

  /** Takes the facts of the next stretch of the log. What is wrong is said at the end, when the log itself has been found good. */
  take(facts: readonly OrderFact[]): void {
    for (const fact of facts) if (!this.broken && fact.index < (this.head?.size ?? 0)) this.broken = this.judge(fact);
  }

  /** @throws Broken at the first difference */
  finish(origin: string, size: number): OrderFindings {
    if (this.head?.origin !== origin) throw new Broken('orders', `the export is of the log ${this.head?.origin ?? 'nobody'}`);
    if (this.head.size > size) throw new Broken('orders', `the export covers ${this.head.size} entries, the log has ${size}`);
    if (this.broken) throw this.broken;
    for (const [hash, fact] of this.exported)
      if (!fact.found) throw new Broken(`orders line ${fact.line}`, `the log holds no fact ${hash} (${fact.type} of ${fact.orderNumber})`);
    for (const [pseudonym, index] of this.seen)
      if (!this.orderOf.has(pseudonym)) throw new Broken(`entry ${index}`, 'is about an order that the export does not name');
    return { orders: this.pseudonymOf.size, facts: this.exported.size };
  }

  private judge({ index, leafHash, source, subject, type, order }: OrderFact): Broken | undefined {
    const place = `entry ${index}`;
    const fact = this.exported.get(leafHash);
    if (!this.seen.has(order)) this.seen.set(order, index);
    if (!fact) return source === this.head?.source ? new Broken(place, `the export lacks this fact about an order (${type})`) : undefined;
    fact.found = true;
    if (fact.type !== type) return new Broken(place, `is ${type}, exported as ${fact.type} in line ${fact.line}`);
    if (subject.startsWith('order:') && subject !== `order:${fact.orderNumber}`)
      return new Broken(place, `is about ${subject}, exported under ${fact.orderNumber} in line ${fact.line}`);
    const known = this.pseudonymOf.get(fact.orderNumber) ?? order;
    const owner = this.orderOf.get(order) ?? fact.orderNumber;
    if (known !== order || owner !== fact.orderNumber)
      return new Broken(place, `belongs to another order than ${fact.orderNumber} (line ${fact.line})`);
    this.pseudonymOf.set(fact.orderNumber, order);
    this.orderOf.set(order, fact.orderNumber);
    return undefined;
  }

  private takeLine(line: string, number: number): void {
    if (line === '') return;
    const value = JSON.parse(line) as Readonly<Record<string, unknown>> | null;
    if (!this.head) return this.takeHead(value);
    const { orderNumber, type, leafHash } = value ?? {};
    const isHash = typeof leafHash === 'string' && /^[0-9a-f]{64}$/.test(leafHash);
    if (typeof orderNumber !== 'string' || typeof type !== 'string' || !isHash)
      throw new Usage(`${this.file}, line ${number}: lacks orderNumber, type or leafHash`);
    if (this.exported.has(leafHash)) throw new Usage(`${this.file}, line ${number}: the same fact twice`);
    if (this.exported.size >= FACTS_MAX) throw new Usage(`${this.file} holds more than ${FACTS_MAX} facts`);
    this.exported.set(leafHash, { line: number, orderNumber, type, found: false });
  }

  private takeHead(value: Readonly<Record<string, unknown>> | null): void {
    const { format, origin, size, source } = value ?? {};
    if (format !== 'chakong-orders/v1') throw new Usage(`${this.file} is not of the format chakong-orders/v1`);
    if (typeof origin !== 'string' || typeof source !== 'string' || !Number.isSafeInteger(size))
      throw new Usage(`${this.file}, line 1: lacks origin, size or source`);
    this.head = { origin, size: Number(size), source };
  }
}
