import type { HeardBytes } from '#connector-sdk';
import { bodyList, wrong } from './body-reader.js';

/** Answers in one upload. */
export const ANSWERS_MAX = 100;
const SIGNATURE_CHARS_MAX = 400;

/** Reads `{"answers":[{"body":"<Base64>","signature"}]}` into the exact bytes of each answer. @throws AppError `invalid` */
export function readUpload(body: unknown): readonly HeardBytes[] {
  return bodyList(body, 'answers', ANSWERS_MAX).map((one, i) => {
    const { body: encoded, signature } = (typeof one === 'object' && one !== null ? one : {}) as { body?: unknown; signature?: unknown };
    if (typeof encoded !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) throw wrong(`/answers/${i}/body`, '不是 Base64');
    if (signature !== undefined && (typeof signature !== 'string' || signature.length > SIGNATURE_CHARS_MAX)) {
      throw wrong(`/answers/${i}/signature`, '不是签名');
    }
    return { bytes: Buffer.from(encoded, 'base64'), contentType: 'application/json', signature };
  });
}
