import { link, lstat, open, readdir, unlink, type FileHandle } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join, posix } from 'node:path';
import ssh2, { type AuthContext, type SFTPWrapper } from 'ssh2';
import { systemEntropy, systemErrorCode } from '#kernel';
import { Ed25519Signer, newPrivateKeyPem, sshKeyBlob, sshPrivateKey, sshPublicKey } from '#trust';

const { STATUS_CODE, flagsToString } = ssh2.utils.sftp;

/** A request of SFTP, by the name that the protocol has for it. */
export type SftpRequest = 'OPEN' | 'READ' | 'WRITE' | 'CLOSE' | 'OPENDIR' | 'READDIR' | 'RENAME' | 'REMOVE' | 'LSTAT' | 'FSTAT';

/** Where the line breaks: at the n-th request of a kind from now on, before the machine has done it or after. */
export interface Break {
  readonly at: SftpRequest;
  readonly hit: number;
  readonly when: 'before' | 'after';
}

/**
 * A bank's front-end machine for tests, on real sockets and a real folder: it takes one user with one key, fails where it is told, and
 * remembers nothing but its files. It is written apart from the simulated bank, so that neither can hide a fault of the other.
 */
export class SftpHost {
  readonly hostKey: string;
  readonly clientKeyPem = newPrivateKeyPem(systemEntropy);
  /** Connections that were made. */
  connections = 0;
  private readonly clientKey: Buffer;
  private readonly hostKeyPem = newPrivateKeyPem(systemEntropy);
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;
  private planned: Break | undefined;

  constructor(readonly folder: string) {
    this.hostKey = sshPublicKey(new Ed25519Signer(this.hostKeyPem).publicKey);
    this.clientKey = sshKeyBlob(sshPublicKey(new Ed25519Signer(this.clientKeyPem).publicKey));
  }

  get address(): string {
    return `sftp://127.0.0.1:${this.port}`;
  }

  /** Listens, after the first time on the same port. */
  async start(): Promise<void> {
    const ssh = new ssh2.Server({ hostKeys: [sshPrivateKey(this.hostKeyPem)] }, (connection) => {
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => (this.isKnown(context) ? context.accept() : context.reject()));
      connection.on('session', (accept) => {
        accept().on('sftp', (acceptSftp) => {
          const opened = new OpenThings();
          // A file that cannot be closed is the test's own folder gone.
          connection.on('close', () => void opened.closeAll().catch(() => undefined));
          this.serve(acceptSftp(), opened);
        });
      });
    });
    this.server = createServer((socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      ssh.injectSocket(socket);
    });
    const server = this.server;
    await new Promise<void>((resolve) => void server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
  }

  async stop(): Promise<void> {
    this.breakLine();
    await new Promise<void>((resolve) => (this.server ? void this.server.close(() => resolve()) : resolve()));
  }

  breakAt(planned: Break): void {
    this.planned = planned;
  }

