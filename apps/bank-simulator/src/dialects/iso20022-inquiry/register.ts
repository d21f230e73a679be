import { AppError } from '#kernel';
import { garble, strikes } from '../../faults/faults.js';
import type { OrderRecord } from '../../store/order-rows.js';
import type { BankInside, Surroundings } from '../dialect-deps.js';
import { paperProblem } from '../papers.js';
import type { DoorCall, DoorReply } from '../tls-door.js';
import { misspoken } from './deeds/misspoken.js';
import type { MessageHand } from './message-hand.js';
import { readRequest, type ReadRequest } from './request-reader.js';
import { faultText, responseText } from './response-writer.js';

/** A bank that needs longer than this for a request says that the answer comes later (NRES). */
export const LATER_FROM_MS = 2_000;

const BROKEN: DoorReply = { kind: 'broken' };

/** The register of a bank that is asked by ISO 20022 (docs/dialects/iso20022-inquiry.md), with the faults that are switched on. */
export class Register {
  constructor(
    private readonly inside: Omit<BankInside, 'signatures'>,
    private readonly around: Surroundings,
    private readonly hand: MessageHand,
    private readonly legalPersons: readonly string[],
  ) {}

  readonly answer = async ({ method, path, bytes }: DoorCall): Promise<DoorReply> => {
    if (method !== 'POST' || path !== '') return { kind: 'reply', status: 404 };
    const { down, dropRequest, trustsAnyone } = this.faults();
    if (down || strikes(dropRequest, this.around.entropy)) return BROKEN;
    const signed = trustsAnyone ? bytes : this.hand.signedByCourt(bytes);
    if (!signed) return fault('2', 'The provided signature is invalid.');
    let request: ReadRequest;
    try {
      request = readRequest(signed, this.legalPersons);
    } catch (error) {
      if (error instanceof AppError && error.code === 'invalid') return fault('4', error.message);
      throw error;
    }
    return this.execute(request);
  };

  /** A request that was here before is answered from the store, however it came then. */
  private async execute(request: ReadRequest): Promise<DoorReply> {
    const { bank, orders } = this.inside;
    const { latencyMs } = this.faults();
    const problem = paperProblem(request);
    if (latencyMs !== undefined && latencyMs >= LATER_FROM_MS && !problem) {
      const { record } = await orders.postpone(bank, request.order, latencyMs);
      return this.say(request, record);
    }
    if (latencyMs) await this.around.clock.realSleep(latencyMs);
    const { record } = await orders.receive(bank, request.order, false, problem);
    const { executeThenDrop, dropAnswer, duplicateAnswer } = this.faults();
    if (strikes(executeThenDrop, this.around.entropy) || strikes(dropAnswer, this.around.entropy)) return BROKEN;
    if (strikes(duplicateAnswer, this.around.entropy)) await orders.receive(bank, request.order, true);
    return this.say(request, record);
  }

  private say(request: ReadRequest, record: OrderRecord): DoorReply {
    const { entropy } = this.around;
    const { byDebtor, garbleAnswer } = this.faults();
    const deed = byDebtor?.[request.order.subject.idNumber]?.register;
    const signed = misspoken(responseText(request, record), deed, this.hand);
    return xml(200, strikes(garbleAnswer, entropy) ? garble(signed, entropy) : signed);
  }

  private faults() {
    return this.inside.cores.faultsOf(this.inside.bank);
  }
}

function fault(code: string, words: string): DoorReply {
  return xml(500, Buffer.from(faultText(code, words), 'utf8'));
}

function xml(status: number, body: Buffer): DoorReply {
  return { kind: 'reply', status, headers: { 'content-type': 'text/xml; charset=utf-8' }, body };
}
