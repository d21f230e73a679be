import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ordersTopic } from '#contracts';
import { FACTS_TOPIC, FactRecorder, OutboxDepth, ReceiptedOutbox, Relay } from '#messaging';
import { AuthController } from './adapters/http/auth.controller.js';
import { BanksController } from './adapters/http/banks.controller.js';
import { CaseActsController } from './adapters/http/case-acts.controller.js';
import { CaseChangesController } from './adapters/http/case-changes.controller.js';
import { CasesController } from './adapters/http/cases.controller.js';
import { CourtsController } from './adapters/http/courts.controller.js';
import { CsvBodies, ImportsController } from './adapters/http/imports.controller.js';
import { InstrumentsController } from './adapters/http/instruments.controller.js';
import { OidcController } from './adapters/http/oidc.controller.js';
import { OfficersController } from './adapters/http/officers.controller.js';
import { PartiesController } from './adapters/http/parties.controller.js';
import { AuthGuard } from './adapters/http/principal.js';
import { Writes } from './adapters/http/writes.js';
import { WorkerRenderer } from './adapters/render/worker-renderer.js';
import { makeFactRecorder } from './facts.js';
import { GATEWAY_RELAY, PARTS, type BankDirectory, type GatewayParts } from './gateway-parts.js';
import { requestFeature } from './request-feature.js';
import { ApproveChange } from './use-cases/change-case/approve-change.js';
import { ChangeCase } from './use-cases/change-case/change-case.js';
import { CloseCase } from './use-cases/close-case/close-case.js';
import { FileCase } from './use-cases/file-case/file-case.js';
import { ImportBatch } from './use-cases/import-cases/import-batch.js';
import { ImportCases } from './use-cases/import-cases/import-cases.js';
import { AddInstrument } from './use-cases/make-instrument/add-instrument.js';
import { INSTRUMENTS } from './use-cases/make-instrument/instrument-port.js';
import { InstrumentService } from './use-cases/make-instrument/instrument-service.js';
import { MakeDocument } from './use-cases/make-instrument/make-document.js';
import { RENDERER, type Renderer } from './use-cases/make-instrument/renderer.js';
import { MONEY_WATCH, noMoneyWatch } from './use-cases/money-watch.js';
import { ReadInstrument } from './use-cases/read-instrument/read-instrument.js';
import { RecordSatisfaction } from './use-cases/record-satisfaction/record-satisfaction.js';
import { RegisterCourtAccounts } from './use-cases/register-court-accounts/register-court-accounts.js';
import { RegisterOfficer } from './use-cases/register-officer/register-officer.js';
import { RevealParty } from './use-cases/reveal-party/reveal-party.js';
import { CaseViews } from './use-cases/show-case/case-view.js';
import { AdmitOidcUser } from './use-cases/sign-in-user/admit-oidc-user.js';
import { KnowCaller } from './use-cases/sign-in-user/know-caller.js';
import { OidcDoor } from './use-cases/sign-in-user/oidc-door.js';
import { SignInByOidc } from './use-cases/sign-in-user/sign-in-by-oidc.js';
import { SignInUser } from './use-cases/sign-in-user/sign-in-user.js';
import { ShowBanks } from './use-cases/show-banks/show-banks.js';
import { Vault } from './vault.js';

/** Starts the relay of the gateway's outbox and the imports that were interrupted; stops them and the renderer. */
@Injectable()
export class GatewayLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly outbox = new ReceiptedOutbox();

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
    @Inject(RENDERER) private readonly renderer: Renderer,
    @Inject(ImportCases) private readonly importCases: ImportCases,
    @Inject(OutboxDepth) private readonly depth: OutboxDepth,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.parts.holdDelivery) this.relay.hold(true);
    this.relay.start();
    this.depth.start();
    if (this.parts.receipts) await this.outbox.start(this.parts, this.relay, SOURCE);
    await this.importCases.resume();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.importCases.stop();
    await this.depth.stop();
    await this.outbox.stop();
    await this.relay.stop();
    await this.renderer.close();
  }
}

/** Whose outbox a message came from. */
const SOURCE = 'court-gateway';

const topicsOf = (banks: BankDirectory): readonly string[] => [FACTS_TOPIC, ...banks.all().map(({ bank }) => ordersTopic(bank))];

function makeDepth({ database, banks, clock, log, outboxRowsMax: rowsMax }: GatewayParts): OutboxDepth {
  return new OutboxDepth({ database, topics: topicsOf(banks), clock, log, rowsMax });
}

function makeRelay({ database, bus, banks, clock, log, leader, receipts }: GatewayParts): Relay {
  return new Relay(database, bus, topicsOf(banks), clock, log, { ...(leader ? { leader } : {}), ...(receipts ? { source: SOURCE } : {}) });
}

const CONTROLLERS = [
  AuthController,
  OidcController,
  BanksController,
  OfficersController,
  CourtsController,
  CasesController,
  CaseChangesController,
  CaseActsController,
  PartiesController,
  InstrumentsController,
  ImportsController,
];

const USE_CASES = [
  SignInUser,
  OidcDoor,
  AdmitOidcUser,
  SignInByOidc,
  KnowCaller,
  ShowBanks,
  RegisterOfficer,
  RegisterCourtAccounts,
  FileCase,
  CaseViews,
  ChangeCase,
  ApproveChange,
  RecordSatisfaction,
  CloseCase,
  RevealParty,
  MakeDocument,
  AddInstrument,
  InstrumentService,
  ReadInstrument,
  ImportBatch,
  ImportCases,
];

/** The court-facing app. Every part of it is made here; what requests add stands in `request-feature.ts`. */
@Module({})
export class CourtGatewayModule {
  static forRoot(parts: GatewayParts): DynamicModule {
    return {
      module: CourtGatewayModule,
      controllers: [...CONTROLLERS, ...requestFeature.controllers],
      providers: [
        { provide: PARTS, useValue: parts },
        { provide: GATEWAY_RELAY, useFactory: () => makeRelay(parts) },
        { provide: OutboxDepth, useFactory: () => makeDepth(parts) },
        { provide: FactRecorder, useFactory: () => makeFactRecorder(parts) },
        { provide: MONEY_WATCH, useValue: noMoneyWatch },
        { provide: RENDERER, useFactory: () => parts.renderer ?? new WorkerRenderer(parts.clock, parts.log) },
        { provide: INSTRUMENTS, useExisting: InstrumentService },
        Vault,
        AuthGuard,
        Writes,
        ...USE_CASES,
        CsvBodies,
        GatewayLifecycle,
        ...requestFeature.providers,
      ],
      exports: [GATEWAY_RELAY, OutboxDepth],
    };
  }
}
