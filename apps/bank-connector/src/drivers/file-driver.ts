import { errorText, Recurring } from '#kernel';
import type { KeyRing } from '#trust';
import type { BankContext } from '../bank-context.js';
import { TakeFiles } from '../use-cases/exchange-files/take-files.js';
import { WriteFiles, type FileParts } from '../use-cases/exchange-files/write-files.js';
import type { Driver } from './driver.js';

/** Writes orders into files and takes the bank's files, every `pollMs` of the profile and whenever an order comes. */
export class FileDriver implements Driver {
  private readonly writing: Recurring;
  private readonly taking: Recurring;

  constructor(
    context: BankContext,
    private readonly parts: FileParts,
    keys: KeyRing,
  ) {
    const { clock, profile, log, bank } = context;
    const write = new WriteFiles(context, parts);
    const take = new TakeFiles(context, parts, keys);
    const failed = (error: unknown): void => log.write('warn', 'file-turn-failed', { bank, reason: errorText(error) });
    const writeTurn = async (): Promise<void> => {
      if (!context.speaker.held || !context.isOpen()) return;
      await write.writeUnplaced();
      await write.writeDoubtful();
      if ((await write.writeNew()) === WriteFiles.atOnceMax) this.wake();
      await write.lookAfter();
    };
    const takeTurn = async (): Promise<void> => {
      if (context.speaker.held && (await take.execute()) === TakeFiles.atOnceMax) this.taking.wake();
    };
    this.writing = new Recurring(clock, profile.pollMs, writeTurn, failed);
    this.taking = new Recurring(clock, profile.pollMs, takeTurn, failed);
  }

  /** The bank's machine need not be there yet: each turn asks for it again. */
  start(): Promise<void> {
    this.writing.start();
    this.taking.start();
    return Promise.resolve();
  }

  wake(): void {
    this.writing.wake();
  }

  async stop(): Promise<void> {
    await this.writing.stop();
    await this.taking.stop();
    await this.parts.exchange.close();
  }
}
