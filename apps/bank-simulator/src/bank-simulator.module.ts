import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock, Entropy, Log, RealTime } from '#kernel';
import type { Database } from '#persistence';
import type { PayloadSealing, SignerPort, VerifierPort } from '#trust';
import { CustomersController } from './adapters/http/customers.controller.js';
import { ClerkOrdersController } from './adapters/http/clerk-orders.controller.js';
import { DeskEffectsController } from './adapters/http/desk-effects.controller.js';
import { ClockController, PanelController } from './adapters/http/panel.controller.js';
import { BankCores } from './banks/bank-cores.js';
import type { BankSetup } from './banks/bank-setup.js';
import { DeskEffects } from './banks/desk-effects.js';
import { DayBook } from './banks/day-book.js';
import { JournalBook } from './banks/journal-book.js';
import { BankOrders } from './banks/orders.js';
import { NoticeBox } from './banks/notices.js';
import { FrontEnds } from './dialects/front-ends.js';
import { REAL_TIME, SIM_ACCESS, SIM_CLOCK, type SimAccess, type SimClock } from './sim-ports.js';

/** What the simulator is made of. Everything is handed in, so that a test or a simulation can put its own in place. */
export interface BankSimulatorParts {
  /** The simulator's own store, from `openBooks`; whoever opened it closes it. */
  readonly database: Database;
  readonly clock: Clock & RealTime;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly simClock: SimClock;
  readonly access: SimAccess;
  readonly banks: readonly BankSetup[];
  /** Each bank's own signing key. A bank without one has no wire (manual desk). */
  readonly signers: ReadonlyMap<string, SignerPort>;
  /** The court's keys that the banks accept. */
  readonly courtKeys: readonly VerifierPort[];
  /** What encrypts bodies, by bank, where one has agreed on it. */
  readonly payloads?: ReadonlyMap<string, PayloadSealing>;
}

/** Starts and stops what the banks do by themselves. */
@Injectable()
class SimulatorLife implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(FrontEnds) private readonly frontEnds: FrontEnds,
    @Inject(BankCores) private readonly cores: BankCores,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.frontEnds.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.frontEnds.stop();
    await this.cores.close();
  }
}

/** Stand-in banks for demo and tests: instrument panel under /sim, and each bank's side of its dialect. */
@Module({})
export class BankSimulatorModule {
  static async forRoot(parts: BankSimulatorParts): Promise<DynamicModule> {
    const { database, clock, entropy, log } = parts;
    const cores = await BankCores.open(parts.banks, { database, clock, entropy, log });
    const orders = new BankOrders(cores, database);
    const notices = new NoticeBox(database);
    const frontEnds = new FrontEnds({ cores, orders, notices, days: new DayBook(database) }, { clock, entropy, log }, parts);
    return {
      module: BankSimulatorModule,
      controllers: [ClockController, CustomersController, PanelController, DeskEffectsController, ClerkOrdersController],
      providers: [
        { provide: BankCores, useValue: cores },
        { provide: JournalBook, useValue: new JournalBook(database) },
        { provide: DeskEffects, useValue: new DeskEffects(cores) },
        { provide: BankOrders, useValue: orders },
        { provide: FrontEnds, useValue: frontEnds },
        { provide: REAL_TIME, useValue: clock },
        { provide: SIM_CLOCK, useValue: parts.simClock },
        { provide: SIM_ACCESS, useValue: parts.access },
        SimulatorLife,
      ],
    };
  }
}
