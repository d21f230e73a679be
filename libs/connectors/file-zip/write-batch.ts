import { canonicalBytes } from '#kernel';
import { batchOf } from './files/file-names.js';

/** `chakong-batch/v1`: the exact bytes of the orders side by side, so that the same orders give the same file. */
export function writeBatch(name: string, orders: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`{"batch":${JSON.stringify(batchOf(name))},"format":"chakong-batch/v1","orders":[`, 'utf8')];
  for (const [i, order] of orders.entries()) parts.push(Buffer.from(i === 0 ? '' : ','), order);
  parts.push(Buffer.from(']}'));
  return Buffer.concat(parts);
}

/** `chakong-failure/v1`: an up file that the court could not load. */
export function writeFailure(file: string, reason: string): Buffer {
  return canonicalBytes({ format: 'chakong-failure/v1', file, reason });
}
