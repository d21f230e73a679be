import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import { OnceWrites, type AnswerShelf, type PreparedOnce, type WriteExchange } from '#http';
import { AppError } from '#kernel';
import type { DataKey } from '#privacy';
import type { BankHost } from '../../bank-host.js';
import { BankHosts } from '../../bank-hosts.js';

/** A write at the desk once everything is prepared: it belongs to a case, under whose key its answer is sealed. */
export interface PreparedDeskWrite extends PreparedOnce {
  readonly caseId: string;
  readonly key: DataKey;
}

/** Every write at the desk stands under an idempotency key (I2), in the bank's own database. */
@Injectable()
export class DeskWrites {
  private readonly writes = new OnceWrites();

  constructor(@Inject(BankHosts) private readonly hosts: BankHosts) {}

  run(call: WriteExchange, prepare: () => Promise<PreparedDeskWrite>): Promise<object> {
    return this.writes.run(call, deskShelf(this.hostOf(call.principal)), prepare);
  }

  /** Another bank's clerk, or a court's user, finds nothing here. */
  private hostOf({ bank }: Principal): BankHost {
    const host = bank === undefined ? undefined : this.hosts.find(bank);
    if (!host) throw new AppError('not-found', '未找到该请求单');
    return host;
  }
}

/** Answers about a case are sealed under its key, and erased with it. */
function deskShelf({ context, facts, relay }: BankHost): AnswerShelf<PreparedDeskWrite> {
  const { database, vault, clock } = context;
  return {
    database,
    clock,
    seal: ({ key }, scope, body) => vault.sealJson(key, 'idempotency_keys', 'answer_sealed', scope, body),
    open: async (caseId, scope, sealed) =>
      vault.openJson<object>(await vault.keys.get(caseId ?? ''), 'idempotency_keys', 'answer_sealed', scope, sealed),
    refused: async ({ userId }, content) => {
      const fact = { type: 'desk.refused', subject: `user:${userId}`, actor: userId, content: { ...content } };
      await database.run((tx) => facts.record(tx, fact));
      relay.nudge();
    },
  };
}
