import type { BankNotified, OrderDispatched } from '#contracts';
import {
  accountsOf,
  debtorOf,
  type BankSide,
  type CourtSide,
  type DaySide,
  type DeskSide,
  type Hostility,
  type PlacedCase,
  type Stage,
  type Told,
} from '#connector-sdk';
import { AppError, legalDateOf, newId } from '#kernel';
import type { Court } from './court.js';
import { daySideOf } from './day-side.js';
import { isOver } from './heard.js';
import { isInFile, isUnderWay, loseOrder, spoilAndRelease } from './order-journal.js';
import type { RegisterVisitor } from './register-visitor.js';
import type { RoteClerks } from './rote-clerks.js';
import type { Simulator } from './simulator.js';
import type { TlsVisitor } from './tls-visitor.js';
import { offerAtDoor } from './wire-door.js';

export interface StageParts {
  readonly court: Court;
  readonly dataDir: string;
  /** Undefined: a foreign bank. */
  readonly simulator: Simulator | undefined;
  readonly clerks: RoteClerks | undefined;
  /** Only where the bank is called. */
  readonly visitor: TlsVisitor | undefined;
  /** Only where a register is asked. */
  readonly register: RegisterVisitor | undefined;
  /** Sets faults of the front end beside what is wrong with single debtors. */
  readonly setFaults: (front: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** What one case may touch. */
export class CaseStage implements Stage {
  readonly profile: Stage['profile'];
  readonly manifest: Stage['manifest'];
  readonly debtor: OrderDispatched['debtor'];
  readonly accounts: readonly string[];
  readonly court: CourtSide;
  readonly bank: BankSide;
  readonly desk: DeskSide | undefined;
  readonly days: DaySide | undefined;

  constructor(
    private readonly parts: StageParts,
    placed: PlacedCase,
  ) {
    const { context } = parts.court.host;
    this.profile = context.profile;
    this.manifest = context.manifest;
    this.debtor = debtorOf(placed);
    this.accounts = accountsOf(placed);
    this.court = new KitCourt(parts);
    this.bank = bankSide(parts);
    this.desk = parts.clerks;
    this.days = daySideOf(parts.court);
  }

  today(): string {
    return legalDateOf(this.parts.court.foundation.clock.now());
  }

  order(action: OrderDispatched['action'], over: Partial<OrderDispatched> = {}): OrderDispatched {
    const legalPerson = this.profile.legalPersons[0]?.code ?? this.profile.bank;
    return this.parts.court.orders.make(action, this.debtor, legalPerson, over);
  }

  async passTime(ms: number): Promise<void> {
    await this.parts.court.time.advance(ms);
  }
}

/** Real milliseconds in which a file must be written after its order was made available. */
const WRITTEN_MS_MAX = 5_000;
const CALLED_MS_MAX = 5_000;
const LOOK_EVERY_MS = 10;

class KitCourt implements CourtSide {
  constructor(private readonly parts: StageParts) {}

  async ask(order: OrderDispatched): Promise<Told> {
    await this.dispatch(order);
    return this.further(order, isOver);
  }

  async again(order: OrderDispatched): Promise<Told> {
    await this.parts.court.forget(order);
    return this.ask(order);
  }

  async hostile(order: OrderDispatched, how: Hostility, meanwhile: () => Promise<void>): Promise<Told> {
    const { court } = this.parts;
    // The number may have been asked before, and the journal would pass a second dispatch over.
    await court.forget(order);
    court.hand.forges = how === 'forged';
    try {
      if (typeof how === 'function') await this.spoilt(order, how);
      else await this.dispatch(order);
      await this.hasLeft(order);
      if (how === 'forged') await this.hasBeenCalled(order);
      court.hand.forges = false;
      await meanwhile();
      return court.heard.told(order);
    } finally {
      court.hand.forges = false;
      await court.forget(order);
    }
  }

  further(order: OrderDispatched, isEnough: (told: Told) => boolean): Promise<Told> {
    return this.parts.court.heard.until(order, isEnough);
  }

  notices(orderNumber: string, isEnough: (notices: readonly BankNotified[]) => boolean): Promise<readonly BankNotified[]> {
    return this.parts.court.heard.noticesOf(orderNumber, isEnough);
  }

  private async hasLeft(order: OrderDispatched): Promise<void> {
    const { heard, host, foundation } = this.parts.court;
    await heard.until(order, ({ events }) => events.some(({ event }) => event === 'sent' || event === 'available'));
    if (host.context.manifest.delivery !== 'file') return;
    const end = foundation.clock.monotonicMs() + WRITTEN_MS_MAX;
    while (foundation.clock.monotonicMs() < end && !(await isInFile(host.context, order.orderNumber))) {
      await foundation.clock.realSleep(LOOK_EVERY_MS);
    }
  }

  /** A call may be signed when it is made, so the stranger signs until it is over; and the court must not make it once more in its own hand. */
  private async hasBeenCalled(order: OrderDispatched): Promise<void> {
    const { host, foundation } = this.parts.court;
    if (host.context.manifest.delivery !== 'push') return;
    const end = foundation.clock.monotonicMs() + CALLED_MS_MAX;
    while (foundation.clock.monotonicMs() < end && (await isUnderWay(host.context, order.orderNumber))) {
      await foundation.clock.realSleep(LOOK_EVERY_MS);
    }
    await loseOrder(host.context, order.orderNumber);
  }

  /** The order waits for a number of its lane that never comes, so that its bytes can be spoilt before they leave. */
  private async spoilt(order: OrderDispatched, spoil: (bytes: Buffer) => Buffer): Promise<void> {
    const { court } = this.parts;
    const { clock, entropy } = court.foundation;
    await this.dispatch({ ...order, lane: { id: newId(clock, entropy), number: 2 } });
    await spoilAndRelease(court.host.context, court.host.signatures, order.orderNumber, spoil);
  }

  private async dispatch(order: OrderDispatched): Promise<void> {
    this.parts.clerks?.expect(order);
    await this.parts.court.dispatch(order);
  }
}

function bankSide({ court, dataDir, simulator, visitor, register, setFaults }: StageParts): BankSide {
  const ours = (): Simulator => {
    if (simulator) return simulator;
    throw new AppError('invariant-broken', 'a case of the simulated bank ran against a foreign one', { level: 'fatal' });
  };
  return {
    effects: async (account) => simulator?.effects(account),
    faults: setFaults,
    credit: (account, amount) => ours().credit(account, amount),
    offer: (bytes) => offerAtDoor(court, dataDir, bytes),
    keyExpired: (isExpired) => court.keyExpired(isExpired),
    knock: async (as) => (await visitor?.knock(as)) ?? false,
    present: async (order, how) => (await register?.present(order, how)) ?? '',
  };
}
