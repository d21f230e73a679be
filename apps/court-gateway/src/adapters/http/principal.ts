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
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { assertMayEnter, CallBudget, mayEnter, type Action, type Principal } from '#access';
import { AppError, invariant } from '#kernel';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { KnowCaller } from '../../use-cases/sign-in-user/know-caller.js';

const ENTERS = 'chakong:enters';

/** The caller's principal once the guard has let him in. */
export interface Authenticated {
  principal?: Principal;
}

/**
 * The door of a route: the actions of the policy of which the caller's roles must open at least one. It is judged before the body
 * is read, so that `forbidden` precedes every fault of the body. A route without it lets nobody in.
 */
export const Enter = (...actions: readonly Action[]) => SetMetadata(ENTERS, actions);

/** A controller below `/api/v1` behind the guard. */
export const ApiController = (path: string, tag: string) =>
  applyDecorators(Controller(`api/v1/${path}`), UseGuards(AuthGuard), ApiBearerAuth(), ApiTags(tag));

export function principalOf(request: unknown): Principal {
  const { principal } = request as Authenticated;
  invariant(principal, 'the route is not behind the guard');
  return principal;
}

export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  return principalOf(context.switchToHttp().getRequest());
});

/** Lets a call pass with a good token, within its user's budget of calls, through the route's door. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly budget: CallBudget;

  constructor(
    @Inject(PARTS) parts: GatewayParts,
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(KnowCaller) private readonly callers: KnowCaller,
  ) {
    this.budget = new CallBudget(parts.clock);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & Authenticated>();
    const principal = await this.callers.principalOf(bearerOf(request), request.ip);
    const verdict = this.budget.take(principal.userId);
    if (!verdict.allowed) {
      throw new AppError('too-many-requests', '请求过于频繁，请稍后再试', { retryable: true, extra: { retryAfter: verdict.retryAfter } });
    }
    const actions = this.reflector.get<readonly Action[] | undefined>(ENTERS, context.getHandler()) ?? [];
    const [first] = actions;
    invariant(first, `${context.getClass().name}.${context.getHandler().name} names no action of the policy`);
    if (!actions.some((action) => mayEnter(principal, action))) assertMayEnter(principal, first);
    request.principal = principal;
    return true;
  }
}

function bearerOf(request: FastifyRequest): string {
  const match = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(request.headers.authorization ?? '');
  if (!match?.[1]) throw new AppError('unauthenticated', '请先登录');
  return match[1];
}
