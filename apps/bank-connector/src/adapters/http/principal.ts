import {
  applyDecorators,
  Controller,
  createParamDecorator,
  Inject,
  Injectable,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { assertMayEnter, CallBudget, type Action, type Principal } from '#access';
import { AppError, invariant } from '#kernel';
import { CONNECTOR_PARTS, type ConnectorParts } from '../../connector-parts.js';

const ENTERS = 'chakong:desk-enters';

interface Authenticated {
  principal?: Principal;
}

/** The door of a route: the action of the policy that the caller's roles must open before the body is looked at. */
export const Enter = (action: Action) => SetMetadata(ENTERS, action);

/** A controller of the manual desk, behind the guard. */
export const DeskController = () =>
  applyDecorators(
    Controller('api/v1/desk'),
    UseGuards(DeskGuard),
    ApiBearerAuth(),
    ApiTags('银行柜面'),
    ApiResponse({ status: 401, description: '`unauthenticated`：未登录' }),
    ApiResponse({ status: 403, description: '`forbidden`、`own-approval`：无权办理' }),
    ApiResponse({ status: 429, description: '`too-many-requests`' }),
  );

export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  return principalOf(context.switchToHttp().getRequest());
});

export function principalOf(request: unknown): Principal {
  const { principal } = request as Authenticated;
  invariant(principal, 'the route is not behind the guard');
  return principal;
}

/** Lets a call pass with a good token, within its user's budget of calls, through the route's door. */
@Injectable()
export class DeskGuard implements CanActivate {
  private readonly budget: CallBudget;

  constructor(
    @Inject(CONNECTOR_PARTS) private readonly parts: ConnectorParts,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {
    this.budget = new CallBudget(parts.clock);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & Authenticated>();
    const [, token] = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) throw new AppError('unauthenticated', '请先登录');
    const principal = await this.parts.tokens.verifier.verify(token);
    const verdict = this.budget.take(principal.userId);
    if (!verdict.allowed) {
      throw new AppError('too-many-requests', '请求过于频繁，请稍后再试', { retryable: true, extra: { retryAfter: verdict.retryAfter } });
    }
    const action = this.reflector.get<Action | undefined>(ENTERS, context.getHandler());
    invariant(action, `${context.getClass().name}.${context.getHandler().name} names no action of the policy`);
    assertMayEnter(principal, action);
    request.principal = principal;
    return true;
  }
}
