import { AppError, errorText, instantText, Recurring } from '#kernel';
import { garble, strikes } from '../../faults/faults.js';
import type { OrderRecord } from '../../store/order-rows.js';
import type { BankInside, Surroundings, Worker } from '../dialect-deps.js';
import { writeBookings, writeFeedback, writeReceipt, type Feedback, type FeedbackKind } from '../court-xml/feedback-writer.js';
import { readCourtOrder } from '../court-xml/order-reader.js';
import { paperProblem, type ReadOrder } from '../papers.js';
import { sleepThrough } from '../slow-start.js';
import { CODING, CourtCalls, type ServedOrder, type UploadedAnswer, type UploadResult } from './court-calls.js';
import type { CourtAddress } from './soap-client.js';

/** Orders and answers of one call; the interface allows no more. */
export const PAGE = 100;
/** Turns that follow each other without a pause while the court has full pages; then others get their chance. */
const PAGES_IN_A_ROW_MAX = 200;
/** An answer that the court did not want is offered again after this real time. */
const REFUSED_PAUSE_MS = 60_000;

/**
 * A bank that polls: it takes the orders that wait for it, executes each once, says that it has them, and uploads the
 * answers until the court has confirmed each. An upload that was lost is simply made again at the next turn.
 */
export class Poller implements Worker {
  private readonly recurring: Recurring;
  private stopped = false;
  private readonly calls: CourtCalls;
  /** Answers that the court refused, and until when they rest (monotonic milliseconds). */
  private readonly resting = new Map<string, number>();

  constructor(
    private readonly inside: BankInside,
    private readonly around: Surroundings,
    court: CourtAddress,
    pollMs: number,
  ) {
    this.calls = new CourtCalls(around.clock, court);
    const failed = (error: unknown) => around.log.write('info', 'simulator-poll-failed', { bank: inside.bank, reason: errorText(error) });
    this.recurring = new Recurring(around.clock, pollMs, () => this.turn(), failed);
  }

  start(): void {
    this.recurring.start();
  }

  stop(): Promise<void> {
    this.stopped = true;
    return this.recurring.stop();
  }

  private async turn(): Promise<void> {
    const { latencyMs } = this.faults();
    if (latencyMs && !(await sleepThrough(this.around.clock, latencyMs, () => this.stopped))) return;
    for (let page = 0; page < PAGES_IN_A_ROW_MAX; page++) {
      if (this.faults().down) return;
      const served = await this.orders();
      const silent = await this.take(served);
      const uploaded = await this.upload(silent);
      if (served.length < PAGE && uploaded < PAGE) return;
    }
  }

  /** Freezes are urgent, so their list comes first. */
  private async orders(): Promise<readonly ServedOrder[]> {
    const controls = await this.calls.orders('getControlList', PAGE);
    return [...controls, ...(await this.calls.orders('getQueryList', PAGE))];
  }

  /** Executes what was served and acknowledges it. Returns the orders of which nothing more may be heard in this turn. */
  private async take(served: readonly ServedOrder[]): Promise<ReadonlySet<string>> {
    const silent = new Set<string>();
    const taken = await Promise.all(served.map((one) => this.takeOne(one, silent)));
    const acknowledged = taken.filter((number) => number !== undefined);
    if (acknowledged.length > 0) await this.calls.acknowledge(acknowledged, instantText(this.around.clock.now()));
    return silent;
  }

  private async takeOne(served: ServedOrder, silent: Set<string>): Promise<string | undefined> {
    const { dropRequest } = this.faults();
    if (strikes(dropRequest, this.around.entropy)) return undefined;
    const read = await this.read(served);
    if (!read) return undefined;
    try {
      const problem = paperProblem(read) ?? (await this.documentProblem(read));
      await this.inside.orders.receive(this.inside.bank, read.order, true, problem);
    } catch (error) {
      // One order whose papers cannot be fetched now must not keep the bank from the others; it is served again.
      this.around.log.write('info', 'simulator-order-not-taken', {
        bank: this.inside.bank,
        orderNumber: served.orderNumber,
        reason: errorText(error),
      });
      return undefined;
    }
    if (!strikes(this.faults().executeThenDrop, this.around.entropy)) return served.orderNumber;
    silent.add(served.orderNumber);
    return undefined;
  }

  private async read(served: ServedOrder): Promise<ReadOrder | undefined> {
    try {
      if (!(await this.inside.signatures.isOfCourt(served.bytes, served.signature)))
        throw new AppError('invalid', 'not signed by the court');
      return readCourtOrder(served.bytes, CODING);
    } catch (error) {
      // Without a signature and a form nobody can be answered; the court sees that the order is never acknowledged.
      this.around.log.write('warn', 'simulator-order-refused', {
        bank: this.inside.bank,
        orderNumber: served.orderNumber,
        reason: errorText(error),
      });
      return undefined;
    }
  }

