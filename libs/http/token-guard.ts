import { createParamDecorator, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { assertMayEnter, CallBudget, type Action, type Principal, type TokenVerifier } from '#access';
import { AppError, invariant, type RealTime } from '#kernel';

const ENTERS = 'chakong:token-enters';

interface Authenticated {
  principal?: Principal;
}

/** The door of a route behind a `TokenGuard`: the action of the policy that the caller's roles must open before the body is looked at. */
export const EnterBy = (action: Action) => SetMetadata(ENTERS, action);

/** Who calls a route behind a `TokenGuard`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  return callerOf(context.switchToHttp().getRequest());
});

export function callerOf(request: unknown): Principal {
  const { principal } = request as Authenticated;
  invariant(principal, 'the route is not behind the guard');
  return principal;
}

/** Lets a call pass with a good token of this system, within its user's budget of calls, through the route's door. A route without a door lets nobody in. */
export class TokenGuard implements CanActivate {
  private readonly budget: CallBudget;
  private readonly reflector = new Reflector();

  constructor(
    private readonly tokens: Pick<TokenVerifier, 'verify'>,
    time: RealTime,
  ) {
    this.budget = new CallBudget(time);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & Authenticated>();
    const [, token] = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) throw new AppError('unauthenticated', '请先登录');
    const principal = await this.tokens.verify(token);
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
