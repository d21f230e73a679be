import { Inject, Injectable } from '@nestjs/common';
import { assertMayEnter, mayEnter, type Principal, type TokenVerifier } from '#access';
import { AppError } from '#kernel';

/** Injection token of the verifier for bearer tokens. */
export const LEDGER_TOKENS = Symbol('ledger-tokens');

/** Injection token of the time by which callers' budgets go. */
export const LEDGER_TIME = Symbol('ledger-time');

/** Who may read what is not open to everybody. */
@Injectable()
export class LedgerAccess {
  constructor(@Inject(LEDGER_TOKENS) private readonly tokens: Pick<TokenVerifier, 'verify'>) {}

  /** @throws AppError `unauthenticated`, `forbidden` */
  async assertMayReadEntries(authorization: string | undefined): Promise<void> {
    assertMayEnter(await this.principal(authorization), 'ledger.entries.read');
  }

  /** Proofs of a request are for auditors and for services of the system itself. @throws AppError `unauthenticated`, `forbidden` */
  async assertMayReadProofs(authorization: string | undefined): Promise<void> {
    const principal = await this.principal(authorization);
    // The event feed is the other thing that exactly auditors and services may read.
    if (!mayEnter(principal, 'event-feed.read')) assertMayEnter(principal, 'ledger.entries.read');
  }

  private async principal(authorization: string | undefined): Promise<Principal> {
    const token = /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new AppError('unauthenticated', '请先登录');
    return this.tokens.verify(token);
  }
}
