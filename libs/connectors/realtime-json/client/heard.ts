import { SIGNATURE_HEADER, type HeardBytes } from '#connector-sdk';
import type { HttpResult } from './http-client.js';

/** A reply's exact bytes with the signature that came beside them. */
export function heardOf(reply: Extract<HttpResult, { kind: 'reply' }>): HeardBytes {
  const signature = reply.headers[SIGNATURE_HEADER];
  const type = reply.headers['content-type'];
  return {
    bytes: reply.body,
    contentType: typeof type === 'string' ? type.slice(0, 100) : 'application/octet-stream',
    signature: typeof signature === 'string' ? signature : undefined,
  };
}
