import { AppError } from '#kernel';
import { loadCryptoki } from './cryptoki.js';
import { TokenKeys } from './token-keys.js';
import type { TokenAnswer, TokenTask } from './token-work.js';

/** A process has one module, so the thread has one, from its first task on. */
let keys: TokenKeys | undefined;

/** The entry of the thread that alone calls a vendor's library. */
export default function workOnToken(task: TokenTask): TokenAnswer {
  try {
    keys ??= new TokenKeys(loadCryptoki(task.module));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ok: false, isConfiguration: true, detail: error.message };
  }
  return keys.run(task);
}
