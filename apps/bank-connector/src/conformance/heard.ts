import {
  ANSWERS_TOPIC,
  decodeBody,
  NOTICES_TOPIC,
  ORDER_EVENTS_TOPIC,
  type BankNotified,
  type OrderAnswered,
  type OrderDispatched,
  type OrderProgressed,
} from '#contracts';
import type { Told } from '#connector-sdk';
import type { RealTime } from '#kernel';
import type { Message, MessageBus } from '#messaging';
import { FieldCipher, type CaseKeys } from '#privacy';
import type { Entropy } from '#kernel';

/** Real milliseconds between two looks at what has been heard. */
const LOOK_EVERY_MS = 10;

interface OfOrder {
  readonly answers: OrderAnswered[];
  readonly events: OrderProgressed[];
}

/** The gateway's end of the bus: what the connector has told of each order, each message once. */
export class Heard {
  private readonly orders = new Map<string, OfOrder>();
  private readonly notices: BankNotified[] = [];
  private readonly seen = new Set<string>();
  private readonly cipher: FieldCipher;

  constructor(
    private readonly keys: CaseKeys,
    private readonly time: RealTime,
    entropy: Entropy,
    /** Real milliseconds after which nobody waits any longer. */
    private readonly patienceMs: number,
  ) {
    this.cipher = new FieldCipher(entropy);
  }

  async listen(bus: MessageBus): Promise<void> {
    const topics: Readonly<Record<string, (message: Message) => Promise<void>>> = {
      [ORDER_EVENTS_TOPIC]: async ({ body }) => {
        const event = decodeBody('order.progressed.v1', body);
        this.of(event.orderNumber).events.push(event);
      },
      [ANSWERS_TOPIC]: async (message) => {
        const answer = decodeBody('order.answered.v1', await this.open(message));
        this.of(answer.orderNumber).answers.push(answer);
      },
      [NOTICES_TOPIC]: async (message) => {
        // A bank's day goes the same way and is about no case; cases ask for it themselves (`DaySide`).
        if (message.type !== 'bank.notified.v1') return;
        this.notices.push(decodeBody('bank.notified.v1', await this.open(message)));
      },
    };
    for (const [topic, hear] of Object.entries(topics)) {
      await bus.subscribe({ group: 'conformance', topics: [topic], handle: (batch) => this.once(batch, hear) });
    }
  }

  /** What was heard of an order before does not count any more. */
  forget(orderNumber: string): void {
    this.orders.delete(orderNumber);
  }

  told(order: OrderDispatched): Told {
    const { answers, events } = this.of(order.orderNumber);
    return { order, answers: [...answers], events: [...events] };
  }

  /** Waits until it is enough, or until patience is over; says what there is then. */
  async until(order: OrderDispatched, isEnough: (told: Told) => boolean): Promise<Told> {
    await this.wait(() => isEnough(this.told(order)));
    return this.told(order);
  }

  async noticesOf(orderNumber: string, isEnough: (notices: readonly BankNotified[]) => boolean): Promise<readonly BankNotified[]> {
    const own = (): readonly BankNotified[] => this.notices.filter((notice) => notice.orderNumber === orderNumber);
    await this.wait(() => isEnough(own()));
    return own();
  }

  private async wait(isEnough: () => boolean): Promise<void> {
    const end = this.time.monotonicMs() + this.patienceMs;
    while (!isEnough() && this.time.monotonicMs() < end) await this.time.realSleep(LOOK_EVERY_MS);
  }

  private of(orderNumber: string): OfOrder {
    const known = this.orders.get(orderNumber) ?? { answers: [], events: [] };
    this.orders.set(orderNumber, known);
    return known;
  }

  private async once(batch: readonly Message[], hear: (message: Message) => Promise<void>): Promise<void> {
    for (const message of batch) {
      if (this.seen.has(message.id)) continue;
      await hear(message);
      this.seen.add(message.id);
    }
  }

  private async open(message: Message): Promise<Buffer> {
    const key = await this.keys.get(message.headers['caseId'] ?? '');
    return this.cipher.openBytes(key, `message|${message.type}|${message.id}`, message.body);
  }
}

/** An order is over: answered line by line, given back, in doubt, or withdrawn. */
export function isOver({ order, answers, events }: Told): boolean {
  if (events.some(({ event }) => event === 'undetermined' || event === 'withdrawn')) return true;
  if (answers.some(({ inquiry, rollback }) => inquiry !== undefined || rollback !== undefined)) return true;
  const lines = answers.flatMap(({ control }) => control?.lines ?? []).filter(({ status }) => status !== 'in-progress');
  const answered = new Set(lines.map(({ seq }) => seq));
  return order.lines.length > 0 && order.lines.every(({ seq }) => answered.has(seq));
}
