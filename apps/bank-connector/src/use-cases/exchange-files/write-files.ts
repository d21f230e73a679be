import pMap from 'p-map';
import { signForWire, type FileExchange, type FileTranslation } from '#connector-sdk';
import { AppError, errorText, failPoint, instantText } from '#kernel';
import type { SignerPort } from '#trust';
import type { BankContext } from '../../bank-context.js';
import { noteDone, noteWritten, ordersInFile, unreceiptedFiles, type DownFileRow } from '../../adapters/store/down-files.js';
import { dueOrders, type OrderRow, type SeenRow } from '../../adapters/store/order-rows.js';
import type { SendableOrder } from '../../adapters/store/order-vault.js';
import { StartSending, type Sending } from '../start-sending/start-sending.js';

/** Orders that one turn writes. */
const TURN_MAX = 1_000;
/** Business milliseconds after which a file that the bank has taken away without a receipt is written again; longer each time. */
const WRITE_AGAIN_MS = 10_000;
const WRITE_AGAIN_MS_MAX = 600_000;
/** Files looked after in one turn. */
const FILES_MAX = 200;
/** Files written at once. */
const FILES_AT_ONCE = 8;
/** Names tried before a file is given up. */
const NAMES_MAX = 1_000;

export interface FileParts {
  readonly translation: FileTranslation;
  readonly exchange: FileExchange;
  readonly signer: SignerPort;
}

/**
 * Brings orders into files. SENDING and the file's name are committed before the file is written; the file can be made again from
 * the journal at any time, byte for byte, and is written again only while nobody has receipted or answered it (I5).
 */
export class WriteFiles {
  private readonly startSending: StartSending;
  private batches = 0;
  /** Files that could not be placed, with their legal person. Their orders are SENDING, so before a restart nobody else would write them. */
  private readonly unplaced = new Map<string, string>();

  constructor(
    private readonly context: BankContext,
    private readonly parts: FileParts,
  ) {
    this.startSending = new StartSending(context);
  }

  /** Orders whose turn it is. @returns how many there were; the maximum means that there may be more */
  async writeNew(): Promise<number> {
    const { database, clock } = this.context;
    const rows = await dueOrders(database.reader, ['READY'], clock.now(), TURN_MAX);
    const known = (await Promise.all(rows.map((row) => this.open(row)))).filter((one) => one !== undefined);
    await pMap(this.groups(known), (group) => this.attempt(() => this.writeGroup(group)), { concurrency: FILES_AT_ONCE });
    return rows.length;
  }

  static readonly atOnceMax = TURN_MAX;

  /** Files whose placing failed before. While the bank's machine is away this ends the turn, and no new order becomes SENDING in vain. */
  async writeUnplaced(): Promise<void> {
    for (const [name, legalPerson] of [...this.unplaced]) await this.attempt(() => this.writeAgain(name, legalPerson));
  }

  /** Files of orders in doubt: those of a process that died between its commit and the writing, and those that persons send again. */
  async writeDoubtful(): Promise<void> {
    const { database, clock, log, bank } = this.context;
    const rows = await dueOrders(database.reader, ['UNKNOWN'], clock.now(), TURN_MAX);
    for (const name of new Set(rows.map((row) => row.file_name))) {
      const legalPerson = rows.find((row) => row.file_name === name)?.legal_person ?? '';
      if (name === null) {
        log.write('error', 'order-without-file', { bank });
        continue;
      }
      await this.attempt(() =>
        this.writeDoubtfulFile(
          name,
          legalPerson,
          rows.filter((row) => row.file_name === name),
        ),
      );
    }
  }

  /** The machine is asked first: while it is away the orders stay UNKNOWN, and the next turn finds them again. */
  private async writeDoubtfulFile(name: string, legalPerson: string, rows: readonly OrderRow[]): Promise<void> {
    const { database, clock } = this.context;
    const waits = await this.parts.exchange.isWaiting(legalPerson, name);
    const doubtful = (await Promise.all(rows.map((row) => this.open(row)))).filter((one) => one !== undefined);
    await this.startSending.execute(doubtful, { event: 'available' });
    this.unplaced.set(name, legalPerson);
    if (!waits) return this.writeAgain(name, legalPerson);
    await database.run((tx) => noteWritten(tx, name, legalPerson, clock.now()));
    this.unplaced.delete(name);
  }

  /** Files that the bank has taken away and never spoken of. */
  async lookAfter(): Promise<void> {
    const { database, clock } = this.context;
    for (const file of await unreceiptedFiles(database.reader, clock.now() - WRITE_AGAIN_MS, FILES_MAX)) {
      await this.attempt(async () => {
        const orders = await ordersInFile(database.reader, file.name);
        if (!orders.some(isUnheard)) await this.finish(file);
        else if (clock.now() >= againAt(file) && !(await this.parts.exchange.isWaiting(file.legal_person, file.name))) {
          await this.writeAgain(file.name, file.legal_person);
        }
      });
    }
  }

