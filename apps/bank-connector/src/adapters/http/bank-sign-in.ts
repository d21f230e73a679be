import { timingSafeEqual } from 'node:crypto';
import { AppError, sha256 } from '#kernel';

interface Account {
  readonly user: string;
  readonly password: string;
}

/** The user and password of a bank that polls. Both sides are digested first, so that the comparison tells nothing of lengths. */
export function assertSignedIn(account: Account, given: Account): void {
  const digest = ({ user, password }: Account): Buffer => sha256(JSON.stringify([user, password]));
  if (!timingSafeEqual(digest(given), digest(account))) throw new AppError('unauthenticated', '用户名或口令不对');
}
