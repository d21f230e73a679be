import { timingSafeEqual } from 'node:crypto';
import { AppError, sha256 } from '#kernel';

const HEADER_CHARS_MAX = 400;

/** `Authorization: Basic` of a bank that polls. Both sides are digested first, so that the comparison tells nothing of lengths. */
export function assertSignedIn(account: { readonly user: string; readonly password: string }, authorization: string | undefined): void {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec((authorization ?? '').slice(0, HEADER_CHARS_MAX)) ?? [];
  const given = sha256(Buffer.from(encoded, 'base64'));
  if (!timingSafeEqual(given, sha256(`${account.user}:${account.password}`))) throw new AppError('unauthenticated', '用户名或口令不对');
}
