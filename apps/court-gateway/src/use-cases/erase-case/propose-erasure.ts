import { Inject, Injectable } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { AppError, newId } from '#kernel';
import { FactRecorder } from '#messaging';
import { compareAndSetOrStale, type Tx } from '#persistence';
import { lockCase } from '../../adapters/store/case-rows.js';
import { findErasure, OPEN_KEY, type ErasureRow } from '../../adapters/store/erasure-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { erasureFact } from './erasure-fact.js';
import { nothingMustLive } from './nothing-live.js';

export interface ErasureDecision {
  readonly decision: 'approve' | 'reject';
  readonly reason?: string;
}

/** One person asks that the content of a case be erased, another one decides; each step is a fact. */
@Injectable()
export class ProposeErasure {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  /** @throws AppError `not-found`, `wrong-state` for a case that is not closed or has a proposal, `live-measures`, `open-orders` */
  async propose(tx: Tx, caseId: string, reason: string, by: Principal): Promise<ErasureRow> {
    const row = await lockCase(tx, caseId);
    assertMay(by, 'case.erase', { courtCode: row.court_code });
    await nothingMustLive(tx, row);
    const { clock, entropy } = this.parts;
    const erasure: ErasureRow = {
      id: newId(clock, entropy),
      case_id: caseId,
      court_code: row.court_code,
      case_number: row.case_number,
      state: 'awaiting',
      open_key: OPEN_KEY,
      reason,
      asked_by: by.userId,
      asked_at: clock.now(),
      decided_by: null,
      decided_at: null,
      destroyed_at: null,
      erased_at: null,
    };
    if (!(await tx.insertOnce('erasures', erasure))) throw new AppError('wrong-state', '该案已有销毁提议');
    await this.facts.record(tx, erasureFact('case.erasure-proposed', erasure, { reason }, by.userId));
    return erasure;
  }

  /** @throws AppError `not-found`, `own-approval`, `wrong-state`, `live-measures`, `open-orders` */
  async decide(tx: Tx, id: string, { decision, reason }: ErasureDecision, by: Principal): Promise<ErasureRow> {
    const erasure = await findErasure(tx, id);
    if (!erasure) throw new AppError('not-found', '没有该销毁提议');
    const row = await lockCase(tx, erasure.case_id);
    assertMay(by, 'case.erase.approve', { courtCode: erasure.court_code, askedBy: erasure.asked_by });
    if (erasure.state !== 'awaiting') throw new AppError('wrong-state', '该提议已有结论');
    if (decision === 'approve') await nothingMustLive(tx, row);
    const change = {
      state: decision === 'approve' ? ('approved' as const) : ('rejected' as const),
      open_key: decision === 'approve' ? OPEN_KEY : id,
      decided_by: by.userId,
      decided_at: this.parts.clock.now(),
    };
    await compareAndSetOrStale(tx, 'erasures', change, { id, state: 'awaiting' });
    await this.facts.record(tx, erasureFact(`case.erasure-${change.state}`, erasure, reason === undefined ? {} : { reason }, by.userId));
    return { ...erasure, ...change };
  }
}
