import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, errorText, Recurring } from '#kernel';
import { DeadLetters, FactRecorder, type Relay } from '#messaging';
import { compareAndSet } from '#persistence';
import { GatewayReaders } from '../../adapters/bus/gateway-readers.js';
import { approvedRedrives, type RedriveRow } from '../../adapters/store/redrive-rows.js';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from '../../gateway-parts.js';

/** How often approved proposals are looked for; whoever approves one wakes the loop. */
const EVERY_MS = 1_000;
const PER_TURN_MAX = 50;
const ERROR_CHARS_MAX = 300;

/**
 * Drives approved dead letters again, after the approval has committed: a message's handler fetches keys and must not be waited for in a
 * transaction. A process that dies in between leaves the proposal `approved`, and the next turn, of whichever process, takes it up; two
 * that take up the same one are told apart by the letter's own mark.
 */
@Injectable()
export class RedriveApproved implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Recurring;
  readonly letters: DeadLetters;

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(FactRecorder) facts: FactRecorder,
    @Inject(GatewayReaders) readers: GatewayReaders,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {
    this.letters = new DeadLetters(parts.database, readers.all, facts, parts.clock);
    const failed = (error: unknown): void => parts.log.write('error', 'redrive-failed', { reason: errorText(error) });
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

  private async turn(): Promise<void> {
    if (this.parts.leader?.held === false) return;
    for (const row of await approvedRedrives(this.parts.database.reader, PER_TURN_MAX)) await this.redrive(row);
  }

  private async redrive(row: RedriveRow): Promise<void> {
    const { reader, message_id: messageId, asked_by: askedBy, decided_by: approvedBy } = row;
    let error: string | null = null;
    try {
      await this.letters.redrive({ reader, messageId, askedBy, approvedBy: approvedBy ?? '' });
    } catch (reason) {
      // A turn that died between the letter's commit and this row's has done it.
      if (!(reason instanceof AppError && reason.code === 'already-redriven')) error = errorText(reason).slice(0, ERROR_CHARS_MAX);
    }
    const change = { state: error === null ? 'redriven' : 'failed', error };
    await this.parts.database.run((tx) => compareAndSet(tx, 'redrives', change, { id: row.id, state: 'approved' }));
    if (error !== null) this.parts.log.write('warn', 'redrive-refused', { reader, id: messageId, reason: error });
    this.relay.nudge();
  }
}