  /** Before money is touched the bank looks at the papers themselves: their bytes must be those that the order names (R4). */
  private async documentProblem(read: ReadOrder): Promise<string | undefined> {
    if (read.order.action === 'inquire') return undefined;
    const fetched = await this.calls.documents(read.order.orderNumber);
    const contents = new Map(fetched.map((document) => [document.type, document.content]));
    const documents = read.documents.map((document) => ({ ...document, content: contents.get(document.type) ?? Buffer.alloc(0) }));
    return paperProblem({ ...read, documents });
  }

  private async upload(silent: ReadonlySet<string>): Promise<number> {
    const { bank, orders } = this.inside;
    const waiting = await orders.undelivered(bank, PAGE + this.resting.size + silent.size);
    const chosen = waiting.filter((record) => !silent.has(record.orderNumber) && !this.isResting(record.orderNumber)).slice(0, PAGE);
    const answers: UploadedAnswer[] = [];
    for (const record of chosen) answers.push(...(await this.uploadsOf(record)));
    const results = await this.bring(answers);
    for (const result of results) if (!result.isOk) this.rest(result.orderNumber, result.message);
    const taken = [...new Set(results.filter((result) => result.isOk).map((result) => result.orderNumber))];
    if (taken.length > 0) await orders.delivered(bank, taken);
    return taken.length;
  }

  /** Bookings go first: the feedback that they belong to ends the order. Where they were refused, the feedback waits. */
  private async bring(answers: readonly UploadedAnswer[]): Promise<readonly UploadResult[]> {
    const refused = new Set<string>();
    const bookings = answers.filter(({ kind }) => kind === 'transactions');
    const results: UploadResult[] = [];
    for (const [kind, some] of batchesOf(bookings)) {
      const failed = (await this.calls.upload(kind, some)).filter(({ isOk }) => !isOk);
      for (const { orderNumber } of failed) refused.add(orderNumber);
      results.push(...failed);
    }
    const others = answers.filter(({ kind, orderNumber }) => kind !== 'transactions' && !refused.has(orderNumber));
    for (const [kind, some] of batchesOf(others)) results.push(...(await this.calls.upload(kind, some)));
    return results;
  }

  private async uploadsOf(record: OrderRecord): Promise<UploadedAnswer[]> {
    const { dropAnswer, duplicateAnswer } = this.faults();
    if (strikes(dropAnswer, this.around.entropy)) return [];
    const bookings = writeBookings(record, CODING);
    const { kind, bytes } = writeFeedback(record, CODING, 'apart');
    // A receipt stands behind what it seals, under one signature.
    const sealed = writeReceipt(record, CODING) ?? Buffer.alloc(0);
    const answer = await this.signed(record.orderNumber, { kind, bytes: Buffer.concat([bytes, sealed]) });
    const before = bookings ? [await this.signed(record.orderNumber, bookings)] : [];
    return strikes(duplicateAnswer, this.around.entropy) ? [...before, answer, answer] : [...before, answer];
  }

  private async signed(orderNumber: string, { kind, bytes }: Feedback): Promise<UploadedAnswer> {
    const signature = await this.inside.signatures.sign(bytes);
    const isGarbled = strikes(this.faults().garbleAnswer, this.around.entropy);
    return { orderNumber, kind, bytes: isGarbled ? garble(bytes, this.around.entropy) : bytes, signature, isGarbled };
  }

  private isResting(orderNumber: string): boolean {
    const until = this.resting.get(orderNumber);
    if (until === undefined) return false;
    if (until > this.around.clock.monotonicMs()) return true;
    this.resting.delete(orderNumber);
    return false;
  }

  private rest(orderNumber: string, message: string | undefined): void {
    this.resting.set(orderNumber, this.around.clock.monotonicMs() + REFUSED_PAUSE_MS);
    this.around.log.write('info', 'simulator-answer-refused', { bank: this.inside.bank, orderNumber, reason: message });
  }

  private faults() {
    return this.inside.cores.faultsOf(this.inside.bank);
  }
}

/**
 * What goes in one upload: answers of one kind, each order once. A damaged answer goes alone, as it would from a bank that loses bytes
 * now and then; among others it would make the whole upload unreadable.
 */
function batchesOf(answers: readonly UploadedAnswer[]): readonly (readonly [FeedbackKind, readonly UploadedAnswer[]])[] {
  const batches: [FeedbackKind, UploadedAnswer[]][] = [];
  for (const answer of answers) {
    const fitting = batches.find(
      ([kind, some]) =>
        kind === answer.kind && !answer.isGarbled && some.every((one) => !one.isGarbled && one.orderNumber !== answer.orderNumber),
    );
    if (fitting) fitting[1].push(answer);
    else batches.push([answer.kind, [answer]]);
  }
  return batches;
}
