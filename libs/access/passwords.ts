import { hash, verify } from '@node-rs/argon2';
import { AppError, type Entropy } from '#kernel';

/** Argon2id with 19 MiB, two passes and one lane (OWASP's floor); about 45 ms on one core. The package's default variant is Argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
/** Longer input would only buy an attacker our time. */
export const PASSWORD_BYTES_MAX = 256;
/** Checks that run at once: each takes a thread of the pool that files need too. */
const RUNNING_MAX = 2;
/** Checks that wait for a thread; beyond it sign-in answers 503. */
const WAITING_MAX = 256;

/** Hashes and checks passwords off the main thread, a few at a time. */
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private decoy: Promise<string> | undefined;

  constructor(private readonly entropy: Entropy) {}

  /** A PHC string `$argon2id$…`. @throws AppError `invalid` when the password is empty or too long, `unavailable` */
  async hash(password: string): Promise<string> {
    if (!isUsable(password)) throw new AppError('invalid', `a password has 1 to ${PASSWORD_BYTES_MAX} bytes`);
    return this.inTurn(() => hash(password, { ...COST, salt: this.entropy.bytes(SALT_BYTES) }));
  }

  /**
   * Whether the password is the one of the hash. Without a hash (no such user) it does the same work and answers no,
   * so that the time taken does not tell who exists. @throws AppError `unavailable`
   */
  async matches(stored: string | undefined, password: string): Promise<boolean> {
    const usable = isUsable(password);
    const against = stored ?? (await this.decoyHash());
    const equal = await this.inTurn(() => verify(against, usable ? password : 'x'));
    return equal && usable && stored !== undefined;
  }

  /** A hash that no password has, made before the first unknown user asks; call it at start. */
  async decoyHash(): Promise<string> {
    this.decoy ??= this.hash(this.entropy.bytes(SALT_BYTES).toString('hex'));
    return this.decoy;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= RUNNING_MAX) {
      if (this.waiting.length >= WAITING_MAX) {
        throw new AppError('unavailable', '登录请求过多，请稍后再试', { retryable: true, level: 'warn', extra: { retryAfter: 1 } });
      }
      // Whoever ends hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}

function isUsable(password: string): boolean {
  const bytes = Buffer.byteLength(password, 'utf8');
  return bytes > 0 && bytes <= PASSWORD_BYTES_MAX;
}
