import { judgeSignature, type HeardBytes, type OrderTranslation } from '#connector-sdk';
import { AppError } from '#kernel';
import type { KeyRing } from '#trust';
import type { BankContext } from '../../bank-context.js';
import { findOrder, hasEnded, seeOrder } from '../../adapters/store/order-rows.js';
import { keepPart, partsOf, PARTS_MAX } from '../../adapters/store/part-rows.js';

/**
 * Bookings that a bank brings in a call of its own. They are kept, exactly and signed, until the feedback comes that they belong to; alone
 * they say nothing about the order. The same bytes twice are one part.
 */
export class KeepPart {
  constructor(
    private readonly context: BankContext,
    private readonly keys: KeyRing,
  ) {}

  /** @throws AppError `not-found`, `invalid`; then nothing has changed */
  async execute(orderNumber: string, heard: HeardBytes): Promise<void> {
    const { database, vault, bank, clock } = this.context;
    const row = await findOrder(database.reader, orderNumber);
    if (!row || row.delivery === 'READY') throw new AppError('not-found', '没有该请求单');
    const { signature } = await judgeSignature(this.keys, bank, heard, clock.now());
    if (signature !== 'valid') throw new AppError('invalid', '签名无法确认，请重新上传');
    const { order } = await vault.know(row);
    if (order.transactions === undefined) throw new AppError('invalid', '该请求单没有要求往来流水');
    const { digest, size } = await vault.blobs.put(row.case_id, heard.bytes);
    await database.run(async (tx) => {
      const [seen, parts] = [await seeOrder(tx, orderNumber), await partsOf(tx, orderNumber)];
      if (parts.some((part) => part.digest === digest)) return;
      if (!seen || hasEnded(seen.standing)) throw new AppError('invalid', '该请求单已有反馈，往来流水须先于反馈上传');
      if (parts.length >= PARTS_MAX) throw new AppError('invalid', `一个请求单的往来流水至多分${PARTS_MAX}次上传`);
      await keepPart(tx, { order_number: orderNumber, digest, size, signature: heard.signature ?? '', at: clock.now() });
    });
  }
}

/** Reads an answer together with the parts that came before it. What is kept as the answer are its own bytes; the parts are kept apart. */
export async function withParts(context: BankContext, translation: OrderTranslation, orderNumber: string): Promise<OrderTranslation> {
  const { database, vault } = context;
  const parts = await partsOf(database.reader, orderNumber);
  const row = parts.length === 0 ? undefined : await findOrder(database.reader, orderNumber);
  if (!row) return translation;
  const kept = await Promise.all(parts.map(({ digest }) => vault.blobs.get(row.case_id, digest)));
  return {
    writeOrder: (order, contents) => translation.writeOrder(order, contents),
    readAnswer: (bytes, order) => translation.readAnswer(Buffer.concat([bytes, ...kept]), order),
  };
}
