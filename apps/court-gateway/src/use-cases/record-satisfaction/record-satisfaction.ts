import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import { AppError, formatAmount, MINOR_MAX, newId, parseAmount, type LegalDate, type Minor } from '#kernel';
import { FactRecorder } from '#messaging';
import { insert, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { lockCase, type CaseRow } from '../../adapters/store/case-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { assertOpen } from '../change-case/change-case.js';
import { MONEY_WATCH, type MoneyWatch } from '../money-watch.js';

export const SATISFACTION_KINDS = ['voluntary', 'other-bank', 'auction', 'setoff', 'reversal'] as const;

export interface Satisfaction {
  readonly amount: string;
  readonly kind: (typeof SATISFACTION_KINDS)[number];
  readonly on: LegalDate;
  readonly evidence: string;
}

/** What was satisfied outside our deductions lowers what may be bound; what a new excess asks for follows at once (I7). */
@Injectable()
export class RecordSatisfaction {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(MONEY_WATCH) private readonly watch: MoneyWatch,
  ) {}

  /** @throws AppError `invalid`, `case-closed` */
  async execute(tx: Tx, caseId: string, key: DataKey, satisfaction: Satisfaction, by: Principal): Promise<string> {
    const row = await lockCase(tx, caseId);
    assertOpen(row);
    const amount = this.amountOf(row, satisfaction);
    const id = newId(this.parts.clock, this.parts.entropy);
    await insert(tx, 'satisfactions', {
      id,
      case_id: caseId,
      kind: satisfaction.kind,
      amount,
      on_date: satisfaction.on,
      evidence_sealed: this.vault.seal(key, 'satisfactions', 'evidence_sealed', id, { evidence: satisfaction.evidence }),
      by_user: by.userId,
      at: this.parts.clock.now(),
    });
    await tx.run('UPDATE cases SET satisfied = ?, version = version + 1 WHERE id = ?', [BigInt(row.satisfied) + amount, caseId]);
    const { kind, on, evidence } = satisfaction;
    await this.facts.record(tx, {
      type: 'case.satisfied',
      subject: `case:${caseId}`,
      actor: by.userId,
      caseNumber: row.case_number,
      caseId,
      caseKey: key,
      content: { satisfactionId: id, kind, amount: formatAmount(amount, row.currency), currency: row.currency, on, evidence },
    });
    await this.watch.moneyChanged(tx, caseId, key);
    return id;
  }

  /** Signed: a reversal takes back what was recorded before, never more. */
  private amountOf(row: CaseRow, { amount: text, kind }: Satisfaction): Minor {
    const amount = parseAmount(text, row.currency);
    const faultAt = (detail: string) => new AppError('invalid', `/amount ${detail}`, { errors: [{ pointer: '/amount', detail }] });
    if (amount === 0n) throw faultAt('须大于零');
    const satisfied = BigInt(row.satisfied);
    if (kind === 'reversal' && amount > satisfied) throw faultAt('不得超过已记录的其他履行额');
    if (satisfied + amount > MINOR_MAX) throw faultAt('数额过大');
    return kind === 'reversal' ? -amount : amount;
  }
}
