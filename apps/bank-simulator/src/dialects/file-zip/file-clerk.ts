import { join } from 'node:path';
import pMap from 'p-map';
import { AppError, errorText, instantText, parseStrictJson, Recurring } from '#kernel';
import { garble, strikes } from '../../faults/faults.js';
import type { OrderRecord } from '../../store/order-rows.js';
import type { BankInside, Surroundings, Worker } from '../dialect-deps.js';
import { answerBytes } from '../plain-json/message-writer.js';
import { orderOf, paperProblem, type ReadOrder } from '../plain-json/order-reader.js';
import { sleepThrough } from '../slow-start.js';
import { ExchangeFolder } from './exchange-folder.js';
import { ORDERS_MAX, UpNames } from './up-names.js';

/** Answers that one turn writes. */
const ANSWERS_MAX = 1_000;
/** Files of one legal person that are read or written at once: most of a file's time is waiting for the disk. */
const FILES_AT_ONCE = { concurrency: 8, stopOnError: false };

interface LegalPersonFolders {
  readonly legalPerson: string;
  readonly down: ExchangeFolder;
  readonly up: ExchangeFolder;
}

/**
 * The front end of a union that exchanges files, one pair of folders for each legal person. A down file is put away
 * only when its orders are durable and its receipt is written, so a crash in between repeats it, which changes nothing.
 */
export class FileClerk implements Worker {
  private readonly recurring: Recurring;
  private stopped = false;
  private readonly folders: readonly LegalPersonFolders[];
  private readonly names: UpNames;
  private prepared = false;

  constructor(
    private readonly inside: BankInside,
    private readonly around: Surroundings,
    exchange: string,
    scanMs: number,
  ) {
    const { legalPersons } = inside.cores.bank(inside.bank);
    const folder = (legalPerson: string, direction: string) => new ExchangeFolder(join(exchange, legalPerson, direction));
    this.folders = legalPersons.map((legalPerson) => ({ legalPerson, down: folder(legalPerson, 'down'), up: folder(legalPerson, 'up') }));
    this.names = new UpNames(around.clock);
    const failed = (error: unknown) => around.log.write('warn', 'simulator-files-failed', { bank: inside.bank, reason: errorText(error) });
    this.recurring = new Recurring(around.clock, scanMs, () => this.turn(), failed);
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
    if (this.faults().down) return;
    if (!this.prepared) for (const { down, up } of this.folders) await Promise.all([down.prepare(), up.prepare()]);
    this.prepared = true;
    await pMap(this.folders, async (folders) => pMap(await folders.down.names(), (name) => this.takeFile(folders, name), FILES_AT_ONCE), {
      stopOnError: false,
    });
    await this.writeAnswers();
  }

  private async takeFile(folders: LegalPersonFolders, name: string): Promise<void> {
    const { down, up } = folders;
    try {
      if (name.startsWith('CXHZ_') || name.startsWith('KZHZ_')) await this.takeFailure(down, name);
      else if (!strikes(this.faults().dropRequest, this.around.entropy)) await this.takeOrders(folders, name, up);
      await down.putAway(name, 'done');
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
      this.around.log.write('warn', 'simulator-file-refused', { bank: this.inside.bank, file: name, reason: error.message });
      await down.putAway(name, 'failed');
    }
  }

  private async takeOrders(folders: LegalPersonFolders, name: string, up: ExchangeFolder): Promise<void> {
    const batch = ordersOf(await this.readSigned(folders.down, name));
    // When the connection breaks after the orders were executed, the court hears neither of the file nor of the answers.
    const isSilent = strikes(this.faults().executeThenDrop, this.around.entropy);
    await Promise.all(
      batch.map((read) => {
        const order = { ...read.order, legalPerson: folders.legalPerson };
        return this.inside.orders.receive(this.inside.bank, order, !isSilent, paperProblem(read));
      }),
    );
    if (isSilent) return;
    const receipt = { format: 'chakong-receipt/v1', file: name, receivedAt: instantText(this.around.clock.now()) };
    await this.write(up, `HZ_${name}`, Buffer.from(JSON.stringify(receipt), 'utf8'));
  }

