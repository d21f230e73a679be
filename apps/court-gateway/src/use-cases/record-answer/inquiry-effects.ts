import { Inject, Injectable } from '@nestjs/common';
import { legalDateOf, newId, type Instant } from '#kernel';
import { applyInquiryAnswer, applyRefresh, isOpenLine, type InquiryOutcome } from '#orders';
import type { Tx } from '#persistence';
import { insertTransactions, saveHoldings, type Inquired } from '../../adapters/store/holding-writes.js';
import type { HoldingRow } from '../../adapters/store/holdings-reading.js';
import { hasOpenLines, measureStateOf } from '../../adapters/store/measure-writes.js';
import { measuresOfCase, type MeasureRow } from '../../adapters/store/measures-reading.js';
import { changeLine, sealLineReason, type LineRow, type OrderRow } from '../../adapters/store/order-rows.js';
import { OrdersInHand } from '../../adapters/store/orders-in-hand.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { MoneyBook } from '../keep-money/money-book.js';
import type { Scene } from '../scene.js';
import { AnswerTasks } from './answer-tasks.js';
import type { StatedMeasure, Translated, TranslatedHolding } from './translate-answer.js';

type InquiryWord = Extract<Translated, { kind: 'inquiry' }>;

export interface AppliedInquiry {
  readonly line: LineRow;
  readonly nothingFound: boolean;
  readonly moneyChanged: boolean;
}

/** Whether the answer speaks of freezes of ours: then the case's lock is taken first. */
export function speaksOfMeasures(word: Translated): boolean {
  return word.kind === 'inquiry' && word.holdings.some(({ measures }) => measures.length > 0);
}

/** Applies an inquiry's answer: what the debtor has, and the bank's figures for our own freezes (I16). */
@Injectable()
export class InquiryEffects {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(MoneyBook) private readonly book: MoneyBook,
    @Inject(AnswerTasks) private readonly tasks: AnswerTasks,
    @Inject(OrdersInHand) private readonly inHand: OrdersInHand,
  ) {}

  async apply(tx: Tx, scene: Scene, order: OrderRow, line: LineRow, word: InquiryWord, asOf: Instant): Promise<AppliedInquiry> {
    const outcome = applyInquiryAnswer({ result: word.result, holdings: word.holdings.length });
    const written = this.writeLine(tx, scene, line, outcome, asOf);
    await this.tasks.open(tx, scene, order, undefined, outcome.tasks, outcome.reason);
    if (outcome.status !== 'executed') return { line: written, nothingFound: false, moneyChanged: false };
    const inquired = { orderNumber: order.order_number, asOf };
    const ids = await this.saveFound(tx, scene, order, word.holdings, inquired);
    const moneyChanged = await this.refreshMeasures(tx, scene, order, word.holdings, ids, asOf);
    return { line: written, nothingFound: outcome.nothingFound, moneyChanged };
  }

  private async saveFound(
    tx: Tx,
    scene: Scene,
    order: OrderRow,
    holdings: readonly TranslatedHolding[],
    inquired: Inquired,
  ): Promise<ReadonlyMap<string, string>> {
    if (holdings.length === 0) return new Map();
    const place = { caseId: order.case_id, debtorId: order.debtor_id, bank: order.bank, legalPerson: order.legal_person };
    const known = await this.inHand.holdings(tx, place);
    // A bank that lists one account twice means the later line; both cannot be its figures.
    const newest = new Map(holdings.map((holding) => [holding.stated.accountIndex, holding]));
    if (newest.size < holdings.length) await this.tasks.open(tx, scene, order, undefined, ['mismatch'], '同一账户列出多次');
    const rows = [...newest.values()].map((holding) => this.rowOf(holding, known.get(holding.stated.accountIndex)));
    saveHoldings(tx, this.vault, scene.caseKey, place, inquired, rows);
    for (const { id, transactions } of rows) {
      if (transactions) insertTransactions(tx, this.vault, scene.caseKey, id, inquired, transactions);
    }
    return new Map(rows.map(({ id, stated }) => [stated.accountIndex, id]));
  }

  private rowOf({ stated, transactions }: TranslatedHolding, known: HoldingRow | undefined) {
    return { id: known?.id ?? newId(this.parts.clock, this.parts.entropy), stated, known, transactions };
  }

  private async refreshMeasures(
    tx: Tx,
    scene: Scene,
    order: OrderRow,
    holdings: readonly TranslatedHolding[],
    holdingIds: ReadonlyMap<string, string>,
    asOf: Instant,
  ): Promise<boolean> {
    if (holdings.every(({ measures }) => measures.length === 0)) return false;
    const own = (await measuresOfCase(tx, order.case_id)).filter(({ bank }) => bank === order.bank);
    let changed = false;
    for (const { stated, measures } of holdings) {
      for (const said of measures) {
        const row = own.find((one) => one.order_number === said.orderNumber && one.seq === said.seq);
        // The bank lists freezes of other cases on the account as well; those are told to their own case.
        if (!row) continue;
        const isNews = await this.refreshOne(tx, scene, row, said, asOf, holdingIds.get(stated.accountIndex));
        changed ||= isNews;
      }
    }
    return changed;
  }

  private async refreshOne(
    tx: Tx,
    scene: Scene,
    row: MeasureRow,
    said: StatedMeasure,
    asOf: Instant,
    holdingId: string | undefined,
  ): Promise<boolean> {
    const outcome = applyRefresh(measureStateOf(row), said.figures, await hasOpenLines(tx, row.id));
    await this.tasks.open(tx, scene, row, row.seq, outcome.tasks, '银行查询结果中本院冻结的情况与记录不符');
    const change = { refreshed_at: asOf, ...(row.holding_id === null && holdingId !== undefined ? { holding_id: holdingId } : {}) };
    await this.book.changeMeasure(tx, scene, row, outcome.measure ?? measureStateOf(row), 'refresh', change);
    return outcome.measure !== undefined;
  }

  private writeLine(tx: Tx, scene: Scene, line: LineRow, { status, reason }: InquiryOutcome, asOf: Instant): LineRow {
    const change = {
      status,
      settled_on: isOpenLine(status) ? null : legalDateOf(asOf),
      reason_sealed: reason === undefined ? null : sealLineReason(this.vault, scene.caseKey, line, reason),
    };
    changeLine(tx, line, change);
    return { ...line, ...change, version: line.version + 1 };
  }
}
