import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DeadLetters, FactRecorder, RedriveApproved, Redrives, type Relay } from '#messaging';
import type { Reader } from '#persistence';
import { GatewayReaders } from '../../adapters/bus/gateway-readers.js';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from '../../gateway-parts.js';

/** The gateway's dead letters, the proposals to drive them again, and what drives them once two persons have agreed. */
@Injectable()
export class LettersAgain implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly reader: Reader;
  readonly letters: DeadLetters;
  readonly redrives: Redrives;
  readonly driving: RedriveApproved;

  constructor(
    @Inject(PARTS) { database, clock, entropy, log, leader }: GatewayParts,
    @Inject(FactRecorder) facts: FactRecorder,
    @Inject(GatewayReaders) readers: GatewayReaders,
    @Inject(GATEWAY_RELAY) relay: Relay,
  ) {
    this.reader = database.reader;
    this.letters = new DeadLetters(database, readers.all, facts, clock);
    this.redrives = new Redrives(facts, clock, entropy);
    this.driving = new RedriveApproved({ database, letters: this.letters, clock, log, leader, nudge: () => relay.nudge() });
  }

  onApplicationBootstrap(): void {
    this.driving.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.driving.stop();
  }
}
