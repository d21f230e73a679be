import { Inject, Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';
import { decideResolution, resolutionsOf } from '../../adapters/store/resolution-rows.js';
import type { LineRow } from '../../adapters/store/order-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';

/** When the bank's own word comes before the second person's, the finding that waited for approval is put aside. */
@Injectable()
export class ResolutionWatch {
  constructor(@Inject(PARTS) private readonly parts: GatewayParts) {}

  /** `lines`: the order's lines as they stand after the answer. */
  async overtake(tx: Tx, orderNumber: string, lines: readonly LineRow[]): Promise<void> {
    for (const row of await resolutionsOf(tx, orderNumber)) {
      const line = lines.find(({ seq }) => seq === row.seq);
      if (row.status !== 'awaiting' || line?.status === 'undetermined') continue;
      await decideResolution(tx, row, 'overtaken', null, this.parts.clock.now());
    }
  }
}
