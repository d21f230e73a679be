import { createParamDecorator, Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#access';
import { statusOf, type RawBody } from '#http';
import { AppError, canonicalBytes, sha256Hex } from '#kernel';
import type { Row, Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { BankHost } from '../../bank-host.js';
import { BankHosts } from '../../bank-hosts.js';
import { principalOf } from './principal.js';

/** A call that changes something, as it came in; a parameter of the handler by `@DeskCall()`. */
export interface DeskWriteCall {
  readonly request: FastifyRequest & RawBody;
  readonly reply: FastifyReply;
  readonly principal: Principal;
}

export const DeskCall = createParamDecorator((_: unknown, context: ExecutionContext): DeskWriteCall => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest & RawBody>();
  return { request, reply: http.getResponse<FastifyReply>(), principal: principalOf(request) };
});

/** What is left to do once everything is prepared. `work` awaits nothing but its Tx. */
export interface PreparedDeskWrite {
  readonly caseId: string;
  readonly key: DataKey;
  readonly status: number;
  work(tx: Tx): Promise<object>;
}

interface StoredRow extends Row {
  readonly body_sha256: string;
  readonly status: number;
  readonly case_id: string;
  readonly answer_sealed: Buffer;
}

interface Outcome {
  readonly status: number;
  readonly body: object;
}

const KEY = /^[\x21-\x7e]{1,200}$/;

/** Thrown inside the transaction to undo it when the same key was used meanwhile by another process. */
class AnsweredElsewhere extends Error {}

/**
 * Every write at the desk stands under an idempotency key (I2): key, effect, answer and facts commit together in the bank's own
 * database. The same key with the same bytes answers as before, with other bytes 409; a duplicate waits for the first; a refusal
 * stores no key and leaves a fact.
 */
@Injectable()
export class DeskWrites {
  private readonly running = new Map<string, { readonly digest: string; readonly done: Promise<Outcome> }>();

  constructor(@Inject(BankHosts) private readonly hosts: BankHosts) {}

  async run(call: DeskWriteCall, prepare: () => Promise<PreparedDeskWrite>): Promise<object> {
    const { request, reply, principal } = call;
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') throw new AppError('idempotency-key-required', '写操作须带 Idempotency-Key 请求头');
    if (!KEY.test(key)) throw new AppError('invalid', 'Idempotency-Key 须为1至200个可见ASCII字符');
    const host = this.hostOf(principal);
    const path = request.url.split('?')[0] ?? '';
    const scope = sha256Hex(canonicalBytes([principal.userId, request.method, path, key]));
    const digest = sha256Hex(bytesOf(request));
    const { outcome, isReplayed } = await this.once(host, call, { scope, digest, path }, prepare);
    void reply.status(outcome.status);
    if (isReplayed) void reply.header('idempotency-replayed', 'true');
    return outcome.body;
  }

  private async once(
    host: BankHost,
    call: DeskWriteCall,
    use: { readonly scope: string; readonly digest: string; readonly path: string },
    prepare: () => Promise<PreparedDeskWrite>,
  ): Promise<{ outcome: Outcome; isReplayed: boolean }> {
    const { scope, digest } = use;
    for (let first = this.running.get(scope); first; first = this.running.get(scope)) {
      if (first.digest === digest) return { outcome: await first.done, isReplayed: true };
      // Whether the key is used for something else is known only once the first has ended; its failure is its own caller's news.
      await first.done.catch(() => undefined);
    }
    const stored = this.stored(host, scope, digest);
    const attempt = stored.then(async (known) => known ?? (await this.attempt(host, call, use, prepare)));
    this.running.set(scope, { digest, done: attempt });
    try {
      return { outcome: await attempt, isReplayed: (await stored) !== undefined };
    } finally {
      this.running.delete(scope);
    }
  }

  private async attempt(
    host: BankHost,
    call: DeskWriteCall,
    { scope, digest, path }: { readonly scope: string; readonly digest: string; readonly path: string },
    prepare: () => Promise<PreparedDeskWrite>,
  ): Promise<Outcome> {
    try {
      return await this.commit(host, scope, digest, await prepare());
    } catch (error) {
      if (error instanceof AnsweredElsewhere) {
        const stored = await this.stored(host, scope, digest);
        if (stored) return stored;
      }
      if (error instanceof AppError) await this.recordRefusal(host, call.principal, `${call.request.method} ${path}`, error);
      throw error;
    }
  }

  private commit(host: BankHost, scope: string, digest: string, prepared: PreparedDeskWrite): Promise<Outcome> {
    const { database, vault, clock } = host.context;
    return database.run(async (tx) => {
      const body = await prepared.work(tx);
      const isNew = await tx.insertOnce('idempotency_keys', {
        scope,
        body_sha256: digest,
        status: prepared.status,
        case_id: prepared.caseId,
        answer_sealed: vault.sealJson(prepared.key, 'idempotency_keys', 'answer_sealed', scope, body),
        at: clock.now(),
      });
      if (!isNew) throw new AnsweredElsewhere();
      return { status: prepared.status, body };
    });
  }

  /** @throws AppError `idempotency-mismatch` */
  private async stored({ context }: BankHost, scope: string, digest: string): Promise<Outcome | undefined> {
    const { database, vault } = context;
    const row = await database.reader.one<StoredRow>(
      'SELECT body_sha256, status, case_id, answer_sealed FROM idempotency_keys WHERE scope = ?',
      [scope],
    );
    if (!row) return undefined;
    // Of an erased case the answer is gone, and with it what it answered.
    if (row.answer_sealed.length === 0) throw new AppError('content-erased', '案件内容已销毁，原答复不复存在');
    if (row.body_sha256 !== digest) throw new AppError('idempotency-mismatch', '该 Idempotency-Key 已用于内容不同的请求');
    const key = await vault.keys.get(row.case_id);
    return { status: row.status, body: vault.openJson<object>(key, 'idempotency_keys', 'answer_sealed', scope, row.answer_sealed) };
  }

  /** I2: a refusal changes no state and leaves a fact. What is our own failure, or a call too many, is none. */
  private async recordRefusal({ context, facts, relay }: BankHost, principal: Principal, call: string, error: AppError): Promise<void> {
    const status = statusOf(error.code);
    if (status < 400 || status >= 500 || status === 429) return;
    const content = { call, code: error.code, pointers: error.errors.map(({ pointer }) => pointer) };
    const { userId } = principal;
    await context.database.run((tx) => facts.record(tx, { type: 'desk.refused', subject: `user:${userId}`, actor: userId, content }));
    relay.nudge();
  }

  /** Another bank's clerk, or a court's user, finds nothing here. */
  private hostOf({ bank }: Principal): BankHost {
    const host = bank === undefined ? undefined : this.hosts.find(bank);
    if (!host) throw new AppError('not-found', '未找到该请求单');
    return host;
  }
}

/** A JSON body's exact bytes, or those of an uploaded file. */
function bytesOf(request: FastifyRequest & RawBody): Buffer {
  if (request.rawBody) return request.rawBody;
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
