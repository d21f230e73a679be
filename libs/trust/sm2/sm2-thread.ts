import { signDigest, verifyDigest } from './sm2-arithmetic.js';
import type { Sm2Task } from './sm2-work.js';

/** The entry of a worker thread. */
export default function workInThread(task: Sm2Task): Uint8Array | boolean {
  return task.kind === 'sign' ? signDigest(task.digest, task.scalar) : verifyDigest(task.digest, task.signature, task.point);
}
