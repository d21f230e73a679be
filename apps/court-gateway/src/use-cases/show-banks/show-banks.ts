import { Inject, Injectable } from '@nestjs/common';
import { instantText } from '#kernel';
import type { Reader } from '#persistence';
import { PARTS, type GatewayBank, type GatewayParts } from '../../gateway-parts.js';
import { bankWaiting } from '../read-request/bank-waiting.js';

/** Answers that the service figures are taken from: the newest ones of each bank. */
const SAMPLE_MAX = 1_000;

/** How a bank serves now, in milliseconds from dispatch to answer; null before its first answer. */
export interface ServiceFigures {
  readonly answerMsP50: number | null;
  readonly answerMsP95: number | null;
  readonly sample: number;
  /** Orders that have left and are not answered. */
  readonly unanswered: number;
  readonly overdue: number;
  readonly undetermined: number;
}

interface OpenRow {
  readonly [column: string]: number;
  readonly unanswered: number;
  readonly overdue: number;
  readonly undetermined: number;
}

/** The banks of this installation with what they can do and how they serve (P-1: a scoreboard that officers can see). */
@Injectable()
export class ShowBanks {
  constructor(@Inject(PARTS) private readonly parts: GatewayParts) {}

  async all(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return Promise.all(this.parts.banks.all().map((bank) => this.view(bank)));
  }

  private async view(bank: GatewayBank) {
    return {
      bank: bank.bank,
      name: bank.name,
      dialect: bank.dialect,
      state: bank.active ? 'active' : 'inactive',
      legalPersons: bank.legalPersons,
      abilities: {
        actions: bank.actions,
        scopes: bank.scopes,
        propertyKinds: bank.propertyKinds,
        transactions: bank.transactions,
        partialDeduct: bank.partialDeduct,
        notices: bank.notices,
      },
      breaker: this.parts.breakerOf?.(bank.bank) ?? 'none',
      calendar: this.calendarOf(bank),
      service: await serviceFigures(this.parts.database.reader, bank.bank),
    };
  }

  private calendarOf({ bank }: GatewayBank) {
    const waiting = bankWaiting(this.parts.banks, this.parts.clock, bank);
    return { open: !waiting, opensAt: waiting?.until === undefined ? null : instantText(waiting.until) };
  }
}

async function serviceFigures(reader: Reader, bank: string): Promise<ServiceFigures> {
  const answered = await reader.all<{ ms: number }>(
    `SELECT answered_at - available_at AS ms FROM orders
     WHERE bank = ? AND answered_at IS NOT NULL AND available_at IS NOT NULL ORDER BY answered_at DESC LIMIT ${SAMPLE_MAX}`,
    [bank],
  );
  const open = await reader.one<OpenRow>(
    `SELECT COALESCE(SUM(CASE WHEN status IN ('queued', 'sent', 'received') THEN 1 ELSE 0 END), 0) AS unanswered,
       COALESCE(SUM(CASE WHEN overdue = 1 AND answered_at IS NULL THEN 1 ELSE 0 END), 0) AS overdue,
       COALESCE(SUM(CASE WHEN status = 'undetermined' THEN 1 ELSE 0 END), 0) AS undetermined
     FROM orders WHERE bank = ? AND status IN ('queued', 'sent', 'received', 'undetermined')`,
    [bank],
  );
  const sorted = answered.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    answerMsP50: percentile(sorted, 0.5),
    answerMsP95: percentile(sorted, 0.95),
    sample: sorted.length,
    unanswered: open?.unanswered ?? 0,
    overdue: open?.overdue ?? 0,
    undetermined: open?.undetermined ?? 0,
  };
}

/** The smallest value that at least the given share of the sorted values does not exceed. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
