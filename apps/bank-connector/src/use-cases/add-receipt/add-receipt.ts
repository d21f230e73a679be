import type { Principal } from '#access';
import { faultOfReceipt, RECEIPT_BYTES_MAX, type ReceiptFault } from '#connector-sdk';
import { AppError, newId, sha256Hex } from '#kernel';
import type { Tx } from '#persistence';
import { receiptsOf } from '../../adapters/store/desk-rows.js';
import { wrongState } from '../answer-at-desk/answer-at-desk.js';
import type { DeskOrder, Desks } from '../read-desk/desks.js';

/** Receipts of one order; the contract carries no more. */
export const RECEIPTS_MAX = 20;
const NAME_MAX = 200;

export interface UploadedReceipt {
  readonly name: string;
  readonly bytes: Buffer;
  /** What the sender says the digest is; checked when it is given. */
  readonly sha256?: string;
}

export interface ReceiptWork {
  readonly found: DeskOrder;
  readonly id: string;
  readonly digest: string;
  readonly size: number;
  readonly name: string;
}

/** Adds a sealed receipt (PDF) to an order that is being answered; it goes out with the answer. */
export class AddReceipt {
  constructor(private readonly desks: Desks) {}

  /** @throws AppError `not-found`, `forbidden`, `wrong-state`, `invalid`, `too-large`, `unsupported-media-type` */
  async prepare(principal: Principal, orderNumber: string, receipt: UploadedReceipt): Promise<ReceiptWork> {
    const found = await this.desks.order(principal, 'desk.receipt.add', orderNumber);
    const { seen, known, desk } = found;
    if (seen.status !== 'received' && seen.status !== 'in-review') throw wrongState('该请求单已办结，不能再加回执');
    await checkReceipt(receipt);
    const { vault, database, clock, entropy } = desk.context;
    if ((await receiptsOf(database.reader, orderNumber)).length >= RECEIPTS_MAX) throw wrongState(`回执至多${RECEIPTS_MAX}份`);
    const { digest, size } = await vault.blobs.put(known.row.case_id, receipt.bytes);
    return { found, id: newId(clock, entropy), digest, size, name: receipt.name };
  }

  /** Awaits nothing but its Tx. The same bytes twice are one receipt. */
  async store(tx: Tx, principal: Principal, { found, id, digest, size, name }: ReceiptWork): Promise<object> {
    const { desk, known, seen } = found;
    const { vault, clock, announce } = desk.context;
    const isNew = await tx.insertOnce('desk_receipts', {
      id,
      order_number: seen.order_number,
      digest,
      sha256: digest,
      size,
      name_sealed: vault.sealJson(known.key, 'desk_receipts', 'name_sealed', id, name),
      added_by: principal.userId,
      at: clock.now(),
    });
    if (!isNew) throw new AppError('already-exists', '该回执已经上传');
    await announce.fact(tx, known, 'desk.receipt-added', { sha256: digest, size }, principal.userId);
    return { id, name, sha256: digest, size };
  }
}

const REFUSALS: Readonly<Record<ReceiptFault, () => AppError>> = {
  'too-large': () => new AppError('too-large', `回执不得超过 ${RECEIPT_BYTES_MAX / 1024 / 1024} MB，展开后亦有上限`),
  'not-a-pdf': () => new AppError('unsupported-media-type', '回执必须是完整的 PDF 文件'),
  'active-content': () => invalid('/content', 'PDF 含有脚本、启动动作、内嵌文件等可执行内容，请打印或扫描为普通 PDF 后再上传'),
  'not-inspectable': () => invalid('/content', 'PDF 已加密或其编码无法检查，请打印或扫描为普通 PDF 后再上传'),
};

/** Kind by content, active content, size and digest; what is written on the paper is for the people who read it. */
export async function checkReceipt({ name, bytes, sha256 }: UploadedReceipt): Promise<void> {
  const fault = await faultOfReceipt(bytes);
  if (fault !== undefined) throw REFUSALS[fault]();
  if (sha256 !== undefined && sha256.toLowerCase() !== sha256Hex(bytes)) throw invalid('/sha256', '与文件内容不符');
  if (name.trim() === '' || name.length > NAME_MAX || /\p{Surrogate}|\p{Control}/u.test(name))
    throw invalid('/name', `须为1至${NAME_MAX}个字符`);
}

function invalid(pointer: string, detail: string): AppError {
  return new AppError('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}
