import { Inject, Injectable } from '@nestjs/common';
import { OidcClient } from '#access';
import { AppError } from '#kernel';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';

/** The installation's identity provider, where it has one. */
@Injectable()
export class OidcDoor {
  readonly client: OidcClient | undefined;

  constructor(@Inject(PARTS) { oidc, entropy, clock }: GatewayParts) {
    this.client = oidc && new OidcClient(oidc, entropy, clock);
  }

  /** @throws AppError `not-implemented` where none is configured */
  open(): OidcClient {
    if (!this.client) throw new AppError('not-implemented', '本系统未配置统一身份认证，请使用本地账号登录');
    return this.client;
  }
}
