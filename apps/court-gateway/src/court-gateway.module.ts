import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ordersTopic } from '#contracts';
import { FACTS_TOPIC, FactRecorder, Relay } from '#messaging';
import { AuthGuard } from './adapters/http/principal.js';
import { Writes } from './adapters/http/writes.js';
import { makeFactRecorder } from './facts.js';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from './gateway-parts.js';
import { requestFeature } from './request-feature.js';
import { MONEY_WATCH, noMoneyWatch } from './use-cases/money-watch.js';
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

/** The court-facing app. Every part of it is made here; what requests add stands in `request-feature.ts`. */
@Module({})
export class CourtGatewayModule {
  static forRoot(parts: GatewayParts): DynamicModule {
    return {
      module: CourtGatewayModule,
      controllers: [...requestFeature.controllers],
      providers: [
        { provide: PARTS, useValue: parts },
        { provide: GATEWAY_RELAY, useFactory: () => makeRelay(parts) },
        { provide: FactRecorder, useFactory: () => makeFactRecorder(parts) },
        { provide: MONEY_WATCH, useValue: noMoneyWatch },
        Vault,
        AuthGuard,
        Writes,
        GatewayLifecycle,
        ...requestFeature.providers,
      ],
      exports: [GATEWAY_RELAY],
    };
  }
}
