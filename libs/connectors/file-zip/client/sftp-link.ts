import ssh2, { type Algorithms, type Client, type SFTPWrapper } from 'ssh2';
import { AppError, errorText, type RealTime } from '#kernel';
import type { SftpConfig } from '../config.js';

/** Real milliseconds before the second attempt to connect; doubled with each failure in a row. */
const BACK_OFF_MS = 200;
const BACK_OFF_MS_MAX = 30_000;
/** Real milliseconds between two signs of life on an idle connection, and how many may stay unanswered. */
const KEEP_ALIVE_MS = 15_000;
const KEEP_ALIVE_MISSED_MAX = 3;

/** Only what is sound today; a bank's server that offers nothing of it is refused, not met half-way. */
const ALGORITHMS: Algorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
  serverHostKey: ['ssh-ed25519'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'],
  compress: ['none'],
};

interface Session {
  readonly client: Client;
  readonly sftp: SFTPWrapper;
  /** Requests under way: the library forgets some of them when the line breaks. */
  readonly pending: Set<(error: AppError) => void>;
}

/** What SFTP answers to one request. */
export type SftpCallback<T> = (error: Error | undefined | null, value: T) => void;

/**
 * One SSH connection to a bank's front-end machine, made when it is needed and made again when it has broken, at most once per back-off.
 * The host's key is the one in the key folder, or there is no connection. Every request has a deadline; one that is missed ends the
 * connection, because nobody knows any more what the server has done. Whoever asked hears `unavailable` and comes again with his next turn.
 */
export class SftpLink {
  private session: Promise<Session> | undefined;
  private failures = 0;
  private notBeforeMs = 0;
  private closed = false;

  constructor(
    private readonly config: SftpConfig,
    private readonly time: RealTime,
  ) {}

  /** One request. @throws AppError `unavailable`, or the server's own word as `SftpRefusal` */
  async ask<T>(request: (sftp: SFTPWrapper, done: SftpCallback<T>) => void): Promise<T> {
    const { client, sftp, pending } = await this.connected();
    return new Promise<T>((resolve, reject) => {
      const deadline = this.time.setRealTimer(this.config.deadlineMs, () => client.destroy());
      const failed = (error: AppError): void => {
        deadline.cancel();
        pending.delete(failed);
        reject(error);
      };
      pending.add(failed);
      try {
        request(sftp, (error, value) => {
          if (error) return failed(translated(error));
          deadline.cancel();
          pending.delete(failed);
          resolve(value);
        });
      } catch (error) {
        // The library throws at once when the connection is gone.
        failed(unavailable(errorText(error)));
      }
    });
  }

  /** What the server offers beyond the standard. */
  async offers(extension: 'fsync@openssh.com'): Promise<boolean> {
    const { sftp } = await this.connected();
    const { _extensions: offered } = sftp as SFTPWrapper & { readonly _extensions?: Readonly<Record<string, string>> };
    return offered?.[extension] !== undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
    const session = await this.session?.catch(() => undefined);
    session?.client.end();
  }

  private connected(): Promise<Session> {
    if (this.closed) return Promise.reject(unavailable('the exchange is closed'));
    if (this.session) return this.session;
    if (this.time.monotonicMs() < this.notBeforeMs) return Promise.reject(unavailable('the bank could not be reached a moment ago'));
    const session: Promise<Session> = this.connect(() => this.forget(session));
    this.session = session;
    session.then(
      () => (this.failures = 0),
      () => {
        this.failures += 1;
        this.notBeforeMs = this.time.monotonicMs() + Math.min(BACK_OFF_MS * 2 ** (this.failures - 1), BACK_OFF_MS_MAX);
        this.forget(session);
      },
    );
    return session;
  }

  private connect(ended: () => void): Promise<Session> {
    const client = new ssh2.Client();
    const pending: Session['pending'] = new Set();
    return new Promise<Session>((resolve, reject) => {
      const { address, user, clientKey, hostKey, connectMs } = this.config;
      const failed = (error: Error): void => {
        client.destroy();
        reject(unavailable(`no connection: ${errorText(error)}`));
      };
      client.on('error', failed);
      client.on('close', () => {
        failed(new Error('the connection has ended'));
        ended();
        for (const request of [...pending]) request(unavailable('the connection broke before the answer'));
      });
      client.on('ready', () => {
        client.sftp((error, sftp) => {
          if (error) return failed(error);
          // The one channel is the connection: without it, or when it speaks nonsense, nothing is left to talk about.
          sftp.on('error', failed);
          sftp.on('close', () => client.destroy());
          resolve({ client, sftp, pending });
        });
      });
      const { host, port } = address();
      client.connect({
        host,
        port,
        username: user,
        privateKey: clientKey,
        hostVerifier: (key: Buffer) => key.equals(hostKey),
        algorithms: ALGORITHMS,
        readyTimeout: connectMs,
        keepaliveInterval: KEEP_ALIVE_MS,
        keepaliveCountMax: KEEP_ALIVE_MISSED_MAX,
      });
      client.setNoDelay(true);
    });
  }

  private forget(session: Promise<Session>): void {
    if (this.session === session) this.session = undefined;
  }
}

/** The server's own word about one request, for example that there is no such file. */
export class SftpRefusal extends AppError {
  constructor(
    readonly status: number,
    cause: Error,
  ) {
    super('refused-by-server', `the server refuses: ${cause.message}`, { retryable: true, cause });
  }
}

/** Status words of SFTP, version 3, that one request may end with while the connection goes on. */
export const NO_SUCH_FILE = 2;
export const FAILURE = 4;
const NO_CONNECTION = 6;
const CONNECTION_LOST = 7;

function translated(error: Error): AppError {
  const status = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  if (status === undefined || status === NO_CONNECTION || status === CONNECTION_LOST) return unavailable(errorText(error), error);
  return new SftpRefusal(status, error);
}

function unavailable(detail: string, cause?: Error): AppError {
  return new AppError('unavailable', `file exchange: ${detail}`, { retryable: true, level: 'warn', ...(cause ? { cause } : {}) });
}
