import { Inject, Injectable } from '@nestjs/common';
import { Passwords, SignIn, SignInGuard, type Principal, type SignInAttempt } from '#access';
import { AppError } from '#kernel';
import { FactRecorder, type Fact, type Relay } from '#messaging';
import { SqlFailureBook } from '../../adapters/store/sign-in-failures.js';
import { findStoredUser } from '../../adapters/store/user-rows.js';
import { recordAlone } from '../../facts.js';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { signedIn, type SignedIn } from './signed-in.js';

/** `POST /auth/token`: a good password gives a token; each attempt leaves a fact, whether it succeeded or not. */
@Injectable()
export class SignInUser {
  private readonly signIn: SignIn;

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {
    const directory = { findUser: (username: string) => findStoredUser(parts.database.reader, vault, username) };
    const failures = new SqlFailureBook(parts.database, vault.systemKey('sign-in-failures'));
    this.signIn = new SignIn(directory, new Passwords(parts.entropy), new SignInGuard(parts.clock, failures));
  }

  /** @throws AppError `unauthenticated`, `too-many-requests`, `unavailable` */
  async execute(attempt: SignInAttempt): Promise<SignedIn> {
    const principal = await this.principalFor(attempt);
    await this.record({
      type: 'user.signed-in',
      subject: `user:${principal.userId}`,
      actor: principal.userId,
      content: { address: attempt.address },
    });
    return signedIn(this.parts.tokens.issuer, principal);
  }

  private async principalFor(attempt: SignInAttempt): Promise<Principal> {
    try {
      return await this.signIn.signIn(attempt);
    } catch (error) {
      // A refused guess is no sign-in that failed: without this, guessing would fill the ledger as fast as the network allows.
      if (error instanceof AppError && error.code === 'unauthenticated') await this.recordFailure(attempt);
      throw error;
    }
  }

  /** The name that was typed may be a password in the wrong field, so only its sealed opening holds it. */
  private recordFailure({ username, address }: SignInAttempt): Promise<void> {
    return this.record({ type: 'user.sign-in-failed', subject: 'sign-in', content: { username: username.slice(0, 128), address } });
  }

  private async record(fact: Fact): Promise<void> {
    await recordAlone(this.parts.database, this.facts, fact);
    this.relay.nudge();
  }
}
