import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import { AppError, legalDateOf, type Instant } from '#kernel';
import { FactRecorder } from '#messaging';
import {
  checkClose,
  OPEN_LINE_STATUSES,
  refusalErrors,
  type CloseFacts,
  type CloseManner,
  type GateLastInquiry,
  type MeasureStatus,
  type PaymentState,
} from '#orders';
import { compareAndSetOrStale, placeholders, type Row, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { handlersOf, lockCase, type CaseRow } from '../../adapters/store/case-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { banksWithOrders, publishGates } from '../publish-gates.js';

interface MeasureState extends Row {
  readonly id: string;
  readonly status: MeasureStatus;
}

interface PaymentRow extends Row {
  readonly id: string;
  readonly state: PaymentState;
}

interface AnsweredInquiry extends Row {
  readonly debtor_id: string;
  readonly bank: string;
  readonly legal_person: string;
  readonly answered_at: Instant;
}

export interface Closing {
  readonly manner: CloseManner;
  readonly reason: string;
}

/** Closes a case when nothing of it is open any more (R22); 终本 needs every bank asked lately instead and keeps measures alive. */
@Injectable()
export class CloseCase {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  /** @throws AppError `not-handler`, `case-closed`, `live-measures`, `open-orders` */
  async execute(tx: Tx, caseId: string, key: DataKey, closing: Closing, by: Principal): Promise<void> {
    const row = await lockCase(tx, caseId);
    const refusal = checkClose(await this.factsOf(tx, row, closing, by));
    if (refusal) throw new AppError(refusal.code, refusal.detail, { errors: refusalErrors(refusal), extra: refusal.extra ?? {} });
    const { manner, reason } = closing;
    await compareAndSetOrStale(
      tx,
      'cases',
      {
        status: 'closed',
        closed_manner: manner,
        closed_reason_sealed: this.vault.seal(key, 'cases', 'closed_reason_sealed', caseId, { reason }),
        closed_at: this.parts.clock.now(),
        version: row.version + 1,
      },
      { id: caseId, version: row.version },
    );
    await this.facts.record(tx, {
      type: 'case.closed',
      subject: `case:${caseId}`,
      actor: by.userId,
      caseNumber: row.case_number,
      caseId,
      caseKey: key,
      content: { manner, reason },
    });
    await publishGates(tx, this.parts, await banksWithOrders(tx, caseId), caseId, { case: { id: caseId, status: 'closed' } });
  }

  private async factsOf(tx: Tx, row: CaseRow, closing: Closing, by: Principal): Promise<CloseFacts> {
    const handlers = await handlersOf(tx, row.id);
    return {
      policy: this.parts.policy,
      at: this.parts.clock.now(),
      actor: { permitted: true, handler: handlers.includes(by.userId) },
      case: { id: row.id, status: row.status },
      manner: closing.manner,
      measures: await tx.all<MeasureState>('SELECT id, status FROM measures WHERE case_id = ?', [row.id]),
      openLines: await openLines(tx, row.id),
      payments: await tx.all<PaymentRow>('SELECT id, state FROM payments WHERE case_id = ?', [row.id]),
      lastInquiries: closing.manner === 'no-assets' ? await this.lastInquiries(tx, row.id) : [],
    };
  }

  /** One row for every debtor at every active bank; a bank of several legal persons has answered when each of them has. */
  private async lastInquiries(tx: Tx, caseId: string): Promise<readonly GateLastInquiry[]> {
    const debtors = await tx.all<{ id: string }>("SELECT id FROM parties WHERE case_id = ? AND role = 'debtor' ORDER BY position", [
      caseId,
    ]);
    const answered = await tx.all<AnsweredInquiry>(
      `SELECT debtor_id, bank, legal_person, MAX(answered_at) AS answered_at FROM orders
       WHERE case_id = ? AND action = 'inquire' AND status = 'answered' GROUP BY debtor_id, bank, legal_person`,
      [caseId],
    );
    const newest = new Map(answered.map((row) => [`${row.debtor_id}|${row.bank}|${row.legal_person}`, row.answered_at]));
    const banks = this.parts.banks.all().filter(({ active }) => active);
    return debtors.flatMap(({ id: debtorId }) =>
      banks.map(({ bank, legalPersons }) => {
        const times = legalPersons.map(({ code }) => newest.get(`${debtorId}|${bank}|${code}`));
        const oldest = times.reduce<Instant | undefined>(earlier, Infinity);
        return { bank, debtorId, ...(oldest === undefined || oldest === Infinity ? {} : { answeredOn: legalDateOf(oldest) }) };
      }),
    );
  }
}

/** The earlier of two times, none when one is missing. */
function earlier(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined || b === undefined ? undefined : Math.min(a, b);
}

/** Lines without a last word, and inquiries, which have no lines, without an answer. */
export async function openLines(tx: Tx, caseId: string): Promise<number> {
  const lines = await tx.one<{ open: number }>(
    `SELECT COUNT(*) AS open FROM order_lines WHERE case_id = ? AND status IN (${placeholders(OPEN_LINE_STATUSES.length)})`,
    [caseId, ...OPEN_LINE_STATUSES],
  );
  const inquiries = await tx.one<{ open: number }>(
    `SELECT COUNT(*) AS open FROM orders
     WHERE case_id = ? AND action = 'inquire' AND status IN ('queued', 'sent', 'received', 'undetermined')`,
    [caseId],
  );
  return Number(lines?.open ?? 0) + Number(inquiries?.open ?? 0);
}
