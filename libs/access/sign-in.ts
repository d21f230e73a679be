import { AppError } from '#kernel';
import type { Passwords } from './passwords.js';
import type { Principal } from './principal.js';
import type { SignInGuard } from './sign-in-guard.js';

/** A local user as sign-in needs him. */
export interface StoredUser {
  readonly principal: Principal;
  /** Left out for a user whom an identity provider signs in: no password is his. */
  readonly passwordHash?: string;
  /** A disabled user is answered like one who does not exist. */
  readonly disabled?: boolean;
}

export interface UserDirectory {
  findUser(username: string): Promise<StoredUser | undefined>;
}

export interface SignInAttempt {
  readonly username: string;
  readonly password: string;
  /** The caller's network address, as far as it can be trusted. */
  readonly address: string;
}

/** Attempts of one user name from one address that may queue up. */
const QUEUED_PER_PAIR_MAX = 128;

/**
 * Signs a local user in. Attempts of one pair of name and address run one after the other, so that a burst sent at once
 * gets no more guesses than the guard gives.
 */
export class SignIn {
  private readonly queues = new Map<string, { tail: Promise<unknown>; length: number }>();

  constructor(
    private readonly users: UserDirectory,
    private readonly passwords: Passwords,
    private readonly guard: SignInGuard,
  ) {}

  /** @throws AppError `unauthenticated` (which of the two was wrong is not said), `too-many-requests` with `retryAfter` in seconds, `unavailable` */
  async signIn(attempt: SignInAttempt): Promise<Principal> {
    const key = JSON.stringify([attempt.username, attempt.address]);
    const queue = this.queues.get(key) ?? { tail: Promise.resolve(), length: 0 };
    if (queue.length >= QUEUED_PER_PAIR_MAX) throw tooManySignIns(1_000);
    queue.length += 1;
    this.queues.set(key, queue);
    const turn = queue.tail.then(() => this.attempt(attempt));
    queue.tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.queues.delete(key);
    }
  }

  private async attempt({ username, password, address }: SignInAttempt): Promise<Principal> {
    const waitMs = await this.guard.waitMs(username, address);
    if (waitMs > 0) throw tooManySignIns(waitMs);
    const user = await this.users.findUser(username);
    const known = user && user.disabled !== true ? user : undefined;
    if (!(await this.passwords.matches(known?.passwordHash, password)) || !known) {
      await this.guard.noteFailure(username, address);
      throw new AppError('unauthenticated', '用户名或密码不正确');
    }
    await this.guard.noteSuccess(username, address);
    return known.principal;
  }
}

/** Says in whole seconds when to come back. */
export function tooManySignIns(waitMs: number): AppError {
  const retryAfter = Math.ceil(waitMs / 1000);
  return new AppError('too-many-requests', '登录失败次数过多，请稍后再试', {
    retryable: true,
    level: 'warn',
    extra: { retryAfter },
  });
}