  /** The court could not load one of our files: what was in it is written again. */
  private async takeFailure(down: ExchangeFolder, name: string): Promise<void> {
    const failure = members(await this.readSigned(down, name));
    const file = typeof failure['file'] === 'string' ? failure['file'] : '';
    this.around.log.write('info', 'simulator-file-not-loaded', { bank: this.inside.bank, file });
    await this.inside.orders.deliverAgain(this.inside.bank, this.names.ordersIn(file));
  }

  private async readSigned(down: ExchangeFolder, name: string): Promise<unknown> {
    const { bytes, signature } = await down.read(name);
    if (!this.inside.signatures.isOfCourt(bytes, signature)) throw new AppError('invalid', 'not signed by the court');
    return parseStrictJson(bytes);
  }

  private async writeAnswers(): Promise<void> {
    const { bank, orders } = this.inside;
    const waiting = await orders.undelivered(bank, ANSWERS_MAX);
    await pMap(
      this.folders,
      async ({ legalPerson, up }) => {
        const own = waiting.filter(
          (record) => record.legalPerson === legalPerson && !strikes(this.faults().dropAnswer, this.around.entropy),
        );
        await pMap(feedbacks(own), ({ kind, records }) => this.writeFeedback(legalPerson, up, kind, records), FILES_AT_ONCE);
      },
      { stopOnError: false },
    );
  }

  private async writeFeedback(
    legalPerson: string,
    up: ExchangeFolder,
    kind: 'CXFK' | 'KZFK',
    records: readonly OrderRecord[],
  ): Promise<void> {
    const answers = records.map((record) => JSON.parse(answerBytes(record).toString('utf8')) as object);
    const bytes = Buffer.from(JSON.stringify({ format: 'chakong-feedback/v1', answers }), 'utf8');
    const times = strikes(this.faults().duplicateAnswer, this.around.entropy) ? 2 : 1;
    for (let i = 0; i < times; i++) await this.write(up, await this.names.next(up, kind, legalPerson, records), bytes);
    await this.inside.orders.delivered(
      this.inside.bank,
      records.map((record) => record.orderNumber),
    );
  }

  private async write(up: ExchangeFolder, name: string, bytes: Buffer): Promise<void> {
    const signature = await this.inside.signatures.sign(bytes);
    const garbled = !name.startsWith('HZ_') && strikes(this.faults().garbleAnswer, this.around.entropy);
    await up.write(name, garbled ? garble(bytes, this.around.entropy) : bytes, signature);
  }

  private faults() {
    return this.inside.cores.faultsOf(this.inside.bank);
  }
}

interface Feedback {
  readonly kind: 'CXFK' | 'KZFK';
  readonly records: readonly OrderRecord[];
}

/** The files that answers make: inquiries share them, a control order's answer stands alone. */
function feedbacks(own: readonly OrderRecord[]): readonly Feedback[] {
  const inquiries = own.filter(({ action }) => action === 'inquire');
  const shared: Feedback[] = [];
  for (let i = 0; i < inquiries.length; i += ORDERS_MAX) shared.push({ kind: 'CXFK', records: inquiries.slice(i, i + ORDERS_MAX) });
  const alone = own.filter(({ action }) => action !== 'inquire').map((record): Feedback => ({ kind: 'KZFK', records: [record] }));
  return [...shared, ...alone];
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new AppError('invalid', 'the file holds no object');
}

function ordersOf(file: unknown): ReadOrder[] {
  const { format, orders } = members(file);
  if (format !== 'chakong-batch/v1' || !Array.isArray(orders) || orders.length > ORDERS_MAX)
    throw new AppError('invalid', 'not a chakong-batch/v1');
  return orders.map(orderOf);
}
