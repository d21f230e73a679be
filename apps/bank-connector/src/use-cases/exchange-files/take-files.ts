import pMap from 'p-map';
import { judgeSignature, signForWire, type KeyedBytes, type SignatureWorth, type UpFile, type UpFileReading } from '#connector-sdk';
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
/** Times that the bank is asked to write the same answer again. */
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
    const worth = await judgeSignature(this.keys, this.context.bank, file, this.context.clock.now());
    const fault = faultOf(file, worth);
    const { legalPerson, name, bytes } = file;
    const reading = await this.parts.translation.readFile({ legalPerson, name, bytes, ...(fault === undefined ? {} : { fault }) });
    switch (reading.kind) {
      case 'receipt':
        await this.receipt(reading.file, reading.receivedAt);
        return this.parts.exchange.finish(file, 'taken');
      case 'answers':
        return this.answers(file, reading.answers, worth);
      case 'unreadable':
        if (reading.orderNumber !== undefined) await this.recordOne({ orderNumber: reading.orderNumber, bytes }, worth);
        return this.refuse(file, reading, worth);
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

  private async answers(file: UpFile, answers: readonly KeyedBytes[], worth: SignatureWorth): Promise<void> {
    const faults = await Promise.all(answers.map((answer) => this.recordOne(answer, worth)));
    if (faults.some((fault) => fault !== undefined)) {
      this.context.log.write('warn', 'file-answers-unknown', { bank: this.context.bank, file: file.name });
    }
    failPoint('connector.file-answers-recorded');
    await this.parts.exchange.finish(file, 'taken');
    failPoint('connector.file-removed');
  }

  /** @returns why it was passed by for good, if it was */
  private async recordOne({ orderNumber, bytes }: KeyedBytes, worth: SignatureWorth): Promise<string | undefined> {
    try {
      await this.receive.execute({ bytes, contentType: 'application/xml', signature: undefined }, orderNumber, worth);
      return undefined;
    } catch (error) {
      if (error instanceof AppError && FOR_GOOD.has(error.code)) return error.code;
      throw error;
    }
  }

  /** Tells the bank that a file could not be loaded, so that it writes its content again; a few times only. */
  private async refuse(file: UpFile, { reason, orderNumber, copy = 1, answersTo }: Unreadable, worth: SignatureWorth): Promise<void> {
    const { log, bank, database } = this.context;
    log.write('warn', 'file-refused', { bank, file: file.name, reason });
    const doubts = orderNumber === undefined ? 0 : await doubtfulAnswers(database.reader, orderNumber);
    // The bank counts its copies; who counts wrong is stopped by our own count of the doubts.
    if (Math.max(copy - 1, doubts - 1) < FAILURE_NOTES_MAX) await this.writeNote(file, reason);
    else if (answersTo !== undefined) await this.giveUpOn(answersTo, file, worth);
    await this.parts.exchange.finish(file, 'failed');
  }

  /** Nobody is asked for this answer any more, so all orders that it may be about become a person's matter (I6). */
  private async giveUpOn(downFile: string, { bytes }: UpFile, worth: SignatureWorth): Promise<void> {
    const orders = await ordersInFile(this.context.database.reader, downFile);
    for (const { order_number: orderNumber, standing } of orders) {
      if (standing === 'open' || standing === 'in-progress') await this.recordOne({ orderNumber, bytes }, worth);
    }
  }

  private async writeNote({ legalPerson, name: file }: UpFile, reason: string): Promise<void> {
    const note = await this.parts.translation.writeFailure(file, reason);
    if (!note) return;
    const signature = await signForWire(this.parts.signer, note.bytes);
    await this.parts.exchange.write({ legalPerson, ...note, signature });
  }
}

type Unreadable = Extract<UpFileReading, { readonly kind: 'unreadable' }>;

/** Looked at before anything in the file is parsed. */
function faultOf({ digest }: UpFile, { signature }: SignatureWorth): string | undefined {
  if (digest === 'differs') return 'its SM3 digest differs';
  return signature === 'valid' ? undefined : `its signature is ${signature}`;
}
