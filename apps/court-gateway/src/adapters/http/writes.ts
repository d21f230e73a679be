import { createParamDecorator, Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#access';
import { statusOf, type RawBody } from '#http';
import { AppError, canonicalBytes, failPoint, sha256Hex, type CanonicalValue } from '#kernel';
import { FactRecorder, type Relay } from '#messaging';
import type { Row, Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { principalOf } from './principal.js';

/** What a write answers. The body is JSON with money as text. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Path for the `Location` header. */
  readonly location?: string;
}

/**
 * A write after its preparation: keys fetched, documents rendered, blobs written. `work` runs in the transaction and awaits nothing
 * but its Tx. With a case, the stored answer and the refusal's fact are sealed under the case's key and erased with it.
 */
export interface PreparedWrite {
  readonly caseId?: string;
  readonly caseKey?: DataKey;
  work(tx: Tx): Promise<Answer>;
}

export type Prepare = () => Promise<PreparedWrite>;

/** The HTTP exchange of a write; a parameter of the handler by `@Write()`. */
export interface WriteCall {
  readonly request: FastifyRequest & RawBody;
  readonly reply: FastifyReply;
  readonly principal: Principal;
}

export const Write = createParamDecorator((_: unknown, context: ExecutionContext): WriteCall => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest & RawBody>();
  return { request, reply: http.getResponse<FastifyReply>(), principal: principalOf(request) };
});

/** One write under its idempotency key. `content` is the body without regard to its spelling, for the items of a batch. */
export interface KeyedWrite {
  readonly principal: Principal;
  readonly method: string;
  readonly path: string;
  readonly key: string;
  /** The exact bytes of the body; left out for an item of a batch, whose bytes are not its own. */
  readonly bytes?: Buffer;
  readonly content: unknown;
}

export interface KeyedAnswer {
  readonly answer: Answer;
  readonly replayed: boolean;
}

interface StoredRow extends Row {
  readonly body_sha256: string;
  readonly status: number;
  readonly case_id: string | null;
  readonly answer_sealed: Buffer;
}

const KEY = /^[\x21-\x7e]{1,200}$/;
/** How often a write is prepared anew when it was outrun. */
const TURNS_MAX = 5;
const DIGEST_CHARS = 32;
const NO_BYTES = '-'.repeat(DIGEST_CHARS);

/** Thrown inside the transaction to undo it when another process has stored an answer under the same key meanwhile. */
class AnsweredElsewhere extends Error {}

/**
 * The one way by which the HTTP interface writes (I2): key, effect, answer and facts commit together. The same key with the same
 * bytes answers as before, with other bytes 409, for ever; a duplicate that comes while the first runs waits for it. A refusal
 * stores no key and changes nothing; it leaves a fact.
 */
@Injectable()
export class Writes {
  private readonly running = new Map<string, { readonly fingerprint: string; readonly done: Promise<KeyedAnswer> }>();

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {}

  /**
   * Runs a write of one HTTP call, sets the answer's status and headers, and returns its body.
   * `prepare` is not called for a replay, so put into it everything that depends on the state of the case.
   * `identity` stands for a body that was streamed and is no longer at hand.
   * @throws AppError `idempotency-key-required`, `idempotency-mismatch`, and what `prepare` and `work` throw
   */
  async run(call: WriteCall, prepare: Prepare, identity?: Pick<KeyedWrite, 'bytes' | 'content'>): Promise<unknown> {
    const { request, reply, principal } = call;
    const key = this.assertKey(call);
    const { method } = request;
    const path = (request.url.split('?')[0] ?? '').replace(/\/+$/, '');
    const { answer, replayed } = await this.once(
      { principal, method, path, key, ...(identity ?? { bytes: request.rawBody ?? Buffer.alloc(0), content: request.body ?? null }) },
      prepare,
    );
    void reply.status(answer.status);
    if (answer.location !== undefined) void reply.header('location', answer.location);
    if (replayed) void reply.header('idempotency-replayed', 'true');
    return answer.body;
  }

  /** The call's key, before anything is done for it. @throws AppError `idempotency-key-required`, `invalid` */
  assertKey({ request }: WriteCall): string {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') throw new AppError('idempotency-key-required', '写操作须带 Idempotency-Key 请求头');
    assertKeyForm(key);
    return key;
  }

  /** One write under its key, also for the items of a batch. */
  async once(write: KeyedWrite, prepare: Prepare): Promise<KeyedAnswer> {
    assertKeyForm(write.key);
    const scope = sha256Hex(canonicalBytes([write.principal.userId, write.method, write.path, write.key]));
    const fingerprint = fingerprintOf(write);
    for (let first = this.running.get(scope); first; first = this.running.get(scope)) {
      if (isSame(first.fingerprint, fingerprint)) return { answer: (await first.done).answer, replayed: true };
      // Another body under the same key: whether it is a mismatch is known once the first has stored its answer or was refused.
      await first.done.catch(() => undefined);
    }
    const done = this.replayOrRun(scope, fingerprint, write, prepare);
    this.running.set(scope, { fingerprint, done });
    try {
      return await done;
    } finally {
      this.running.delete(scope);
    }
  }

