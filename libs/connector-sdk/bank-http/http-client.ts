import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type AgentOptions } from 'node:https';
import { X509Certificate } from 'node:crypto';
import { AppError, type Instant, type RealTime } from '#kernel';
import type { BankTls } from '../profile-security.js';
import { tlsFaultOf } from './tls-faults.js';

/** Bytes that a reply may have: an inquiry's answer with years of bookings is far below. */
export const REPLY_BYTES_MAX = 16 * 1024 * 1024;

export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export type HttpResult =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: Buffer;
    }
  /** No complete reply; `reason` is a stable code. */
  | { readonly kind: 'no-reply'; readonly reason: string };

export interface HttpClientOptions {
  readonly endpoint: () => string;
  readonly connections: number;
  /** Real milliseconds from the call to an open connection. */
  readonly connectMs: number;
  readonly time: RealTime;
  readonly tls?: BankTls;
}

/** Nothing leaves the machine there, so a stand-in bank may do without TLS. */
const OWN_MACHINE: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Calls one bank over connections that stay open, and TLS sessions that are resumed. It never repeats a call and never throws for the network. */
export class HttpClient {
  private readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };

  /** Last moment of the certificate that we show, so that an old one is told by its name and not by a broken connection. */
  private readonly goodUntil: Instant;

  constructor(private readonly options: HttpClientOptions) {
    const { tls } = options;
    this.goodUntil = tls ? Date.parse(new X509Certificate(tls.certificate).validTo) : Infinity;
    const settings = { keepAlive: true, maxSockets: options.connections, maxFreeSockets: options.connections };
    this.agents = { http: new HttpAgent(settings), https: new HttpsAgent({ ...settings, ...trusting(options.tls) }) };
  }

  call(call: HttpCall, signal: AbortSignal): Promise<HttpResult> {
    return new Promise((resolve) => {
      const noReply = (error: Error): void => resolve({ kind: 'no-reply', reason: reasonOf(error) });
      let request: ClientRequest;
      try {
        request = this.open(call, signal);
      } catch (error) {
        noReply(error instanceof Error ? error : new Error('the call could not be made'));
        return;
      }
      this.boundConnecting(request);
      request.on('error', noReply);
      request.on('response', (response) => collect(response, resolve, noReply));
      request.end(call.body);
    });
  }

  close(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }

  private open({ method, path, headers = {}, body }: HttpCall, signal: AbortSignal): ClientRequest {
    const url = new URL(`${this.options.endpoint()}${path}`);
    const isSecure = url.protocol === 'https:';
    // Without certificates of our own any server with a bought one would be taken for the bank.
    if (isSecure ? !this.options.tls : !OWN_MACHINE.has(url.hostname)) {
      throw new AppError('insecure-address', 'a bank is called over mutual TLS');
    }
    if (isSecure && this.options.time.realNow() > this.goodUntil) throw new AppError('our-certificate-expired', 'nothing to show');
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const options = { method, headers: { ...headers, ...length }, signal };
    return isSecure
      ? httpsRequest(url, { ...options, agent: this.agents.https })
      : httpRequest(url, { ...options, agent: this.agents.http });
  }

  private boundConnecting(request: ClientRequest): void {
    request.once('socket', (socket) => {
      if (!socket.connecting) return;
      const cutOff = (): void => void request.destroy(Object.assign(new Error('no connection in time'), { code: 'ECONNECTTIMEOUT' }));
      const timer = this.options.time.setRealTimer(this.options.connectMs, cutOff);
      const connected = (): void => timer.cancel();
      socket.once('connect', connected);
      request.once('close', connected);
    });
  }
}

function trusting(tls: BankTls | undefined): AgentOptions {
  if (!tls) return {};
  const { authority, certificate, key } = tls;
  return { ca: authority, cert: certificate, key, minVersion: 'TLSv1.2', rejectUnauthorized: true };
}

function collect(response: IncomingMessage, resolve: (result: HttpResult) => void, fail: (error: Error) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > REPLY_BYTES_MAX) response.destroy(Object.assign(new Error('the reply is too large'), { code: 'ETOOLARGE' }));
    else chunks.push(chunk);
  });
  response.on('error', fail);
  response.on('aborted', () => fail(Object.assign(new Error('the reply broke off'), { code: 'ECONNRESET' })));
  response.on('end', () => {
    if (!response.complete) return fail(Object.assign(new Error('the reply broke off'), { code: 'ECONNRESET' }));
    resolve({ kind: 'reply', status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection-refused',
  ENOTFOUND: 'address-unknown',
  EAI_AGAIN: 'address-unknown',
  ECONNECTTIMEOUT: 'connect-timed-out',
  ETIMEDOUT: 'connect-timed-out',
  ECONNRESET: 'connection-broken',
  EPIPE: 'connection-broken',
  ABORT_ERR: 'timed-out',
  ETOOLARGE: 'reply-too-large',
  'insecure-address': 'insecure-address',
  'our-certificate-expired': 'our-certificate-expired',
};

function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return REASONS[code] ?? tlsFaultOf(code) ?? 'network-error';
}
