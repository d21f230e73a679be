import { decryptBytes, encryptBytes, signDigest, verifyDigest } from './sm2-arithmetic.js';
import type { Sm2Task } from './sm2-work.js';

/** The entry of a worker thread. */
export default function workInThread(task: Sm2Task): Uint8Array | boolean | undefined {
  switch (task.kind) {
    case 'sign':
      return signDigest(task.digest, task.scalar);
    case 'verify':
      return verifyDigest(task.digest, task.signature, task.point);
    case 'encrypt':
      return encryptBytes(task.bytes, task.point);
    case 'decrypt':
      return decryptBytes(task.cipher, task.scalar);
  }
}
