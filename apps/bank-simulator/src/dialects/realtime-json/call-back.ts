import { Recurring, errorText } from '#kernel';
import { garble, strikes } from '../../faults/faults.js';
import type { BankInside, Surroundings, Worker } from '../dialect-deps.js';
import { httpCall } from '../http-call.js';
import { answerBytes, noticeBytes } from '../plain-json/message-writer.js';
import { SIGNATURE_HEADER } from '../plain-json/message-signatures.js';

/** How often the bank looks for something to say. */
const LOOK_EVERY_MS = 250;
/** Messages that one turn takes along. */
const TURN_MAX = 100;
/** After a call that failed the bank leaves the court in peace this long, in real time. */
const PAUSE_MS = 1_000;

/** Takes answers that came later, and notices, to the court's connector, until each has been stored there. */
export class CallBack implements Worker {
  private readonly recurring: Recurring;
  private quietUntil = 0;

  constructor(
    private readonly inside: BankInside,
    private readonly around: Surroundings,
    /** The connector's address, for example `http://127.0.0.1:3000/connector/hubeibank`. */
    private readonly connector: string,
  ) {
    const failed = (error: unknown) => {
      this.quietUntil = around.clock.monotonicMs() + PAUSE_MS;
      around.log.write('info', 'simulator-call-back-failed', { bank: inside.bank, reason: errorText(error) });
    };
    this.recurring = new Recurring(around.clock, LOOK_EVERY_MS, () => this.turn(), failed);
  }

  start(): void {
    this.recurring.start();
  }

  stop(): Promise<void> {
    return this.recurring.stop();
  }

  private async turn(): Promise<void> {
    if (this.faults().down || this.around.clock.monotonicMs() < this.quietUntil) return;
    await this.answers();
    await this.notices();
  }

  private async answers(): Promise<void> {
    const { bank, orders } = this.inside;
    for (const record of await orders.undelivered(bank, TURN_MAX)) {
      const { dropAnswer, duplicateAnswer, garbleAnswer } = this.faults();
      const lost = strikes(dropAnswer, this.around.entropy);
      const times = lost ? 0 : strikes(duplicateAnswer, this.around.entropy) ? 2 : 1;
      const bytes = answerBytes(record);
      const signature = await this.inside.signatures.sign(bytes);
      const sent = strikes(garbleAnswer, this.around.entropy) ? garble(bytes, this.around.entropy) : bytes;
      for (let i = 0; i < times; i++) await this.post('answers', sent, signature);
      await orders.delivered(bank, [record.orderNumber]);
    }
  }

  /** Notices go in their order; the first one that is not taken holds the others back. */
  private async notices(): Promise<void> {
    const { bank, notices } = this.inside;
    for (const notice of await notices.untaken(bank, TURN_MAX)) {
      const bytes = noticeBytes(bank, notice);
      await this.post('notices', bytes, await this.inside.signatures.sign(bytes));
      await notices.taken(bank, [notice.seq]);
    }
  }

  private async post(what: 'answers' | 'notices', body: Buffer, signature: string): Promise<void> {
    const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature };
    const reply = await httpCall(this.around.clock, `${this.connector}/${what}`, { method: 'POST', headers, body });
    if (reply.status !== 200) throw new Error(`the connector answered ${reply.status} to ${what}`);
  }

  private faults() {
    return this.inside.cores.faultsOf(this.inside.bank);
  }
}
