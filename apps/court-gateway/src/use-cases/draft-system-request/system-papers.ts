import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import { requiredInstruments } from '#orders';
import { loadCase, lockCase } from '../../adapters/store/case-rows.js';
import { insertOrderInstruments, instrumentsOfRequest } from '../../adapters/store/order-instruments.js';
import { ordersOfRequest } from '../../adapters/store/order-rows.js';
import { SYSTEM_USER, type RequestRow } from '../../adapters/store/request-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { AddInstrument, type NewInstrument } from '../make-instrument/add-instrument.js';

const SYSTEM: Principal = { userId: SYSTEM_USER, username: SYSTEM_USER, name: '系统', roles: [] };

/**
 * Makes the drafts that a system-drafted request stands under: rendering cannot happen in the transaction that drafted it. They are
 * made as soon as it has committed, and at the latest when somebody turns to approve it.
 */
@Injectable()
export class SystemPapers {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(AddInstrument) private readonly instruments: AddInstrument,
  ) {}

  /** @throws AppError `unavailable` when too many documents wait */
  async ensure(request: RequestRow): Promise<void> {
    const { reader } = this.parts.database;
    if (request.drafted_by_system === 0 || request.status !== 'awaiting-approval') return;
    if ((await instrumentsOfRequest(reader, request.id)).length > 0) return;
    const row = await loadCase(reader, request.case_id);
    const caseKey = await this.vault.keyOf(row.id);
    const types = requiredInstruments(this.parts.policy, request.action, row.kind);
    const inputs = types.map((type): NewInstrument => ({ type, number: `${row.case_number}之${NUMBER_SUFFIX}` }));
    const made = await Promise.all(inputs.map(async (input) => ({ input, prepared: await this.instruments.prepare(row, input) })));
    await this.parts.database.run(async (tx) => {
      const locked = await lockCase(tx, row.id);
      // Two may have turned to it at the same moment; the first one's drafts stand.
      if ((await instrumentsOfRequest(tx, request.id)).length > 0) return;
      for (const { input, prepared } of made) await this.instruments.insert(tx, locked, caseKey, input, prepared, SYSTEM);
      const orders = await ordersOfRequest(tx, request.id);
      const links = orders.flatMap(({ order_number }) =>
        made.map(({ prepared }) => ({ orderNumber: order_number, instrumentId: prepared.id })),
      );
      await insertOrderInstruments(tx, request.id, links);
    });
  }
}

/** Tells documents that the system drafted from those that an officer numbered. */
const NUMBER_SUFFIX = '解除';