  breakLine(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private isKnown(context: AuthContext): boolean {
    return context.username === 'court' && context.method === 'publickey' && context.key.data.equals(this.clientKey);
  }

  /** Each request is done first and answered by what comes back, so that the answer alone can be lost. */
  private serve(sftp: SFTPWrapper, opened: OpenThings): void {
    const inside = (path: string): string => join(this.folder, posix.join('/', path));
    const answer = (kind: SftpRequest, id: number, work: () => Promise<() => void>): void => this.answer(sftp, kind, id, work);
    const plain = (kind: SftpRequest, id: number, work: () => Promise<unknown>): void =>
      answer(kind, id, async () => {
        await work();
        return () => sftp.status(id, STATUS_CODE.OK);
      });
    const handed = (kind: SftpRequest, id: number, work: () => Promise<Buffer>): void =>
      answer(kind, id, async () => {
        const handle = await work();
        return () => sftp.handle(id, handle);
      });
    const sized = (kind: SftpRequest, id: number, work: () => Promise<{ readonly size: number }>): void =>
      answer(kind, id, async () => {
        const { size } = await work();
        return () => sftp.attrs(id, attributes(size));
      });
    sftp.on('error', () => undefined);
    sftp.on('OPEN', (id, path, flags) => handed('OPEN', id, () => opened.file(inside(path), flags)));
    sftp.on('WRITE', (id, handle, offset, data) => plain('WRITE', id, () => opened.fileOf(handle).write(data, 0, data.length, offset)));
    sftp.on('FSTAT', (id, handle) => sized('FSTAT', id, () => opened.fileOf(handle).stat()));
    sftp.on('LSTAT', (id, path) => sized('LSTAT', id, () => lstat(inside(path))));
    sftp.on('CLOSE', (id, handle) => plain('CLOSE', id, () => opened.close(handle)));
    sftp.on('OPENDIR', (id, path) => handed('OPENDIR', id, async () => opened.folder(await readdir(inside(path)))));
    sftp.on('REMOVE', (id, path) => plain('REMOVE', id, () => unlink(inside(path))));
    sftp.on('RENAME', (id, from, to) => plain('RENAME', id, () => link(inside(from), inside(to)).then(() => unlink(inside(from)))));
    sftp.on('READ', (id, handle, offset, length) =>
      answer('READ', id, async () => {
        const { bytesRead, buffer } = await opened.fileOf(handle).read(Buffer.alloc(length), 0, length, offset);
        return () => (bytesRead === 0 ? sftp.status(id, STATUS_CODE.EOF) : sftp.data(id, buffer.subarray(0, bytesRead)));
      }),
    );
    sftp.on('READDIR', (id, handle) =>
      answer('READDIR', id, () => {
        const entries = opened.namesOf(handle).map((filename) => ({ filename, longname: filename, attrs: attributes(0) }));
        return Promise.resolve(() => (entries.length === 0 ? sftp.status(id, STATUS_CODE.EOF) : sftp.name(id, entries)));
      }),
    );
  }

  private answer(sftp: SFTPWrapper, kind: SftpRequest, id: number, work: () => Promise<() => void>): void {
    const broken = this.passes(kind);
    if (broken === 'before') return this.breakLine();
    work().then(
      (reply) => (broken === 'after' ? this.breakLine() : reply()),
      (error: unknown) => sftp.status(id, systemErrorCode(error) === 'ENOENT' ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE),
    );
  }

  /** Counts a request towards the planned break, and says whether it is the one. */
  private passes(kind: SftpRequest): Break['when'] | undefined {
    if (this.planned?.at !== kind) return undefined;
    const { hit, when } = this.planned;
    this.planned = hit === 1 ? undefined : { ...this.planned, hit: hit - 1 };
    return hit === 1 ? when : undefined;
  }
}

/** What one session has open. */
class OpenThings {
  private readonly files = new Map<string, FileHandle>();
  private readonly folders = new Map<string, string[]>();
  private count = 0;

  async file(path: string, flags: number): Promise<Buffer> {
    const file = await open(path, flagsToString(flags) ?? 'r');
    const handle = this.next();
    this.files.set(handle.toString(), file);
    return handle;
  }

  folder(names: string[]): Buffer {
    const handle = this.next();
    this.folders.set(handle.toString(), names);
    return handle;
  }

  fileOf(handle: Buffer): FileHandle {
    const file = this.files.get(handle.toString());
    if (!file) throw new Error('no such handle');
    return file;
  }

  namesOf(handle: Buffer): string[] {
    return this.folders.get(handle.toString())?.splice(0, 100) ?? [];
  }

  async close(handle: Buffer): Promise<void> {
    const file = this.files.get(handle.toString());
    this.files.delete(handle.toString());
    await file?.close();
    this.folders.delete(handle.toString());
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.files.keys()].map((handle) => this.close(Buffer.from(handle))));
  }

  private next(): Buffer {
    this.count += 1;
    return Buffer.from(String(this.count));
  }
}

function attributes(size: number) {
  return { mode: 0o100600, uid: 0, gid: 0, size, atime: 0, mtime: 0 };
}