  private async replayOrRun(scope: string, fingerprint: string, write: KeyedWrite, prepare: Prepare): Promise<KeyedAnswer> {
    let prepared: PreparedWrite | undefined;
    try {
      const stored = await this.stored(scope, fingerprint);
      if (stored) return { answer: stored, replayed: true };
      for (let turn = 1; ; turn += 1) {
        prepared = await prepare();
        try {
          return { answer: await this.commit(scope, fingerprint, prepared), replayed: false };
        } catch (error) {
          if (!isOutrun(error) || turn === TURNS_MAX) throw error;
        }
      }
    } catch (error) {
      // Another process may have answered the same key meanwhile; what stands in the way of a second one is then no refusal.
      if (error instanceof AnsweredElsewhere || (error instanceof AppError && error.code !== 'idempotency-mismatch')) {
        const stored = await this.stored(scope, fingerprint);
        if (stored) return { answer: stored, replayed: true };
      }
      if (error instanceof AppError) await this.recordRefusal(write, prepared, error);
      throw error;
    }
  }

  private async commit(scope: string, fingerprint: string, prepared: PreparedWrite): Promise<Answer> {
    const key = prepared.caseKey ?? this.vault.systemKey('answers');
    failPoint('gateway.prepared-before-work');
    const answer = await this.parts.database.run(async (tx) => {
      const made = await prepared.work(tx);
      const isNew = await tx.insertOnce('idempotency_keys', {
        scope,
        body_sha256: fingerprint,
        status: made.status,
        case_id: prepared.caseId ?? null,
        answer_sealed: this.vault.seal(key, 'idempotency_keys', 'answer_sealed', scope, { body: made.body, location: made.location }),
        at: this.parts.clock.now(),
      });
      if (!isNew) throw new AnsweredElsewhere();
      tx.afterCommit(() => this.relay.nudge());
      failPoint('gateway.accepted-before-commit');
      return made;
    });
    failPoint('gateway.accepted-after-commit');
    return answer;
  }

  private async stored(scope: string, fingerprint: string): Promise<Answer | undefined> {
    const row = await this.parts.database.reader.one<StoredRow>(
      'SELECT body_sha256, status, case_id, answer_sealed FROM idempotency_keys WHERE scope = ?',
      [scope],
    );
    if (!row) return undefined;
    // Of an erased case the answer is gone, and with it what it answered.
    if (row.answer_sealed.length === 0) throw new AppError('content-erased', '案件内容已销毁，原答复不复存在');
    if (!isSame(row.body_sha256, fingerprint)) {
      throw new AppError('idempotency-mismatch', '该 Idempotency-Key 已用于内容不同的请求');
    }
    const key = row.case_id === null ? this.vault.systemKey('answers') : await this.vault.keyOf(row.case_id);
    const { body, location } = this.vault.open<{ body: unknown; location?: string }>(
      key,
      'idempotency_keys',
      'answer_sealed',
      scope,
      row.answer_sealed,
    );
    return { status: row.status, body, ...(location === undefined ? {} : { location }) };
  }

  /** I2: a refusal changes no state and leaves a fact. What is our own failure, or a call too many, is none. */
  private async recordRefusal(write: KeyedWrite, prepared: PreparedWrite | undefined, error: AppError): Promise<void> {
    const status = statusOf(error.code);
    if (status < 400 || status >= 500 || status === 429) return;
    const { principal, method, path } = write;
    const known = prepared?.caseId !== undefined && prepared.caseKey !== undefined;
    await this.parts.database.run((tx) =>
      this.facts.record(tx, {
        type: 'request.refused',
        subject: `user:${principal.userId}`,
        actor: principal.userId,
        ...(known ? { caseId: prepared.caseId, caseKey: prepared.caseKey } : {}),
        content: { method, path, code: error.code, pointers: error.errors.map(({ pointer }) => pointer) },
      }),
    );
    this.relay.nudge();
  }
}

/** What was prepared no longer fits, because another process has changed the same thing meanwhile; prepared anew it may. */
function isOutrun(error: unknown): boolean {
  return error instanceof AppError && error.code === 'stale-version' && error.retryable;
}

function assertKeyForm(key: string): void {
  if (!KEY.test(key)) throw new AppError('invalid', 'Idempotency-Key 须为1至200个可见ASCII字符');
}

/** Digest of the exact bytes, then digest of the content; 128 bits each tell one user's own bodies apart. */
function fingerprintOf({ bytes, content }: KeyedWrite): string {
  const exact = bytes === undefined ? NO_BYTES : sha256Hex(bytes).slice(0, DIGEST_CHARS);
  return `${exact}.${sha256Hex(canonicalBytes(content as CanonicalValue)).slice(0, DIGEST_CHARS)}`;
}

/** Two calls are compared by their bytes; where one of them came in a batch there are none of its own, so by content. */
function isSame(a: string, b: string): boolean {
  if (a.startsWith(NO_BYTES) || b.startsWith(NO_BYTES)) return a.slice(DIGEST_CHARS) === b.slice(DIGEST_CHARS);
  return a === b;
}
