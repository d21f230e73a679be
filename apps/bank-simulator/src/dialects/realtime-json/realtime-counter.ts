import { AppError } from '#kernel';
import { garble, strikes } from '../../faults/faults.js';
import type { OrderRecord } from '../../store/order-rows.js';
import type { BankInside, Surroundings } from '../dialect-deps.js';
import { answerBytes } from '../plain-json/message-writer.js';
import { paperProblem, readOrder, type ReadOrder } from '../plain-json/order-reader.js';

/** A bank that needs longer than this for an order takes it (202) and calls back with the answer. */
export const CALL_BACK_FROM_MS = 2_000;

/** What goes back over the connection; `broken` closes it without a word. */
export type CounterReply =
  | { readonly kind: 'broken' }
  | { readonly kind: 'answer'; readonly body: Buffer; readonly signature: string }
  | { readonly kind: 'json'; readonly status: number; readonly body: object };

const BROKEN: CounterReply = { kind: 'broken' };

/** The HTTP side of a bank that the court calls (docs/dialects/realtime-json.md), with the faults that are switched on. */
export class RealtimeCounter {
  /** Orders that the bank is thinking about; until it has stored one, a status query must not say that it is unknown. */
  private readonly thinking = new Map<string, number>();

  constructor(
    private readonly inside: BankInside,
    private readonly around: Surroundings,
  ) {}

  async order(bytes: Buffer, signature: string | undefined): Promise<CounterReply> {
    const faults = this.faults();
    if (faults.down || strikes(faults.dropRequest, this.around.entropy)) return BROKEN;
    if (!this.inside.signatures.isOfCourt(bytes, signature)) return refusal(401, 'SEAL_INVALID', '法院签名验证不通过');
    const read = tryRead(bytes);
    if (!read) return refusal(422, 'FORMAT', '报文无法识别');
    this.think(read.order.orderNumber, 1);
    try {
      return await this.execute(read);
    } catch (error) {
      if (error instanceof AppError && error.code === 'unavailable')
        return { kind: 'json', status: 503, body: { reason: { code: 'SYSTEM', text: '系统繁忙' } } };
      throw error;
    } finally {
      this.think(read.order.orderNumber, -1);
    }
  }

  async status(orderNumber: string): Promise<CounterReply> {
    const { bank, orders } = this.inside;
    if (this.faults().down) return BROKEN;
    const record = await orders.find(bank, orderNumber);
    if (record) return this.reply(record);
    if (this.thinking.has(orderNumber)) return { kind: 'json', status: 202, body: { status: 'processing' } };
    return { kind: 'json', status: 404, body: { status: 'not-found' } };
  }

  private async execute(read: ReadOrder): Promise<CounterReply> {
    const { bank, orders } = this.inside;
    const { latencyMs } = this.faults();
    const problem = paperProblem(read);
    if (latencyMs !== undefined && latencyMs >= CALL_BACK_FROM_MS && !problem) {
      return this.reply((await orders.postpone(bank, read.order, latencyMs)).record);
    }
    if (latencyMs) await this.around.clock.realSleep(latencyMs);
    const { record } = await orders.receive(bank, read.order, false, problem);
    const { executeThenDrop, dropAnswer, duplicateAnswer } = this.faults();
    if (strikes(executeThenDrop, this.around.entropy) || strikes(dropAnswer, this.around.entropy)) return BROKEN;
    if (strikes(duplicateAnswer, this.around.entropy)) await orders.receive(bank, read.order, true);
    return this.reply(record);
  }

  private async reply(record: OrderRecord): Promise<CounterReply> {
    if (record.state === 'received')
      return { kind: 'json', status: 202, body: { status: 'processing', receivedAt: new Date(record.receivedAt).toISOString() } };
    const bytes = answerBytes(record);
    const signature = await this.inside.signatures.sign(bytes);
    const garbled = strikes(this.faults().garbleAnswer, this.around.entropy);
    return { kind: 'answer', body: garbled ? garble(bytes, this.around.entropy) : bytes, signature };
  }

  private faults() {
    return this.inside.cores.faultsOf(this.inside.bank);
  }

  private think(orderNumber: string, by: 1 | -1): void {
    const count = (this.thinking.get(orderNumber) ?? 0) + by;
    if (count > 0) this.thinking.set(orderNumber, count);
    else this.thinking.delete(orderNumber);
  }
}

function tryRead(bytes: Buffer): ReadOrder | undefined {
  try {
    return readOrder(bytes);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function refusal(status: number, code: string, text: string): CounterReply {
  return { kind: 'json', status, body: { reason: { code, text } } };
}
