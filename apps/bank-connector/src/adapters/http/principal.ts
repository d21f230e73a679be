import { applyDecorators, Controller, Inject, Injectable, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiResponse, ApiTags } from '@nestjs/swagger';
import { TokenGuard } from '#http';
import { CONNECTOR_PARTS, type ConnectorParts } from '../../connector-parts.js';

/** A controller of the manual desk, behind the guard. */
export const DeskController = () => applyDecorators(Controller('api/v1/desk'), Guarded('银行柜面'));

/** The dead letters of one bank, behind the guard. */
export const LettersController = () => applyDecorators(Controller('api/v1/connectors/:bank/dead-letters'), Guarded('死信'));

const Guarded = (tag: string) =>
  applyDecorators(
    UseGuards(PersonGuard),
    ApiBearerAuth(),
    ApiTags(tag),
    ApiResponse({ status: 401, description: '`unauthenticated`：未登录' }),
    ApiResponse({ status: 403, description: '`forbidden`、`own-approval`：无权办理' }),
    ApiResponse({ status: 429, description: '`too-many-requests`' }),
  );

/** Persons come in with a token of the court's sign-in; banks have doors of their own. */
@Injectable()
export class PersonGuard extends TokenGuard {
  constructor(@Inject(CONNECTOR_PARTS) { tokens, clock }: ConnectorParts) {
    super(tokens.verifier, clock);
  }
}
