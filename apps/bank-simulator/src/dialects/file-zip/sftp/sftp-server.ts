import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import { errorText, type Log } from '#kernel';
import { sshKeyBlob, sshPrivateKey } from '#trust';
import type { Worker } from '../../dialect-deps.js';
import { ExchangeRoot } from './exchange-root.js';
import { SftpSession } from './sftp-session.js';

/** Connections at the same time; the court needs one, and a second one while the first is dying. */
const CONNECTIONS_MAX = 16;

export interface SftpServerConfig {
  readonly bank: string;
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** PKCS #8 PEM. */
  readonly hostKeyPem: string | Buffer;
  /** Who may sign in, by his `ssh-ed25519 AAAA…` or by a password. */
  readonly users: ReadonlyMap<string, { readonly key: string } | { readonly password: string }>;
}

/** The bank's front-end machine: SFTP and nothing else, for the users it knows, in the folder of the exchange. */
export class SftpServer implements Worker {
  private readonly listener: Server;
  private readonly ssh: InstanceType<typeof ssh2.Server>;
  private readonly sockets = new Set<Socket>();
  private readonly root: ExchangeRoot;

  constructor(
    private readonly config: SftpServerConfig,
    private readonly log: Log,
    /** A bank that is not there breaks what is open and takes nothing new. */
    private readonly isDown: () => boolean = () => false,
  ) {
    this.root = new ExchangeRoot(config.folder);
    this.ssh = new ssh2.Server({ hostKeys: [sshPrivateKey(config.hostKeyPem)] }, (connection) => this.serve(connection));
    // The library keeps its sockets to itself, and a line that breaks is a socket that ends without a word.
    this.listener = createServer((socket) => this.take(socket));
    this.listener.on('error', (error) => log.write('error', 'simulator-sftp-failed', { bank: config.bank, reason: errorText(error) }));
  }

  start(): void {
    this.listener.listen(this.config.port, this.config.host);
  }

  /** Resolves with the port once the server takes connections. */
  async listening(): Promise<number> {
    if (!this.listener.listening) await new Promise<void>((resolve) => void this.listener.once('listening', () => resolve()));
    const address = this.listener.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async stop(): Promise<void> {
    this.breakAll();
    if (!this.listener.listening) return;
    await new Promise<void>((resolve) => void this.listener.close(() => resolve()));
  }

  /** Ends every connection as a failing line does. */
  breakAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private take(socket: Socket): void {
    if (this.isDown() || this.sockets.size >= CONNECTIONS_MAX) return void socket.destroy();
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.setNoDelay(true);
    this.ssh.injectSocket(socket);
  }

  private serve(connection: Connection): void {
    const failed = (error: unknown): void =>
      this.log.write('info', 'simulator-sftp-connection', { bank: this.config.bank, reason: errorText(error) });
    connection.on('error', failed);
    connection.on('authentication', (context) => (this.isKnown(context) ? context.accept() : context.reject()));
    connection.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => {
        const sftp = acceptSftp();
        // What is no request ends the session; the library has told the other side.
        sftp.on('error', failed);
        const session = new SftpSession(this.root, sftp, () => this.isServing());
        connection.on('close', () => session.end(failed));
      });
    });
  }

  private isServing(): boolean {
    if (this.isDown()) this.breakAll();
    return !this.isDown();
  }

  private isKnown(context: AuthContext): boolean {
    const user = this.config.users.get(context.username);
    if (!user) return false;
    if ('password' in user) return context.method === 'password' && isSame(Buffer.from(context.password), Buffer.from(user.password));
    if (context.method !== 'publickey' || !isSame(context.key.data, sshKeyBlob(user.key))) return false;
    // Without a signature the client only asks whether the key would do.
    if (!context.signature || !context.blob) return true;
    const key = ssh2.utils.parseKey(user.key);
    return !(key instanceof Error) && key.verify(context.blob, context.signature, context.hashAlgo);
  }
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
