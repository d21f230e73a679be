import type { Principal, TokenIssuer } from '#access';

/** What every way of signing in answers. */
export interface SignedIn {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly roles: readonly string[];
    readonly courtCode?: string;
    readonly bank?: string;
  };
}

/** A token of our own for whoever has signed in. */
export async function signedIn(issuer: TokenIssuer, principal: Principal): Promise<SignedIn> {
  const { accessToken, expiresIn } = await issuer.issue(principal);
  const { userId: id, name, roles, courtCode, bank } = principal;
  return {
    accessToken,
    expiresIn,
    user: { id, name, roles, ...(courtCode === undefined ? {} : { courtCode }), ...(bank === undefined ? {} : { bank }) },
  };
}
