import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ordersTopic } from '#contracts';
import { FACTS_TOPIC, FactRecorder, Relay } from '#messaging';
import { AuthController } from './adapters/http/auth.controller.js';
import { BanksController } from './adapters/http/banks.controller.js';
import { CaseActsController } from './adapters/http/case-acts.controller.js';
import { CaseChangesController } from './adapters/http/case-changes.controller.js';
import { CasesController } from './adapters/http/cases.controller.js';
import { CourtsController } from './adapters/http/courts.controller.js';
import { OfficersController } from './adapters/http/officers.controller.js';
import { PartiesController } from './adapters/http/parties.controller.js';
import { AuthGuard } from './adapters/http/principal.js';
import { Writes } from './adapters/http/writes.js';
import { makeFactRecorder } from './facts.js';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from './gateway-parts.js';
import { requestFeature } from './request-feature.js';
import { ApproveChange } from './use-cases/change-case/approve-change.js';
import { ChangeCase } from './use-cases/change-case/change-case.js';
import { CloseCase } from './use-cases/close-case/close-case.js';
import { FileCase } from './use-cases/file-case/file-case.js';
import { MONEY_WATCH, noMoneyWatch } from './use-cases/money-watch.js';
import { RecordSatisfaction } from './use-cases/record-satisfaction/record-satisfaction.js';
import { RegisterCourtAccounts } from './use-cases/register-court-accounts/register-court-accounts.js';
import { RegisterOfficer } from './use-cases/register-officer/register-officer.js';
import { RevealParty } from './use-cases/reveal-party/reveal-party.js';
import { CaseViews } from './use-cases/show-case/case-view.js';
import { SignInUser } from './use-cases/sign-in-user/sign-in-user.js';
import { ShowBanks } from './use-cases/show-banks/show-banks.js';
import { Vault } from './vault.js';

/** Starts and stops the relay of the gateway's outbox. */
@Injectable()
export class GatewayLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {}

  onApplicationBootstrap(): void {
    if (this.parts.holdDelivery) this.relay.hold(true);
    this.relay.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.relay.stop();
  }
}

function makeRelay({ database, bus, banks, clock, log }: GatewayParts): Relay {
  const topics = [FACTS_TOPIC, ...banks.all().map(({ bank }) => ordersTopic(bank))];
  return new Relay(database, bus, topics, clock, log);
}

const CONTROLLERS = [
  AuthController,
  BanksController,
  OfficersController,
  CourtsController,
  CasesController,
  CaseChangesController,
  CaseActsController,
  PartiesController,
];

const USE_CASES = [
  SignInUser,
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
        { provide: FactRecorder, useFactory: () => makeFactRecorder(parts) },
        { provide: MONEY_WATCH, useValue: noMoneyWatch },
        Vault,
        AuthGuard,
        Writes,
        ...USE_CASES,
        GatewayLifecycle,
        ...requestFeature.providers,
      ],
      exports: [GATEWAY_RELAY],
    };
  }
}
