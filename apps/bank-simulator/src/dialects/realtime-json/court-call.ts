import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { AppError, type RealTime } from '#kernel';

/** How long one call may take, in real time. */
const CALL_MS_MAX = 30_000;
const CONNECTIONS_MAX = 4;

/** PEM texts for a court whose connector speaks TLS: its authority, and what the bank shows. */
export interface CallBackTls {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** The bank's calls to the court, over connections that stay open. */
export class CourtCalls {
  private readonly http = new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  private readonly https: HttpsAgent;

  constructor(
    private readonly time: RealTime,
    tls?: CallBackTls,
  ) {
    const trust = tls ? { ca: tls.authority, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' as const } : {};
    this.https = new HttpsAgent({ ...trust, keepAlive: true, maxSockets: CONNECTIONS_MAX });
  }

  /** The status of the reply. @throws AppError `unavailable` when there was no complete one */
  post(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<number> {
    const isSecure = new URL(url).protocol === 'https:';
    const options = { method: 'POST', headers: { ...headers, 'content-length': String(body.length) } };
    const request = isSecure ? httpsRequest(url, { ...options, agent: this.https }) : httpRequest(url, { ...options, agent: this.http });
    const timer = this.time.setRealTimer(CALL_MS_MAX, () => void request.destroy(new Error('no reply in time')));
    return new Promise<number>((resolve, reject) => {
      const failed = (cause: Error): void => reject(new AppError('unavailable', `no reply from ${url}`, { cause, retryable: true }));
      request.on('error', failed);
      request.on('response', (response) => {
        response.on('error', failed);
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      request.end(body);
    }).finally(() => timer.cancel());
  }

  close(): void {
    this.http.destroy();
    this.https.destroy();
  }
}
