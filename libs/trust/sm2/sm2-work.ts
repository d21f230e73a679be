import { signDigest, verifyDigest } from './sm2-arithmetic.js';

/** One piece of arithmetic, as it goes to a thread. */
export type Sm2Task =
  | { readonly kind: 'sign'; readonly digest: Uint8Array; readonly scalar: Uint8Array }
  | { readonly kind: 'verify'; readonly digest: Uint8Array; readonly signature: Uint8Array; readonly point: Uint8Array };

/** Who does the arithmetic: this thread, or `Sm2Threads`. A task to sign gives 64 bytes, one to verify says whether it holds. */
export interface Sm2Work {
  sign(task: Extract<Sm2Task, { kind: 'sign' }>): Promise<Buffer>;
  verify(task: Extract<Sm2Task, { kind: 'verify' }>): Promise<boolean>;
}

/** For tools, tests and whoever signs now and then. */
export const SM2_HERE: Sm2Work = {
  sign: ({ digest, scalar }) => Promise.resolve(signDigest(digest, scalar)),
  verify: ({ digest, signature, point }) => Promise.resolve(verifyDigest(digest, signature, point)),
};
