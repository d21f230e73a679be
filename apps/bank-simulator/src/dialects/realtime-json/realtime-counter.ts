import { AppError } from '#kernel';
import { garble, strikes } from '../../faults/faults.js';
import type { OrderRecord } from '../../store/order-rows.js';
import type { BankInside, Surroundings } from '../dialect-deps.js';
import { paperProblem, type ReadOrder } from '../papers.js';
import { answerBytes } from './answer-writer.js';
import type { BankClaims, BankJws, CourtHeader } from './bank-jws.js';
import { chinaTime } from './china-time.js';
import { dayBytes, readDayRequest } from './day-writer.js';
import { BODY_VERSION, readOrder } from './order-reader.js';

/** A bank that needs longer than this for an order takes it (202) and calls back with the answer. */
export const CALL_BACK_FROM_MS = 2_000;

/** What goes back over the connection; `broken` closes it without a word. Whoever is not the court gets no signed word. */
export type CounterReply =
  | { readonly kind: 'broken' }
  | { readonly kind: 'signed'; readonly status: number; readonly body: Buffer; readonly signature: string }
  | { readonly kind: 'unsigned'; readonly status: number };

const BROKEN: CounterReply = { kind: 'broken' };
const NOT_THE_COURT: CounterReply = { kind: 'unsigned', status: 401 };

type State = { readonly state: 'accepted' | 'not-found' | 'rejected'; readonly recvTime?: string; readonly reason?: object };
const STATUS_OF = { accepted: 202, 'not-found': 404, rejected: 422 } as const;

/** The HTTPS side of a bank that the court calls (docs/dialects/realtime-json.md), with the faults that are switched on. */
export class RealtimeCounter {
  /** Orders that the bank is thinking about; until it has stored one, a status query must not say that it is unknown. */
  private readonly thinking = new Map<string, number>();

  constructor(
    private readonly inside: Omit<BankInside, 'signatures'>,
    private readonly around: Surroundings,
    private readonly jws: BankJws,
  ) {}

  async order(body: Buffer, signature: string | undefined): Promise<CounterReply> {
    const faults = this.faults();
    if (faults.down || strikes(faults.dropRequest, this.around.entropy)) return BROKEN;
    const bytes = await this.jws.open(body);
    const header = bytes && (await this.jws.read(bytes, signature));
    if (!bytes || header?.msg !== 'order') return NOT_THE_COURT;
    const read = tryRead(bytes);
    if (read?.order.orderNumber !== header.sub)
      return this.say(header, { state: 'rejected', reason: { code: 'E902', text: '报文无法识别' } });
    this.think(header.sub, 1);
    try {
      return await this.execute(read, header);
    } catch (error) {
      if (error instanceof AppError && error.code === 'unavailable') return { kind: 'unsigned', status: 503 };
      throw error;
    } finally {
      this.think(header.sub, -1);
    }
  }

  async status(orderNumber: string, signature: string | undefined): Promise<CounterReply> {
    const { bank, orders } = this.inside;
    if (this.faults().down) return BROKEN;
    const header = await this.jws.read(Buffer.alloc(0), signature);
    if (header?.msg !== 'query' || header.sub !== orderNumber) return NOT_THE_COURT;
    const record = await orders.find(bank, orderNumber);
    if (record) return this.reply(header, record);
    return this.say(header, { state: this.thinking.has(orderNumber) ? 'accepted' : 'not-found' });
  }

  /** One page of the bank's side of some days. */
  async day(sealed: Buffer, signature: string | undefined): Promise<CounterReply> {
    const { bank, days } = this.inside;
    const { down, statement: misdeed } = this.faults();
    if (down) return BROKEN;
    const bytes = await this.jws.open(sealed);
    if (!bytes) return NOT_THE_COURT;
    const header = await this.jws.read(bytes, signature);
    const asked = readDayRequest(bytes);
    if (header?.msg !== 'day-query' || !asked || header.sub !== `${asked.from}/${asked.to}/${asked.page}`) return NOT_THE_COURT;
    if (misdeed === 'silent') return { kind: 'unsigned', status: 404 };
    const body = dayBytes(asked, await days.of(bank, asked.from, asked.to, misdeed), this.around.clock.now());
    if (!body) return { kind: 'unsigned', status: 404 };
    const value = await this.jws.sign(body, claims('day-statement', header));
    const garbled = strikes(this.faults().garbleAnswer, this.around.entropy);
    return { kind: 'signed', status: 200, body: await this.jws.seal(garbled ? garble(body, this.around.entropy) : body), signature: value };
  }

  private async execute(read: ReadOrder, header: CourtHeader): Promise<CounterReply> {
    const { bank, orders } = this.inside;
    const { latencyMs } = this.faults();
    const problem = paperProblem(read);
    if (latencyMs !== undefined && latencyMs >= CALL_BACK_FROM_MS && !problem) {
      return this.reply(header, (await orders.postpone(bank, read.order, latencyMs)).record);
    }
    if (latencyMs) await this.around.clock.realSleep(latencyMs);
    const { record } = await orders.receive(bank, read.order, false, problem);
    const { executeThenDrop, dropAnswer, duplicateAnswer } = this.faults();
    if (strikes(executeThenDrop, this.around.entropy) || strikes(dropAnswer, this.around.entropy)) return BROKEN;
    if (strikes(duplicateAnswer, this.around.entropy)) await orders.receive(bank, read.order, true);
    return this.reply(header, record);
  }

  private async reply(header: CourtHeader, record: OrderRecord): Promise<CounterReply> {
    if (record.state === 'received') return this.say(header, { state: 'accepted', recvTime: chinaTime(record.receivedAt) });
    const bytes = answerBytes(record);
    const signature = await this.jws.sign(bytes, claims('answer', header));
    const garbled = strikes(this.faults().garbleAnswer, this.around.entropy);
    return { kind: 'signed', status: 200, body: await this.jws.seal(garbled ? garble(bytes, this.around.entropy) : bytes), signature };
  }

  private async say(header: CourtHeader, state: State): Promise<CounterReply> {
    const body = Buffer.from(JSON.stringify({ v: BODY_VERSION, reqNo: header.sub, ...state }), 'utf8');
    const signature = await this.jws.sign(body, claims('state', header));
    return { kind: 'signed', status: STATUS_OF[state.state], body: await this.jws.seal(body), signature };
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

function claims(msg: BankClaims['msg'], { sub, jti }: CourtHeader): BankClaims {
  return { msg, sub, irt: jti };
}

function tryRead(bytes: Buffer): ReadOrder | undefined {
  try {
    return readOrder(bytes);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
