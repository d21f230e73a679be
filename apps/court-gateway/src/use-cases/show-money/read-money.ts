import { Inject, Injectable } from '@nestjs/common';
import { assertMay, courtScopeOf, type Action, type Principal } from '#access';
import { addDays, AppError, endOfLegalDate, instantText, legalDateOf, moneyJson, parseDuration } from '#kernel';
import { expiresWithin } from '#orders';
import type { Fact } from '#messaging';
import type { DataKey } from '#privacy';
import { figuresOfCase } from '../../adapters/store/case-figures.js';
import { loadCase, notFound, pathId, readAtOnce, type CaseRow } from '../../adapters/store/case-rows.js';
import { findHolding, transactionsOf } from '../../adapters/store/holding-writes.js';
import { holdingsOfCase, openHolding } from '../../adapters/store/holdings-reading.js';
import { findMeasure, measuresEndingBy } from '../../adapters/store/measure-writes.js';
import { measureAccount, measuresOfCase } from '../../adapters/store/measures-reading.js';
import { paymentsOfCase } from '../../adapters/store/payment-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { CaseReadings } from '../tell-conduct/case-readings.js';
import { holdingView, measureView, paymentView, transactionView, type View } from './money-views.js';

type OfCase = Extract<
  Action,
  'holding.list' | 'measure.list' | 'payment.list' | 'holding.transactions.read' | 'holding.reveal' | 'measure.reveal'
>;

/** A span longer than any term says nothing more. */
const SPAN_MS_MAX = 366 * 3 * 86_400_000;
const DAY_MS = 86_400_000;

/** What a case has found, bound and taken, as the court side reads it (masked), and its accounts in clear for a reason. */
@Injectable()
export class ReadMoney {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(CaseReadings) private readonly readings: CaseReadings,
  ) {}

  /** @throws AppError `not-found`, `content-erased` */
  async holdings(principal: Principal, caseId: string): Promise<View> {
    const { key } = await this.caseFor(principal, 'holding.list', pathId(caseId));
    const rows = await holdingsOfCase(this.parts.database.reader, caseId);
    return { items: rows.map((row) => holdingView(this.vault, key, this.parts.policy, row)) };
  }

  async measures(principal: Principal, caseId: string): Promise<View> {
    const { reader } = this.parts.database;
    const { key } = await this.caseFor(principal, 'measure.list', pathId(caseId));
    return readAtOnce(reader, caseId, async (row) => {
      const figures = await figuresOfCase(reader, row);
      const measures = await measuresOfCase(reader, caseId);
      const sum = (amount: bigint) => moneyJson(amount, row.currency);
      return {
        ceiling: sum(BigInt(row.ceiling)),
        committed: sum(figures.committed),
        underControl: sum(figures.underControl),
        collected: sum(BigInt(row.collected)),
        outstanding: sum(figures.outstanding),
        exposure: sum(figures.exposure),
        excess: sum(figures.excess),
        items: measures.map((measure) => measureView(this.vault, key, measure)),
      };
    });
  }

  async payments(principal: Principal, caseId: string): Promise<View> {
    await this.caseFor(principal, 'payment.list', pathId(caseId));
    return { items: (await paymentsOfCase(this.parts.database.reader, caseId)).map(paymentView) };
  }

  /** Live measures of the caller's court that end within a span, soonest first. @throws AppError `invalid` */
  async expiring(principal: Principal, within: string): Promise<View> {
    const span = spanOf(within);
    const { reader } = this.parts.database;
    const now = this.parts.clock.now();
    const today = legalDateOf(now);
    const scope = courtScopeOf(principal);
    const lastDay = addDays(today, Math.ceil(span / DAY_MS));
    const rows = (await measuresEndingBy(reader, lastDay, today)).filter(
      ({ to_date, court_code }) =>
        expiresWithin(to_date, now, span) && (scope.kind === 'all' || (scope.kind === 'court' && scope.courtCode === court_code)),
    );
    const items: View[] = [];
    for (const row of rows) {
      const key = await this.keyOf(row.case_id);
      if (key) items.push({ ...measureView(this.vault, key, row), endsAt: instantText(endOfLegalDate(row.to_date)) });
    }
    return { items };
  }

  /** What an inquiry with a period has brought of an account; counterparties stay masked, and the reading leaves a fact. */
  async transactions(principal: Principal, holdingId: string): Promise<View> {
    const { reader } = this.parts.database;
    const holding = await findHolding(reader, pathId(holdingId));
    if (!holding) throw notFound();
    const { row, key } = await this.caseFor(principal, 'holding.transactions.read', holding.case_id);
    const answers = await transactionsOf(reader, this.vault, key, holdingId);
    await this.tell(row, key, principal, 'holding.transactions-read', { holdingId });
    return {
      items: answers.flatMap(({ orderNumber, asOf, lines }) =>
        lines.map((line) => ({ ...transactionView(line), orderNumber, asOf: instantText(asOf) })),
      ),
    };
  }

  /** @throws AppError `not-found`, `content-erased` */
  async revealHolding(principal: Principal, holdingId: string, reason: string): Promise<View> {
    const holding = await findHolding(this.parts.database.reader, pathId(holdingId));
    if (!holding) throw notFound();
    const { row, key } = await this.caseFor(principal, 'holding.reveal', holding.case_id);
    await this.tell(row, key, principal, 'holding.revealed', { holdingId, reason });
    const { account, coOwners } = openHolding(this.vault, key, holding);
    return { id: holdingId, bank: holding.bank, account, ...(coOwners ? { coOwners } : {}) };
  }

  async revealMeasure(principal: Principal, measureId: string, reason: string): Promise<View> {
    const measure = await findMeasure(this.parts.database.reader, pathId(measureId));
    if (!measure) throw notFound();
    const { row, key } = await this.caseFor(principal, 'measure.reveal', measure.case_id);
    await this.tell(row, key, principal, 'measure.revealed', { measureId, reason });
    return { id: measureId, bank: measure.bank, account: measureAccount(this.vault, key, measure) };
  }

  /** The fact of a reading is durable before anything is shown (I12). */
  private async tell(row: CaseRow, caseKey: DataKey, by: Principal, type: string, content: Fact['content']): Promise<void> {
    const reading = {
      type,
      subject: `case:${row.id}`,
      actor: by.userId,
      caseNumber: row.case_number,
      caseId: row.id,
      caseKey,
      content,
    };
    await this.readings.tell(reading, by);
  }

  private async caseFor(principal: Principal, action: OfCase, caseId: string): Promise<{ row: CaseRow; key: DataKey }> {
    const row = await loadCase(this.parts.database.reader, caseId);
    assertMay(principal, action, { courtCode: row.court_code });
    return { row, key: await this.vault.keyOf(caseId) };
  }

  private async keyOf(caseId: string): Promise<DataKey | undefined> {
    try {
      return await this.vault.keyOf(caseId);
    } catch (error) {
      if (error instanceof AppError && error.code === 'content-erased') return undefined;
      throw error;
    }
  }
}

function spanOf(text: string): number {
  const detail = '是以天计的 ISO 8601 时长，例如 P30D';
  const fault = new AppError('invalid', `/expiringWithin ${detail}`, { errors: [{ pointer: '/expiringWithin', detail }] });
  try {
    const span = parseDuration(text);
    if (span <= SPAN_MS_MAX) return span;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  throw fault;
}
