import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '#kernel';
import { BankHost } from './bank-host.js';
import { CONNECTOR_PARTS, type ConnectorParts } from './connector-parts.js';

/** What an operator may see of one bank at work. */
export interface BankFigures {
  readonly bank: string;
  /** Orders that have left, or could be fetched, and are not answered. */
  readonly unanswered: number;
  /** Orders that have been taken and have not left. */
  readonly ready: number;
  /** Orders that a person must find out about. */
  readonly undetermined: number;
  /** Whether its calendar lets orders leave now. */
  readonly isOpen: boolean;
  /** Only of a bank with a desk: orders that wait for a clerk, and for the second one. */
  readonly atDesk?: { readonly received: number; readonly inReview: number };
  /** Only of a bank that is called. */
  readonly breaker?: 'closed' | 'open' | 'half-open';
  readonly callsUnderWay?: number;
}

/** The banks of this process, from the start of the application to its end. */
@Injectable()
export class BankHosts implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly hosts: ReadonlyMap<string, BankHost>;

  constructor(@Inject(CONNECTOR_PARTS) parts: ConnectorParts) {
    this.hosts = new Map(parts.banks.map((hosted) => [hosted.profile.bank, new BankHost(hosted, parts)]));
    if (this.hosts.size < parts.banks.length) {
      throw new AppError('invalid-configuration', 'a bank is hosted twice in one process', { level: 'fatal' });
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const host of this.hosts.values()) await host.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.hosts.values()].map((host) => host.stop()));
  }

  all(): readonly BankHost[] {
    return [...this.hosts.values()];
  }

  find(bank: string): BankHost | undefined {
    return this.hosts.get(bank);
  }

  async figures(): Promise<readonly BankFigures[]> {
    return Promise.all(this.all().map(figuresOf));
  }
}

async function figuresOf({ context, door }: BankHost): Promise<BankFigures> {
  const count = async (condition: string, table = 'orders'): Promise<number> =>
    (await context.database.reader.one<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table} WHERE ${condition}`))?.n ?? 0;
  const onDesk = (status: string): Promise<number> => count(`status = '${status}'`, 'desk_orders');
  return {
    bank: context.bank,
    unanswered: await count(`standing IN ('open', 'in-progress') AND delivery <> 'READY'`),
    ready: await count(`standing = 'open' AND delivery = 'READY'`),
    undetermined: await count(`standing = 'parked'`),
    isOpen: context.isOpen(),
    ...(door.kind === 'desk' ? { atDesk: { received: await onDesk('received'), inReview: await onDesk('in-review') } } : {}),
    ...(door.kind === 'push' ? { breaker: door.calls.breakerState(), callsUnderWay: door.calls.inFlight() } : {}),
  };
}
