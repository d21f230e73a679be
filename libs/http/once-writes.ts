import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#access';
import { AppError, canonicalBytes, sha256Hex, type Clock } from '#kernel';
import type { Database, Migration, Row, Tx } from '#persistence';
import { statusOf } from './problem.js';
import type { RawBody } from './server.js';
import { callerOf } from './token-guard.js';

/** A call that changes something, as it came in; a parameter of a handler behind a `TokenGuard` by `@OnceCall()`. */
export interface WriteExchange {
  readonly request: FastifyRequest & RawBody;
  readonly reply: FastifyReply;
  readonly principal: Principal;
}

export const OnceCall = createParamDecorator((_: unknown, context: ExecutionContext): WriteExchange => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest & RawBody>();
  return { request, reply: http.getResponse<FastifyReply>(), principal: callerOf(request) };
});

/** What is left to do once everything is prepared. `work` awaits nothing but its Tx. */
export interface PreparedOnce {
  readonly status: number;
  /** The case under whose key the answer is sealed; left out, a key of the system. */
  readonly caseId?: string;
  work(tx: Tx): Promise<object>;
}

/** A refused call, for its fact: no more than this of it is kept. */
export interface RefusedCall {
  readonly call: string;
  readonly code: string;
  readonly pointers: readonly string[];
}

/** Where an app keeps the answers of its writes: in the database of what they change, in the table of `answersMigration`. */
export interface AnswerShelf<P extends PreparedOnce> {
  readonly database: Database;
  readonly clock: Clock;
  seal(prepared: P, scope: string, body: object): Buffer;
  open(caseId: string | undefined, scope: string, sealed: Buffer): Promise<object>;
  /** Records the fact of a refusal (I2). */
  refused(principal: Principal, refused: RefusedCall): Promise<void>;
}

/** The answers of writes by their keys, for an app whose schema has no such table yet. It worked when the table is there and empty. */
export const answersMigration: Migration = {
  name: '0050-answers',
  statements: [
    `CREATE TABLE idempotency_keys (
      scope {id} NOT NULL PRIMARY KEY, body_sha256 {id} NOT NULL, status {int} NOT NULL, case_id {id}, answer_sealed {bytes} NOT NULL, at {instant} NOT NULL)`,
  ],
};

interface StoredRow extends Row {
  readonly body_sha256: string;
  readonly status: number;
  readonly case_id: string | null;
  readonly answer_sealed: Buffer;
}

interface Outcome {
  readonly status: number;
  readonly body: object;
}

/** A key in use: whose, for what, with which bytes. */
interface Use {
  readonly scope: string;
  readonly digest: string;
  readonly call: string;
}

const KEY = /^[\x21-\x7e]{1,200}$/;

/** Thrown inside the transaction to undo it when the same key was used meanwhile by another process. */
class AnsweredElsewhere extends Error {}

/**
 * Writes under an idempotency key (I2): key, effect, answer and facts commit together. The same key with the same bytes answers as
 * before, with other bytes 409; a duplicate waits for the first; a refusal stores no key and leaves a fact.
 */
export class OnceWrites {
  private readonly running = new Map<string, { readonly digest: string; readonly done: Promise<Outcome> }>();

  /** Runs the write of one call, sets its status and headers, and returns its body. @throws AppError `idempotency-key-required`, `idempotency-mismatch`, and what `prepare` and `work` throw */
  async run<P extends PreparedOnce>(exchange: WriteExchange, shelf: AnswerShelf<P>, prepare: () => Promise<P>): Promise<object> {
    const { request, reply, principal } = exchange;
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') throw new AppError('idempotency-key-required', '写操作须带 Idempotency-Key 请求头');
    if (!KEY.test(key)) throw new AppError('invalid', 'Idempotency-Key 须为1至200个可见ASCII字符');
    const path = request.url.split('?')[0] ?? '';
    const scope = sha256Hex(canonicalBytes([principal.userId, request.method, path, key]));
    const use = { scope, digest: sha256Hex(bytesOf(request)), call: `${request.method} ${path}` };
    const { outcome, isReplayed } = await this.once(shelf, principal, use, prepare);
    void reply.status(outcome.status);
    if (isReplayed) void reply.header('idempotency-replayed', 'true');
    return outcome.body;
  }

  private async once<P extends PreparedOnce>(
    shelf: AnswerShelf<P>,
    principal: Principal,
    use: Use,
    prepare: () => Promise<P>,
  ): Promise<{ outcome: Outcome; isReplayed: boolean }> {
    const { scope, digest } = use;
    for (let first = this.running.get(scope); first; first = this.running.get(scope)) {
      if (first.digest === digest) return { outcome: await first.done, isReplayed: true };
      // Whether the key is used for something else is known only once the first has ended; its failure is its own caller's news.
      await first.done.catch(() => undefined);
    }
    const known = stored(shelf, use);
    const attempt = known.then(async (outcome) => outcome ?? (await attemptOf(shelf, principal, use, prepare)));
    this.running.set(scope, { digest, done: attempt });
    try {
      return { outcome: await attempt, isReplayed: (await known) !== undefined };
    } finally {
      this.running.delete(scope);
    }
  }
}

async function attemptOf<P extends PreparedOnce>(
  shelf: AnswerShelf<P>,
  principal: Principal,
  use: Use,
  prepare: () => Promise<P>,
): Promise<Outcome> {
  try {
    return await commit(shelf, use, await prepare());
  } catch (error) {
    if (error instanceof AnsweredElsewhere) {
      const outcome = await stored(shelf, use);
      if (outcome) return outcome;
    }
    if (error instanceof AppError && isRefusal(error)) {
      await shelf.refused(principal, { call: use.call, code: error.code, pointers: error.errors.map(({ pointer }) => pointer) });
    }
    throw error;
  }
}

/** What is our own failure, or a call too many, is no refusal. */
function isRefusal({ code }: AppError): boolean {
  const status = statusOf(code);
  return status >= 400 && status < 500 && status !== 429;
}

function commit<P extends PreparedOnce>(shelf: AnswerShelf<P>, { scope, digest }: Use, prepared: P): Promise<Outcome> {
  return shelf.database.run(async (tx) => {
    const body = await prepared.work(tx);
    const isNew = await tx.insertOnce('idempotency_keys', {
      scope,
      body_sha256: digest,
      status: prepared.status,
      case_id: prepared.caseId ?? null,
      answer_sealed: shelf.seal(prepared, scope, body),
      at: shelf.clock.now(),
    });
    if (!isNew) throw new AnsweredElsewhere();
    return { status: prepared.status, body };
  });
}

/** @throws AppError `idempotency-mismatch` */
async function stored<P extends PreparedOnce>(shelf: AnswerShelf<P>, { scope, digest }: Use): Promise<Outcome | undefined> {
  const row = await shelf.database.reader.one<StoredRow>(
    'SELECT body_sha256, status, case_id, answer_sealed FROM idempotency_keys WHERE scope = ?',
    [scope],
  );
  if (!row) return undefined;
  if (row.body_sha256 !== digest) throw new AppError('idempotency-mismatch', '该 Idempotency-Key 已用于内容不同的请求');
  return { status: row.status, body: await shelf.open(row.case_id ?? undefined, scope, row.answer_sealed) };
}

/** A JSON body's exact bytes, or those of an uploaded file. */
function bytesOf(request: FastifyRequest & RawBody): Buffer {
  if (request.rawBody) return request.rawBody;
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
