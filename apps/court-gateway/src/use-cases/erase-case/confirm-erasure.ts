import { Injectable } from '@nestjs/common';
import type { CaseErased } from '#contracts';
import type { Instant } from '#kernel';
import type { Tx } from '#persistence';

/** A bank's connector has destroyed what it held of a case. */
@Injectable()
export class ConfirmErasure {
  async execute(tx: Tx, { erasureId, bank }: CaseErased, at: Instant): Promise<void> {
    await tx.run('UPDATE erasure_banks SET confirmed_at = ? WHERE erasure_id = ? AND bank = ? AND confirmed_at IS NULL', [
      at,
      erasureId,
      bank,
    ]);
  }
}
