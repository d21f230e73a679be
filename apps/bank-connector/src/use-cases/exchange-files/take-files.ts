import pMap from 'p-map';
import { judgeSignature, signForWire, type SignatureWorth, type UpFile } from '#connector-sdk';
import { AppError, errorText, failPoint } from '#kernel';
import type { KeyRing } from '#trust';
import type { BankContext } from '../../bank-context.js';
import { doubtfulAnswers } from '../../adapters/store/answer-rows.js';
import { findDownFile, noteDone, ordersInFile } from '../../adapters/store/down-files.js';
import { AcknowledgeOrders } from '../acknowledge-orders/acknowledge-orders.js';
import { ReceiveAnswer } from '../receive-answer/receive-answer.js';
import type { FileParts } from './write-files.js';

/** Files that one turn takes. */
const TURN_MAX = 200;
/** Files taken at once: most of a file's time is waiting for the disk and for commits that others share. */
const FILES_AT_ONCE = 8;
/** Times that the bank is asked to write an answer to one order again. */
const FAILURE_NOTES_MAX = 3;
/** What no repetition of the same file will mend. */
const FOR_GOOD: ReadonlySet<string> = new Set(['invalid', 'not-found', 'content-erased']);

/** Takes the bank's files: receipts and answers. A file is removed only after all it says is durable, so a crash only repeats it. */
export class TakeFiles {
  private readonly receive: ReceiveAnswer;
  private readonly acknowledge: AcknowledgeOrders;

  constructor(
    private readonly context: BankContext,
    private readonly parts: FileParts,
    private readonly keys: KeyRing,
  ) {
    this.receive = new ReceiveAnswer(context, parts.translation, keys);
    this.acknowledge = new AcknowledgeOrders(context);
  }

  /** @returns how many files there were; the maximum means that there may be more */
  async execute(): Promise<number> {
    const files = await this.parts.exchange.waiting(TURN_MAX);
    await pMap(files, (file) => this.takeOrLeave(file), { concurrency: FILES_AT_ONCE });
    return files.length;
  }

  static readonly atOnceMax = TURN_MAX;

  /** One file that fails for now must not hold up the others. */
  private async takeOrLeave(file: UpFile): Promise<void> {
    try {
      await this.take(file);
    } catch (error) {
      const { log, bank } = this.context;
      log.write('warn', 'file-not-taken', { bank, file: file.name, reason: errorText(error) });
    }
  }

  private async take(file: UpFile): Promise<void> {
    const worth = judgeSignature(this.keys, this.context.bank, file, this.context.clock.now());
    const reading = this.parts.translation.readFile(file);
    switch (reading.kind) {
      case 'receipt':
        if (worth.signature !== 'valid') return this.refuse(file, `signature ${worth.signature}`);
        await this.receipt(reading.file, reading.receivedAt);
        return this.parts.exchange.finish(file, 'taken');
      case 'answers':
        return this.answers(file, reading.answers, worth);
      case 'unreadable':
        if (reading.orderNumber !== undefined) await this.recordOne(file.bytes, worth, reading.orderNumber);
        return this.refuse(file, reading.reason, reading.orderNumber);
    }
  }

  private async receipt(name: string, receivedAt: string | undefined): Promise<void> {
    const { database } = this.context;
    const file = await findDownFile(database.reader, name);
    if (!file) return;
    const rows = await ordersInFile(database.reader, name);
    const numbers = rows.map((row) => row.order_number);
    await this.acknowledge.execute(numbers, receivedAt);
    failPoint('connector.file-receipt-recorded');
    await database.run((tx) => noteDone(tx, name));
    failPoint('connector.file-done');
    await this.parts.exchange.forget(file.legal_person, name);
  }

  private async answers(file: UpFile, slices: readonly Buffer[], worth: SignatureWorth): Promise<void> {
    const outcomes = await Promise.all(slices.map((bytes) => this.recordOne(bytes, worth)));
    if (worth.signature !== 'valid') return this.refuse(file, `signature ${worth.signature}`, outcomes[0]?.orderNumber);
    if (outcomes.some(({ fault }) => fault !== undefined)) {
      this.context.log.write('warn', 'file-answers-unknown', { bank: this.context.bank, file: file.name });
    }
    failPoint('connector.file-answers-recorded');
    await this.parts.exchange.finish(file, 'taken');
    failPoint('connector.file-removed');
  }

  private async recordOne(
    bytes: Buffer,
    worth: SignatureWorth,
    named?: string,
  ): Promise<{ readonly orderNumber?: string; readonly fault?: string }> {
    try {
      const { orderNumber } = await this.receive.execute({ bytes, contentType: 'application/json', signature: undefined }, worth, named);
      return { orderNumber };
    } catch (error) {
      if (error instanceof AppError && FOR_GOOD.has(error.code)) return { fault: error.code };
      throw error;
    }
  }

  /** Tells the bank that a file could not be loaded, so that it writes its content again; a few times only. */
  private async refuse(file: UpFile, reason: string, orderNumber?: string): Promise<void> {
    const { log, bank, database } = this.context;
    log.write('warn', 'file-refused', { bank, file: file.name, reason });
    const asked = orderNumber === undefined ? 0 : await doubtfulAnswers(database.reader, orderNumber);
    if (asked <= FAILURE_NOTES_MAX) {
      const { name, bytes } = this.parts.translation.writeFailure(file.name, reason);
      const signature = await signForWire(this.parts.signer, bytes);
      await this.parts.exchange.write({ legalPerson: file.legalPerson, name, bytes, signature });
    }
    await this.parts.exchange.finish(file, 'failed');
  }
}
