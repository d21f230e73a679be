import type { Principal, TokenIssuer } from '#access';
import { AppError, errorText, type RealTime } from '#kernel';
import type { LedgerPort, LedgerProofs, LogEdge } from '../../use-cases/prove-request/ledger-port.js';
import { readLogEdge } from './log-edge.js';

const CALL_MS_MAX = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** A token is used again until this much of its life is left. */
const TOKEN_MARGIN_MS = 60_000;

/** Who the gateway is to the ledger. */
const SERVICE: Principal = { userId: 'service:court-gateway', username: 'court-gateway', name: 'court-gateway', roles: ['service'] };

/** Asks the ledger over its public HTTP interface, in one process and across machines alike. */
export class LedgerClient implements LedgerPort {
  private token: { readonly text: string; readonly goodUntil: number } | undefined;

  constructor(
    private readonly ledgerUrl: string,
    private readonly issuer: TokenIssuer,
    private readonly time: RealTime,
  ) {}

  async proofsOf(requestId: string): Promise<LedgerProofs> {
    const text = await this.get(`/ledger/v1/requests/${requestId}/proofs`, await this.bearer());
    const { proofs, pending } = JSON.parse(text) as Partial<LedgerProofs>;
    if (!Array.isArray(proofs) || typeof pending !== 'number') throw unavailable('its answer has another shape');
    return { proofs, pending };
  }

  /** Logs of earlier years have their own key under their own path. */
  async vkeyOf(origin: string): Promise<string> {
    const year = /\/(\d{4})$/.exec(origin)?.[1];
    return (await this.get(year === undefined ? '/ledger/vkey' : `/ledger/${year}/vkey`)).trim();
  }

  async edgeOf(source: string, year?: number): Promise<LogEdge> {
    const prefix = year === undefined ? '/ledger' : `/ledger/${year}`;
    try {
      return await readLogEdge((file) => this.fetch(`${prefix}/${file}`), source);
    } catch (cause) {
      if (cause instanceof AppError && cause.code !== 'invalid') throw cause;
      throw unavailable(errorText(cause), cause);
    }
  }

  private async bearer(): Promise<string> {
    const now = this.time.realNow();
    if (!this.token || now >= this.token.goodUntil) {
      const { accessToken, expiresIn } = await this.issuer.issue(SERVICE);
      this.token = { text: accessToken, goodUntil: now + expiresIn * 1000 - TOKEN_MARGIN_MS };
    }
    return this.token.text;
  }

  private async get(path: string, bearer?: string): Promise<string> {
    const bytes = await this.fetch(path, bearer);
    if (!bytes) throw unavailable('it answered 404');
    return bytes.toString('utf8');
  }

  /** Undefined for what is not there. */
  private async fetch(path: string, bearer?: string): Promise<Buffer | undefined> {
    const abort = new AbortController();
    const timer = this.time.setRealTimer(CALL_MS_MAX, () => abort.abort());
    try {
      const headers = new Headers(bearer === undefined ? [] : [['authorization', `Bearer ${bearer}`]]);
      const answer = await fetch(`${this.ledgerUrl}${path}`, { headers, signal: abort.signal, redirect: 'error' });
      if (!answer.ok && answer.status !== 404) throw unavailable(`it answered ${answer.status}`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (bytes.length > ANSWER_BYTES_MAX) throw unavailable('its answer is too large');
      return answer.ok ? bytes : undefined;
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw unavailable(errorText(cause), cause);
    } finally {
      timer.cancel();
    }
  }
}

function unavailable(why: string, cause?: unknown): AppError {
  return new AppError('unavailable', `账本暂时不可用：${why}`, { retryable: true, level: 'warn', cause });
}
