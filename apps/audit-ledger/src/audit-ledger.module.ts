import {
  Injectable,
  Module,
  type OnModuleInit,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { LedgerLettersController } from './adapters/http/dead-letters.controller.js';
import { EntriesController } from './adapters/http/entries.controller.js';
import { LEDGER_TIME, LEDGER_TOKENS, LedgerAccess } from './adapters/http/ledger-access.js';
import { LogFilesController } from './adapters/http/log-files.controller.js';
import { NoWitnessController } from './adapters/http/no-witness.controller.js';
import { ProofsController } from './adapters/http/proofs.controller.js';
import { mountWitness } from './adapters/http/witness-routes.js';
import { LedgerService } from './ledger-service.js';
import type { AuditLedgerParts } from './parts.js';
import { LettersAgain } from './use-cases/redrive-letter/letters-again.js';
import { ProveRequest } from './use-cases/prove-entries/prove-request.js';
import { PublishedLogs } from './use-cases/prove-entries/published-logs.js';
import { SearchEntries } from './use-cases/search-entries/search-entries.js';

/** Starts and ends the background work with the application. A log that does not fit its database stops the start. */
@Injectable()
class LedgerLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly service: LedgerService) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.service.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.service.stop();
  }
}

/** Opens `/ledger/witness/add-checkpoint` when this process is a witness. */
@Injectable()
class WitnessMount implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly service: LedgerService,
  ) {}

  onModuleInit(): void {
    const { witness } = this.service;
    if (witness) mountWitness(this.host.httpAdapter.getInstance(), '/ledger/witness', witness);
  }
}

/** The ledger as a part of any process: its routes below `/ledger`, its reader of `facts.v1`, its sequencer. */
@Module({})
export class AuditLedgerModule {
  static forRoot(parts: AuditLedgerParts): DynamicModule {
    const service = new LedgerService(parts);
    const { again } = service;
    return {
      module: AuditLedgerModule,
      controllers: [
        LogFilesController,
        EntriesController,
        ProofsController,
        ...(parts.witness ? [] : [NoWitnessController]),
        ...(again ? [LedgerLettersController] : []),
      ],
      providers: [
        { provide: LedgerService, useValue: service },
        { provide: PublishedLogs, useValue: service.published },
        { provide: ProveRequest, useValue: service.proveRequest },
        { provide: SearchEntries, useValue: service.searchEntries },
        { provide: LEDGER_TOKENS, useValue: parts.tokens },
        { provide: LEDGER_TIME, useValue: parts.clock },
        ...(again ? [{ provide: LettersAgain, useValue: again }] : []),
        LedgerAccess,
        LedgerLifecycle,
        WitnessMount,
      ],
      exports: [LedgerService, ProveRequest],
    };
  }
}
