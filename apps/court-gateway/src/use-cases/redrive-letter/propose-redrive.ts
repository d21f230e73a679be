import { Inject, Injectable } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { AppError, newId } from '#kernel';
import { FactRecorder } from '#messaging';
import { compareAndSetOrStale, insert, type Tx } from '#persistence';
import { newestRedrive, type RedriveRow } from '../../adapters/store/redrive-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';

/** A dead letter as the interface names it. */
export interface LetterName {
  readonly reader: string;
  readonly messageId: string;
}

export interface RedriveDecision {
  readonly decision: 'approve' | 'reject';
  readonly reason?: string;
}

/** One person asks that a dead letter be driven again, another one decides; each step is a fact. */
@Injectable()
export class ProposeRedrive {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  /** @throws AppError `not-found` for a letter that is not there or is driven already, `wrong-state` when a proposal waits */
  async propose(tx: Tx, name: LetterName, reason: string, by: Principal): Promise<RedriveRow> {
    const letter = await tx.one('SELECT message_id FROM dead_letters WHERE reader = ? AND message_id = ? AND redriven_at IS NULL', [
      name.reader,
      name.messageId,
    ]);
    if (!letter) throw new AppError('not-found', '没有该死信，或已重新处理');
    const waiting = await newestRedrive(tx, name);
    if (waiting && ['awaiting', 'approved'].includes(waiting.state)) throw new AppError('wrong-state', '该死信已有提议等待复核或处理');
    const { clock, entropy } = this.parts;
    const id = newId(clock, entropy);
    const { reader, messageId } = name;
    await insert(tx, 'redrives', {
      id,
      reader,
      message_id: messageId,
      state: 'awaiting',
      reason,
      asked_by: by.userId,
      asked_at: clock.now(),
      decided_by: null,
      decided_at: null,
      error: null,
    });
    await this.record(tx, 'dead-letter.redrive-proposed', name, by, { reason });
    return this.newest(tx, name);
  }

  /** @throws AppError `not-found`, `own-approval`, `wrong-state` */
  async decide(tx: Tx, name: LetterName, { decision, reason }: RedriveDecision, by: Principal): Promise<RedriveRow> {
    const row = await this.newest(tx, name);
    assertMay(by, 'dead-letter.redrive.approve', { askedBy: row.asked_by });
    if (row.state !== 'awaiting') throw new AppError('wrong-state', '该提议已有结论');
    const state = decision === 'approve' ? 'approved' : 'rejected';
    const change = { state, decided_by: by.userId, decided_at: this.parts.clock.now() };
    await compareAndSetOrStale(tx, 'redrives', change, { id: row.id, state: 'awaiting' });
    await this.record(tx, `dead-letter.redrive-${state}`, name, by, reason === undefined ? {} : { reason });
    return this.newest(tx, name);
  }

  private async newest(tx: Tx, name: LetterName): Promise<RedriveRow> {
    const row = await newestRedrive(tx, name);
    if (!row) throw new AppError('not-found', '没有该死信的处理提议');
    return row;
  }

  private async record(tx: Tx, type: string, { reader, messageId }: LetterName, by: Principal, content: { readonly reason?: string }) {
    await this.facts.record(tx, {
      type,
      subject: `dead-letter:${messageId}`,
      actor: by.userId,
      content: { reader, messageId, ...content },
    });
  }
}