  /** A machine that is away concerns every file, so the turn ends; whatever else is wrong concerns one file and holds up no other. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    const { log, bank } = this.context;
    try {
      await work();
    } catch (error) {
      if (error instanceof AppError && error.code === 'unavailable') throw error;
      log.write('warn', 'file-not-written', { bank, reason: errorText(error) });
    }
  }

  private async finish({ name, legal_person: legalPerson }: DownFileRow): Promise<void> {
    await this.context.database.run((tx) => noteDone(tx, name));
    await this.parts.exchange.forget(legalPerson, name);
  }

  /** Inquiries of a legal person share a file; a control order stands alone, because it is urgent. */
  private groups(orders: readonly SendableOrder[]): readonly (readonly SendableOrder[])[] {
    const groups: SendableOrder[][] = [];
    const open = new Map<string, SendableOrder[]>();
    for (const known of orders) {
      const { legal_person: legalPerson, action } = known.row;
      const group = action === 'inquire' ? open.get(legalPerson) : undefined;
      if (group && group.length < this.context.profile.limits.batch) group.push(known);
      else {
        const next = [known];
        groups.push(next);
        if (action === 'inquire') open.set(legalPerson, next);
      }
    }
    return groups;
  }

  private async writeGroup(group: readonly SendableOrder[]): Promise<void> {
    const legalPerson = group[0]?.row.legal_person ?? '';
    const orders = group.map(({ row }) => ({ orderNumber: row.order_number, action: row.action }));
    const name = await this.freshName(legalPerson, orders);
    const sendings = await this.startSending.execute(group, { event: 'available', fileName: name });
    if (sendings.length === 0) return;
    failPoint('connector.sending-after-commit');
    await this.write(name, legalPerson, sendings);
    failPoint('connector.sent-before-record');
  }

  private async writeAgain(name: string, legalPerson: string): Promise<void> {
    const rows = await ordersInFile(this.context.database.reader, name);
    const sendings = await Promise.all(
      rows.map(async (row) => {
        const known = await this.context.vault.know(row);
        return { known, bytes: this.context.vault.wireBytes(known) };
      }),
    );
    await this.write(name, legalPerson, sendings);
  }

  private async write(name: string, legalPerson: string, sendings: readonly Sending[]): Promise<void> {
    const inOrder = [...sendings].sort((a, b) => a.known.row.seq - b.known.row.seq);
    const orders = inOrder.map((sending) => ({ orderNumber: sending.known.row.order_number, bytes: sending.bytes }));
    this.unplaced.set(name, legalPerson);
    const bytes = await this.parts.translation.writeFile(orders);
    await this.parts.exchange.write({ legalPerson, name, bytes, signature: await signForWire(this.parts.signer, bytes) });
    failPoint('connector.file-placed');
    await this.context.database.run((tx) => noteWritten(tx, name, legalPerson, this.context.clock.now()));
    this.unplaced.delete(name);
  }

  /** A name that no order has: after a restart within one second the count begins anew. */
  private async freshName(legalPerson: string, orders: readonly { orderNumber: string; action: string }[]): Promise<string> {
    for (let attempt = 0; attempt < NAMES_MAX; attempt++) {
      const name = this.parts.translation.nameOf(legalPerson, orders, this.nextBatch());
      if ((await ordersInFile(this.context.database.reader, name)).length === 0) return name;
    }
    throw new AppError('invariant-broken', `no free file name for ${legalPerson}`, { level: 'error' });
  }

  /** 14 digits of time and 6 of count. */
  private nextBatch(): string {
    this.batches = (this.batches + 1) % 1_000_000;
    const digits = instantText(this.context.clock.now()).replace(/\D/g, '').slice(0, 14);
    return digits + String(this.batches).padStart(6, '0');
  }

  private async open(row: OrderRow): Promise<SendableOrder | undefined> {
    const { vault, log, bank } = this.context;
    try {
      return await vault.know(row);
    } catch (error) {
      log.write('error', 'order-not-opened', { bank, orderNumber: row.order_number, reason: errorText(error) });
      return undefined;
    }
  }
}

/** Neither receipted nor answered. */
function isUnheard({ delivery, standing }: SeenRow): boolean {
  return standing === 'open' && (delivery === 'SENDING' || delivery === 'UNKNOWN');
}

function againAt({ written_at, writings }: DownFileRow): number {
  return written_at + Math.min(WRITE_AGAIN_MS * writings, WRITE_AGAIN_MS_MAX);
}
