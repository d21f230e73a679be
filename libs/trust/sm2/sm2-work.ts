import { decryptBytes, encryptBytes, signDigest, verifyDigest } from './sm2-arithmetic.js';

/** One piece of arithmetic, as it goes to a thread. */
export type Sm2Task =
  | { readonly kind: 'sign'; readonly digest: Uint8Array; readonly scalar: Uint8Array }
  | { readonly kind: 'verify'; readonly digest: Uint8Array; readonly signature: Uint8Array; readonly point: Uint8Array }
  | { readonly kind: 'encrypt'; readonly bytes: Uint8Array; readonly point: Uint8Array }
  | { readonly kind: 'decrypt'; readonly cipher: Uint8Array; readonly scalar: Uint8Array };

type TaskOf<K extends Sm2Task['kind']> = Extract<Sm2Task, { kind: K }>;

/**
 * Who does the arithmetic: this thread, or `Sm2Threads`. A task to sign gives 64 bytes, one to verify says whether it holds; ciphers are as
 * `encryptBytes` has them, and what cannot be decrypted gives undefined.
 */
export interface Sm2Work {
  sign(task: TaskOf<'sign'>): Promise<Buffer>;
  verify(task: TaskOf<'verify'>): Promise<boolean>;
  encrypt(task: TaskOf<'encrypt'>): Promise<Buffer>;
  decrypt(task: TaskOf<'decrypt'>): Promise<Buffer | undefined>;
}

/** For tools, tests and whoever signs now and then. */
export const SM2_HERE: Sm2Work = {
  sign: ({ digest, scalar }) => Promise.resolve(signDigest(digest, scalar)),
  verify: ({ digest, signature, point }) => Promise.resolve(verifyDigest(digest, signature, point)),
  encrypt: ({ bytes, point }) => Promise.resolve(encryptBytes(bytes, point)),
  decrypt: ({ cipher, scalar }) => Promise.resolve(decryptBytes(cipher, scalar)),
};
