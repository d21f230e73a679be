import { faultOfReceipt, type AnswerReading, type ReceiptFault } from '#connector-sdk';
import type { ReceiptRef } from '#contracts';
import { sha256Hex } from '#kernel';
import type { BlobStore } from '#privacy';
import type { KnownOrder } from '../../adapters/store/order-vault.js';
import type { Judgement } from './judge-answer.js';

const REASONS: Readonly<Record<ReceiptFault, string>> = {
  'too-large': '过大',
  'not-a-pdf': '不是 PDF',
  'active-content': '含有脚本、内嵌文件等可执行内容',
  'not-inspectable': '已加密或无法检查',
};

/**
 * Puts the receipts that came with an answer among the case's blobs, where the court's gateway fetches them. One that may not be passed on puts the whole
 * answer in doubt: its figures may be right, but what was sealed is not known.
 */
export async function keepReceipts(
  blobs: BlobStore,
  { row }: KnownOrder,
  judgement: Judgement,
  { reading, receipts = [] }: { readonly reading: AnswerReading; readonly receipts?: readonly ReceiptRef[] },
): Promise<{ readonly judgement: Judgement; readonly receipts: readonly ReceiptRef[] }> {
  if (judgement.kind === 'doubt' || reading.kind === 'unreadable' || !reading.receipts) return { judgement, receipts };
  for (const { content } of reading.receipts) {
    const fault = await faultOfReceipt(content);
    if (fault !== undefined) {
      return { judgement: { kind: 'doubt', doubt: { code: `receipt-${fault}`, reason: `银行回执${REASONS[fault]}` } }, receipts };
    }
  }
  const kept: ReceiptRef[] = [];
  for (const { name, content } of reading.receipts) {
    const { digest, size } = await blobs.put(row.case_id, content);
    kept.push({ digest, sha256: sha256Hex(content), size, name });
  }
  return { judgement, receipts: [...receipts, ...kept] };
}
