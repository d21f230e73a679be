import { Module, type DynamicModule } from '@nestjs/common';
import { BankCallsController } from './adapters/http/bank-calls.controller.js';
import { DeskReadController } from './adapters/http/desk.controller.js';
import { DeskWritesController } from './adapters/http/desk-writes.controller.js';
import { DeskWrites } from './adapters/http/desk-writes.js';
import { PullController } from './adapters/http/pull.controller.js';
import { BankLettersController } from './adapters/http/dead-letters.controller.js';
import { PersonGuard } from './adapters/http/principal.js';
import { BankHosts } from './bank-hosts.js';
import { CONNECTOR_PARTS, type ConnectorParts } from './connector-parts.js';

/** The connectors of one or several banks, with their HTTP interface. Work begins with the application and ends with it. */
@Module({})
export class BankConnectorModule {
  static forRoot(parts: ConnectorParts): DynamicModule {
    return {
      module: BankConnectorModule,
      controllers: [BankCallsController, PullController, DeskReadController, DeskWritesController, BankLettersController],
      providers: [{ provide: CONNECTOR_PARTS, useValue: parts }, BankHosts, DeskWrites, PersonGuard],
      exports: [BankHosts],
    };
  }
}
