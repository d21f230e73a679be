import { Recurring, errorText } from '#kernel';
import { garble, strikes } from '../../faults/faults.js';
import type { BankInside, Surroundings, Worker } from '../dialect-deps.js';
import { answerBytes } from './answer-writer.js';
import { JWS_HEADER, type BankClaims, type BankJws } from './bank-jws.js';
import { CourtCalls, type CallBackTls } from './court-call.js';
import { noticeBytes, noticeNumber } from './notice-writer.js';

/** How often the bank looks for something to say. */
const LOOK_EVERY_MS = 250;
/** Messages that one turn takes along. */
const TURN_MAX = 100;
/** After a call that failed the bank leaves the court in peace this long, in real time. */
const PAUSE_MS = 1_000;

export interface CourtPlace {
  /** The connector's address, for example `http://127.0.0.1:3000/connector/hubeibank`. */
  readonly connector: string;
  /** Where that is https. */
  readonly tls?: CallBackTls;
}

/** Takes answers that came later, and notices, to the court's connector, until each has been stored there. */
export class CallBack implements Worker {
  private readonly recurring: Recurring;
  private readonly calls: CourtCalls;
  private quietUntil = 0;

  constructor(
    private readonly inside: Omit<BankInside, 'signatures'>,
    private readonly around: Surroundings,
    private readonly jws: BankJws,
    private readonly court: CourtPlace,
  ) {
    this.calls = new CourtCalls(around.clock, court.tls);
    const failed = (error: unknown) => {
      this.quietUntil = around.clock.monotonicMs() + PAUSE_MS;
      around.log.write('info', 'simulator-call-back-failed', { bank: inside.bank, reason: errorText(error) });
    };
    this.recurring = new Recurring(around.clock, LOOK_EVERY_MS, () => this.turn(), failed);
  }

  start(): void {
    this.recurring.start();
  }

  async stop(): Promise<void> {
    await this.recurring.stop();
    this.calls.close();
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
      const isGarbled = strikes(garbleAnswer, this.around.entropy);
      for (let i = 0; i < times; i++) await this.post(bytes, { msg: 'answer', sub: record.orderNumber }, isGarbled);
      await orders.delivered(bank, [record.orderNumber]);
    }
  }

  /** Notices go in their order; the first one that is not taken holds the others back. */
  private async notices(): Promise<void> {
    const { bank, notices } = this.inside;
    for (const notice of await notices.untaken(bank, TURN_MAX)) {
      const bytes = noticeBytes(bank, notice);
      await this.post(bytes, { msg: 'notice', sub: noticeNumber(bank, notice) });
      await notices.taken(bank, [notice.seq]);
    }
  }

  /** Each call is signed anew: the court lets no signature in twice. */
  private async post(bytes: Buffer, claims: BankClaims, isGarbled = false): Promise<void> {
    const what = `${claims.msg}s`;
    const headers = { 'content-type': 'application/json', [JWS_HEADER]: await this.jws.sign(bytes, claims) };
    const body = await this.jws.seal(isGarbled ? garble(bytes, this.around.entropy) : bytes);
    const status = await this.calls.post(`${this.court.connector}/${what}`, headers, body);
    if (status !== 200) throw new Error(`the connector answered ${status} to ${what}`);
  }

  private faults() {
    return this.inside.cores.faultsOf(this.inside.bank);
  }
}
