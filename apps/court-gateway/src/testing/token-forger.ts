import type { KeyObject } from 'node:crypto';
import { SignJWT, type JWTPayload } from 'jose';
import { AUDIENCE } from './oidc-people.js';

interface ForgersKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Makes tokens of a service as a provider would, and as nobody should accept them. */
export class TokenForger {
  readonly claims: JWTPayload;

  /** @param nowSeconds real time in seconds */
  constructor(
    issuer: string,
    readonly nowSeconds: number,
  ) {
    const service = { preferred_username: 'svc.nine', groups: ['chakong-auditor'] };
    this.claims = { iss: issuer, aud: AUDIENCE, sub: 'svc-9', iat: nowSeconds, exp: nowSeconds + 300, ...service };
  }

  /** A good one but for `change`, where undefined takes a claim away. */
  signed(key: ForgersKey, change: JWTPayload = {}, head: Readonly<Record<string, string>> = {}): Promise<string> {
    return new SignJWT({ ...this.claims, ...change }).setProtectedHeader({ alg: 'RS256', kid: key.kid, ...head }).sign(key.privateKey);
  }

  unsigned(): string {
    return `${[{ alg: 'none' }, this.claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
  }

  /** The old trick: HMAC over the published key, in the hope that the verifier takes the algorithm from the token. */
  confused({ kid, publicKey }: ForgersKey): Promise<string> {
    const secret = new TextEncoder().encode(publicKey.export({ type: 'spki', format: 'pem' }).toString());
    return new SignJWT(this.claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
  }
}
