import { Inject, Injectable } from '@nestjs/common';
import { errorText } from '#kernel';
import { isFinal, ORDER_LIFE, type OrderStatus } from '#orders';
import type { Row } from '#persistence';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import type { RefreshFigures, StaleFigures } from '../refresh-figures.js';
import { SYSTEM_REQUESTS, type SystemRequests } from '../system-requests.js';

/** How long a plan or a deduct waits for banks that are asked again; a desk or a file takes longer and is not waited for. Real time. */
const WAIT_MS_MAX = 3_000;
const LOOK_EVERY_MS = 50;

interface StatusRow extends Row {
  readonly status: OrderStatus;
}

interface OpenInquiry extends Row {
  readonly bank: string;
  readonly debtor_id: string;
}

/** I16: asks banks without notices again, and waits a little for their answers. */
@Injectable()
export class AskAgain implements RefreshFigures {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(SYSTEM_REQUESTS) private readonly requests: SystemRequests,
  ) {}

  async refresh(caseId: string, stale: readonly StaleFigures[]): Promise<void> {
    const requestId = await this.ask(caseId, stale);
    if (requestId === undefined) return;
    const { clock } = this.parts;
    const until = clock.monotonicMs() + WAIT_MS_MAX;
    while (clock.monotonicMs() < until && !(await this.answered(requestId))) await clock.realSleep(LOOK_EVERY_MS);
  }

  /** Posts the inquiry without waiting; banks that are being asked already are left out. Its failure stops nobody's work. */
  async ask(caseId: string, stale: readonly StaleFigures[]): Promise<string | undefined> {
    try {
      const asked = await this.askedAlready(caseId);
      const left = stale.filter(({ bank, debtorId }) => !asked.has(`${bank}|${debtorId}`));
      return left.length === 0 ? undefined : await this.requests.inquire(caseId, left);
    } catch (error) {
      this.parts.log.write('warn', 'refresh-not-asked', { caseId, reason: errorText(error) });
      return undefined;
    }
  }

  private async askedAlready(caseId: string): Promise<ReadonlySet<string>> {
    const rows = await this.parts.database.reader.all<OpenInquiry>(
      `SELECT bank, debtor_id FROM orders WHERE case_id = ? AND action = 'inquire' AND status IN ('queued', 'sent', 'received')`,
      [caseId],
    );
    return new Set(rows.map(({ bank, debtor_id }) => `${bank}|${debtor_id}`));
  }

  private async answered(requestId: string): Promise<boolean> {
    const rows = await this.parts.database.reader.all<StatusRow>('SELECT status FROM orders WHERE request_id = ?', [requestId]);
    return rows.every(({ status }) => isFinal(ORDER_LIFE, status) || status === 'undetermined');
  }
}
