import { Inject, Injectable } from '@nestjs/common';
import { AddressCeiling, OidcRefused, tooManySignIns, type PendingLogin, type Principal } from '#access';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { AdmitOidcUser, type OidcWay } from './admit-oidc-user.js';
import { OidcDoor } from './oidc-door.js';
import { signedIn, type SignedIn } from './signed-in.js';

/** How long a person may take at the provider, in real time. */
export const LOGIN_SECONDS_MAX = 600;
/** A sealed login is far shorter; what is longer was not made here. */
const SEALED_CHARS_MAX = 2_048;

interface SealedLogin extends PendingLogin {
  readonly untilMs: number;
}

export interface LoginReturn {
  /** What the provider sent back, without `?`. */
  readonly query: string;
  /** What the browser kept, if anything. */
  readonly sealed: string | undefined;
  readonly address: string;
}

/**
 * `GET /auth/oidc/login` and `/callback`. Between the two the browser keeps what must come back, under a seal that every replica
 * opens, so any of them finishes what another began, and a process that was killed between them is not missed.
 */
@Injectable()
export class SignInByOidc {
  private readonly ceiling: AddressCeiling;

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(OidcDoor) private readonly door: OidcDoor,
    @Inject(AdmitOidcUser) private readonly admit: AdmitOidcUser,
  ) {
    this.ceiling = new AddressCeiling(parts.clock);
  }

  /** @throws AppError `not-implemented`, `unavailable` */
  async begin(): Promise<{ readonly url: string; readonly sealed: string }> {
    const { url, login } = await this.door.open().begin();
    const kept: SealedLogin = { ...login, untilMs: this.parts.clock.realNow() + LOGIN_SECONDS_MAX * 1000 };
    return { url, sealed: this.vault.seal(this.vault.systemKey('oidc-login'), 'cookie', 'login', 'oidc', kept).toString('base64url') };
  }

  /** @throws AppError `not-implemented`, `unauthenticated`, `forbidden`, `too-many-requests`, `unavailable` */
  async finish(back: LoginReturn): Promise<SignedIn> {
    this.door.open();
    const waitMs = this.ceiling.waitMs(back.address);
    if (waitMs > 0) throw tooManySignIns(waitMs);
    return signedIn(this.parts.tokens.issuer, await this.principalFor(back));
  }

  private async principalFor({ query, sealed, address }: LoginReturn): Promise<Principal> {
    const way: OidcWay = { via: 'oidc-login', address };
    try {
      const claims = await this.door.open().finish(query, this.opened(sealed));
      return await this.admit.execute(claims, way);
    } catch (error) {
      if (!(error instanceof OidcRefused)) throw error;
      this.ceiling.noteFailure(address);
      await this.admit.recordFailure(error.reason, way);
      throw error;
    }
  }

  private opened(sealed: string | undefined): PendingLogin {
    if (sealed === undefined || sealed.length > SEALED_CHARS_MAX) throw new OidcRefused('no-login');
    const login = this.unsealed(sealed);
    if (this.parts.clock.realNow() > login.untilMs) throw new OidcRefused('login-expired');
    return login;
  }

  private unsealed(sealed: string): SealedLogin {
    try {
      return this.vault.open<SealedLogin>(this.vault.systemKey('oidc-login'), 'cookie', 'login', 'oidc', Buffer.from(sealed, 'base64url'));
    } catch (cause) {
      throw new OidcRefused('no-login', cause);
    }
  }
}
