import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { OidcClient, Principal } from '#access';
import { AppError } from '#kernel';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { AdmitOidcUser } from './admit-oidc-user.js';
import { OidcDoor } from './oidc-door.js';

/** Tokens of the provider that are remembered, good or refused. */
const REMEMBERED_MAX = 5_000;
/** After this long a token is looked at anew, so that a key that was withdrawn or a user who was disabled is noticed. */
const REMEMBERED_MS_MAX = 300_000;
/** Tokens that may be under examination at once. */
const EXAMINED_MAX = 1_000;

interface Known {
  readonly outcome: { readonly principal: Principal } | { readonly refusal: AppError };
  readonly untilMs: number;
}

/**
 * Who makes a call, by the token on it: one of ours, or, for systems that sign in nowhere, one that the provider made for us.
 * The first sight of a provider's token counts as a sign-in and leaves a fact; the calls after it cost a look-up.
 */
@Injectable()
export class KnowCaller {
  private readonly known = new LRUCache<string, Known>({ max: REMEMBERED_MAX });
  private readonly examined = new Map<string, Promise<Principal>>();

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(OidcDoor) private readonly door: OidcDoor,
    @Inject(AdmitOidcUser) private readonly admit: AdmitOidcUser,
  ) {}

  /** @throws AppError `unauthenticated`, `forbidden` when a genuine token has no place here, `unavailable` when the provider is out of reach */
  principalOf(token: string, address: string): Promise<Principal> {
    const { client } = this.door;
    return client?.isOfIssuer(token) ? this.ofProvider(client, token, address) : this.parts.tokens.verifier.verify(token);
  }

  private async ofProvider(client: OidcClient, token: string, address: string): Promise<Principal> {
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.known.get(key);
    if (known && this.parts.clock.realNow() < known.untilMs) {
      if ('refusal' in known.outcome) throw known.outcome.refusal;
      return known.outcome.principal;
    }
    const running = this.examined.get(key);
    if (running) return running;
    if (this.examined.size >= EXAMINED_MAX) throw new AppError('unavailable', '请求过多，请稍后再试', { retryable: true, level: 'warn' });
    const examination = this.examine(client, token, key, address).finally(() => this.examined.delete(key));
    this.examined.set(key, examination);
    return examination;
  }

  private async examine(client: OidcClient, token: string, key: string, address: string): Promise<Principal> {
    const claims = await client.verify(token);
    const untilMs = Math.min(claims.exp * 1000, this.parts.clock.realNow() + REMEMBERED_MS_MAX);
    try {
      const principal = await this.admit.execute(claims, { via: 'oidc-token', address });
      this.known.set(key, { outcome: { principal }, untilMs });
      return principal;
    } catch (error) {
      // A refusal is remembered too, or one refused token would write a fact with every call.
      if (error instanceof AppError && error.code === 'forbidden') this.known.set(key, { outcome: { refusal: error }, untilMs });
      throw error;
    }
  }
}
