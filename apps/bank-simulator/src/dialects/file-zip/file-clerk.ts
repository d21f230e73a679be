import { join } from 'node:path';
import pMap from 'p-map';
import { AppError, errorText, Recurring } from '#kernel';
import type { FileWire } from '../../banks/bank-setup.js';
import { garble, strikes } from '../../faults/faults.js';
import type { OrderRecord } from '../../store/order-rows.js';
import type { BankInside, Surroundings, Worker } from '../dialect-deps.js';
import { paperProblem } from '../papers.js';
import { sleepThrough } from '../slow-start.js';
import { answerEntries, ordersIn, receiptEntry } from './bodies.js';
import { ExchangeFolder } from './exchange-folder.js';
import { readDownName, receiptName, type NamedPackage } from './package-names.js';
import { sealOf, signatureInSeal } from './package-seal.js';
import { ORDERS_MAX, UpNames } from './up-names.js';
import { readPackage, writePackage, type PackageEntry } from './zip-packages.js';

/** Answers that one turn writes. */
const ANSWERS_MAX = 1_000;
/** Files of one legal person that are read or written at once: most of a file's time is waiting for the disk. */
const FILES_AT_ONCE = { concurrency: 8, stopOnError: false };

interface LegalPersonFolders {
  readonly legalPerson: string;
  readonly institution: string;
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
  private readonly names = new UpNames();
  private prepared = false;

  constructor(
    private readonly inside: BankInside,
    private readonly around: Surroundings,
    { exchange, scanMs, institutions }: FileWire,
  ) {
    const folder = (institution: string, direction: string) => new ExchangeFolder(join(exchange, institution, direction));
    this.folders = [...institutions].map(([legalPerson, institution]) => {
      return { legalPerson, institution, down: folder(institution, 'down'), up: folder(institution, 'up') };
    });
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
    const { down } = folders;
    try {
      const about = readDownName(name);
      if (about.type.endsWith('HZ')) await this.takeFailure(down, name, about);
      else if (!strikes(this.faults().dropRequest, this.around.entropy)) await this.takeOrders(folders, name, about);
      await down.putAway(name, 'done');
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
      this.around.log.write('warn', 'simulator-file-refused', { bank: this.inside.bank, file: name, reason: error.message });
      await down.putAway(name, 'failed');
    }
  }

  private async takeOrders({ legalPerson, institution, down, up }: LegalPersonFolders, name: string, about: NamedPackage): Promise<void> {
    if (about.institution !== institution) throw new AppError('invalid', 'a package for another bank');
    const orders = ordersIn(await this.readSigned(down, name));
    // When the connection breaks after the orders were executed, the court hears neither of the package nor of the answers.
    const isSilent = strikes(this.faults().executeThenDrop, this.around.entropy);
    await Promise.all(
      orders.map((read) => {
        const order = { ...read.order, legalPerson };
        this.names.came(order.orderNumber, about.batch);
        return this.inside.orders.receive(this.inside.bank, order, !isSilent, paperProblem(read));
      }),
    );
    if (isSilent) return;
    const now = this.around.clock.now();
    await this.write(up, receiptName(about), await writePackage([receiptEntry(about.batch, now)], now));
  }

  /** The court could not load one of our packages: what was in it is written again. */
  private async takeFailure(down: ExchangeFolder, name: string, { orderNumber }: NamedPackage): Promise<void> {
    await this.readSigned(down, name);
    this.around.log.write('info', 'simulator-file-not-loaded', { bank: this.inside.bank, note: name });
    await this.inside.orders.deliverAgain(this.inside.bank, this.names.ordersIn(name, orderNumber));
  }

  /** Digest and signature come first: of what the court did not sign nothing is opened. */
  private async readSigned(down: ExchangeFolder, name: string): Promise<readonly PackageEntry[]> {
    const { bytes, seal } = await down.read(name);
    const signature = seal === undefined ? undefined : signatureInSeal(seal, bytes);
    if (!(await this.inside.signatures.isOfCourt(bytes, signature))) throw new AppError('invalid', 'not signed by the court');
    return readPackage(bytes);
  }

  private async writeAnswers(): Promise<void> {
    const { bank, orders } = this.inside;
    const waiting = await orders.undelivered(bank, ANSWERS_MAX);
    await pMap(
      this.folders,
      async ({ legalPerson, institution, up }) => {
        const own = waiting.filter(
          (record) => record.legalPerson === legalPerson && !strikes(this.faults().dropAnswer, this.around.entropy),
        );
        await pMap(this.feedbacks(own), (feedback) => this.writeFeedback(institution, up, feedback), FILES_AT_ONCE);
      },
      { stopOnError: false },
    );
  }

  private async writeFeedback(institution: string, up: ExchangeFolder, { type, records }: Feedback): Promise<void> {
    const bytes = await writePackage(records.flatMap(answerEntries), this.around.clock.now());
    const times = strikes(this.faults().duplicateAnswer, this.around.entropy) ? 2 : 1;
    for (let i = 0; i < times; i++) await this.write(up, await this.names.next(up, type, institution, records), bytes);
    await this.inside.orders.delivered(
      this.inside.bank,
      records.map((record) => record.orderNumber),
    );
  }

  /** The packages that answers make: the inquiries of a batch share one, a control order's answer stands alone. */
  private feedbacks(own: readonly OrderRecord[]): readonly Feedback[] {
    const batches = new Map<string, OrderRecord[]>();
    const alone: Feedback[] = [];
    for (const record of own) {
      if (record.action !== 'inquire') alone.push({ type: 'KZFK', records: [record] });
      else {
        const batch = this.names.batchOf(record.orderNumber);
        batches.set(batch, [...(batches.get(batch) ?? []), record]);
      }
    }
    return [...[...batches.values()].flatMap(pieces), ...alone];
  }

  private async write(up: ExchangeFolder, name: string, bytes: Buffer): Promise<void> {
    const seal = sealOf(bytes, await this.inside.signatures.sign(bytes));
    const garbled = name.slice(2, 4) === 'FK' && strikes(this.faults().garbleAnswer, this.around.entropy);
    await up.write(name, garbled ? garble(bytes, this.around.entropy) : bytes, seal);
  }

  private faults() {
    return this.inside.cores.faultsOf(this.inside.bank);
  }
}

interface Feedback {
  readonly type: 'CXFK' | 'KZFK';
  readonly records: readonly OrderRecord[];
}

function pieces(records: readonly OrderRecord[]): readonly Feedback[] {
  const shared: Feedback[] = [];
  for (let i = 0; i < records.length; i += ORDERS_MAX) shared.push({ type: 'CXFK', records: records.slice(i, i + ORDERS_MAX) });
  return shared;
}
