import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { encodeBody, ordersTopic } from '#contracts';
import { errorText, newId, Recurring } from '#kernel';
import { enqueue, FactRecorder, type Relay } from '#messaging';
import { compareAndSet, type Tx } from '#persistence';
import { banksOf, erasuresIn, newestDestroyed, type ErasureRow } from '../../adapters/store/erasure-rows.js';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from '../../gateway-parts.js';
import { banksWithOrders } from '../publish-gates.js';
import { DestroyContent } from './destroy-content.js';
import { erasureFact } from './erasure-fact.js';

/** How often approved erasures are looked for; whoever approves one wakes the loop. */
const EVERY_MS = 1_000;
const PER_TURN_MAX = 20;

/**
 * Erases what was approved. A process that dies leaves the state as it was, and the next turn, of whichever process, does the step again.
 * `approved` → everything here is destroyed, and each bank's connector is told → `destroyed` → all have confirmed → `erased`.
 */
@Injectable()
export class EraseApproved implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Recurring;

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(DestroyContent) private readonly destroy: DestroyContent,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {
    const failed = (error: unknown): void => parts.log.write('error', 'erasing-failed', { reason: errorText(error) });
    this.loop = new Recurring(parts.clock, EVERY_MS, () => this.turn(), failed);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  wake(): void {
    this.loop.wake();
  }

  /** One look: every process drops destroyed keys from its memory; the leading one works. */
  private async turn(): Promise<void> {
    const { database, keys, leader } = this.parts;
    for (const { case_id } of await newestDestroyed(database.reader, PER_TURN_MAX)) keys.forget(case_id);
    if (leader?.held === false) return;
    for (const erasure of await erasuresIn(database.reader, 'approved', PER_TURN_MAX)) await this.step(erasure, () => this.erase(erasure));
    for (const erasure of await erasuresIn(database.reader, 'destroyed', PER_TURN_MAX)) await this.step(erasure, () => this.end(erasure));
  }

  /** One that cannot be erased now keeps none of the others waiting; it is tried again with the next turn. */
  private async step(erasure: ErasureRow, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.parts.log.write('error', 'erasing-failed', { erasureId: erasure.id, state: erasure.state, reason: errorText(error) });
    }
  }

  private async erase(erasure: ErasureRow): Promise<void> {
    const { database, clock } = this.parts;
    await this.destroy.execute(erasure.case_id);
    await database.run(async (tx) => {
      const change = { state: 'destroyed', destroyed_at: clock.now() };
      if (!(await compareAndSet(tx, 'erasures', change, { id: erasure.id, state: 'approved' }))) return;
      const banks = await banksWithOrders(tx, erasure.case_id);
      for (const bank of banks) await this.tell(tx, erasure, bank);
      await this.facts.record(tx, erasureFact('case.content-destroyed', erasure, { banks: [...banks] }));
    });
    this.relay.nudge();
  }

  private async tell(tx: Tx, { id, case_id: caseId }: ErasureRow, bank: string): Promise<void> {
    const { clock, entropy } = this.parts;
    await tx.insertOnce('erasure_banks', { erasure_id: id, bank, confirmed_at: null });
    enqueue(tx, {
      id: newId(clock, entropy),
      topic: ordersTopic(bank),
      key: caseId,
      type: 'case.erasure-asked.v1',
      at: clock.now(),
      headers: {},
      body: encodeBody('case.erasure-asked.v1', { erasureId: id, caseId }),
    });
  }

  private async end(erasure: ErasureRow): Promise<void> {
    const { database, clock } = this.parts;
    const banks = await banksOf(database.reader, [erasure.id]);
    if (banks.some(({ confirmed_at }) => confirmed_at === null)) return;
    await database.run(async (tx) => {
      const change = { state: 'erased', erased_at: clock.now() };
      if (!(await compareAndSet(tx, 'erasures', change, { id: erasure.id, state: 'destroyed' }))) return;
      await this.facts.record(tx, erasureFact('case.erased', erasure, { banks: banks.map(({ bank }) => bank) }));
    });
    this.relay.nudge();
  }
}
