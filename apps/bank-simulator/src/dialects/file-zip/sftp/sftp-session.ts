import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';
import { systemErrorCode } from '#kernel';
import { FLAGS, type ExchangeRoot, type OpenFlags } from './exchange-root.js';

const { STATUS_CODE, flagsToString } = ssh2.utils.sftp;

/** Files and folders that one session may have open. */
const HANDLES_MAX = 256;
/** Bytes that one request reads at most, and names that one answer carries. */
const READ_BYTES_MAX = 256 * 1024;
const NAMES_MAX = 200;

interface OpenFile {
  readonly file: FileHandle;
  readonly isWritten: boolean;
}

interface OpenFolder {
  readonly left: string[];
}

/** What a request ends with when it does not answer by itself. */
class Status extends Error {
  constructor(readonly code: number) {
    super(`status ${code}`);
  }
}

/** One SFTP session: the requests that an exchange of files needs, all others are answered as unsupported by the library. */
export class SftpSession {
  private readonly handles = new Map<number, OpenFile | OpenFolder>();
  private nextHandle = 0;

  constructor(
    private readonly root: ExchangeRoot,
    private readonly sftp: SFTPWrapper,
    /** Asked before each request; a bank that is not there answers nothing. */
    private readonly isServing: () => boolean,
  ) {
    sftp.on('OPEN', (id, path, flags) => this.answer(id, async () => sftp.handle(id, await this.openFile(path, flags))));
    sftp.on('READ', (id, handle, offset, length) => this.answer(id, () => this.read(id, handle, offset, length)));
    sftp.on('WRITE', (id, handle, offset, data) => this.answer(id, () => this.write(id, handle, offset, data)));
    sftp.on('FSTAT', (id, handle) => this.answer(id, async () => sftp.attrs(id, attributesOf(await this.fileOf(handle).file.stat()))));
    sftp.on('CLOSE', (id, handle) => this.answer(id, () => this.close(id, handle)));
    sftp.on('OPENDIR', (id, path) => this.answer(id, async () => sftp.handle(id, this.keep({ left: await root.names(path) }))));
    sftp.on('READDIR', (id, handle) => this.answer(id, () => this.readFolder(id, handle)));
    for (const event of ['STAT', 'LSTAT'] as const) {
      sftp.on(event as 'STAT', (id, path) => this.answer(id, async () => sftp.attrs(id, attributesOf(await root.stat(path)))));
    }
    sftp.on('REALPATH', (id, path) => sftp.name(id, [entryOf(posix.join('/', path))]));
    sftp.on('REMOVE', (id, path) => this.answer(id, () => root.remove(path).then(() => this.done(id))));
    sftp.on('RENAME', (id, from, to) => this.answer(id, () => root.rename(from, to).then(() => this.done(id))));
  }

  /** Lets go of what a broken connection has left open. */
  end(failed: (error: unknown) => void): void {
    for (const open of this.handles.values()) if ('file' in open) open.file.close().catch(failed);
    this.handles.clear();
  }

  private answer(id: number, work: () => Promise<void> | void): void {
    if (!this.isServing()) return;
    Promise.resolve()
      .then(work)
      .catch((error: unknown) => this.sftp.status(id, statusOf(error)));
  }

  private done(id: number): void {
    this.sftp.status(id, STATUS_CODE.OK);
  }

  private async openFile(path: string, flags: number): Promise<Buffer> {
    const word = flagsToString(flags);
    if (word === null || !Object.hasOwn(FLAGS, word)) throw new Status(STATUS_CODE.OP_UNSUPPORTED);
    if (this.handles.size >= HANDLES_MAX) throw new Status(STATUS_CODE.FAILURE);
    const file = await this.root.open(path, word as OpenFlags);
    return this.keep({ file, isWritten: word !== 'r' });
  }

  private async read(id: number, handle: Buffer, offset: number, length: number): Promise<void> {
    const bytes = Buffer.alloc(Math.min(length, READ_BYTES_MAX));
    const { bytesRead } = await this.fileOf(handle).file.read(bytes, 0, bytes.length, offset);
    if (bytesRead === 0) throw new Status(STATUS_CODE.EOF);
    this.sftp.data(id, bytes.subarray(0, bytesRead));
  }

  private async write(id: number, handle: Buffer, offset: number, data: Buffer): Promise<void> {
    await this.fileOf(handle).file.write(data, 0, data.length, offset);
    this.done(id);
  }

  /** The library cannot offer to sync on request, so a file that was written is durable when it is closed. */
  private async close(id: number, handle: Buffer): Promise<void> {
    const key = handle.readUInt32BE(0);
    const open = this.handles.get(key);
    if (!open) throw new Status(STATUS_CODE.FAILURE);
    this.handles.delete(key);
    if ('file' in open) {
      try {
        if (open.isWritten) await open.file.datasync();
      } finally {
        await open.file.close();
      }
    }
    this.done(id);
  }

  private readFolder(id: number, handle: Buffer): void {
    const open = this.handles.get(handle.readUInt32BE(0));
    if (!open || !('left' in open)) throw new Status(STATUS_CODE.FAILURE);
    const some = open.left.splice(0, NAMES_MAX);
    if (some.length === 0) throw new Status(STATUS_CODE.EOF);
    this.sftp.name(id, some.map(entryOf));
  }

  private fileOf(handle: Buffer): OpenFile {
    const open = handle.length === 4 ? this.handles.get(handle.readUInt32BE(0)) : undefined;
    if (!open || !('file' in open)) throw new Status(STATUS_CODE.FAILURE);
    return open;
  }

  private keep(open: OpenFile | OpenFolder): Buffer {
    this.nextHandle = (this.nextHandle + 1) >>> 0;
    this.handles.set(this.nextHandle, open);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(this.nextHandle);
    return handle;
  }
}

function statusOf(error: unknown): number {
  if (error instanceof Status) return error.code;
  const code = systemErrorCode(error);
  if (code === 'ENOENT') return STATUS_CODE.NO_SUCH_FILE;
  return code === 'EACCES' || code === 'EPERM' || code === 'ELOOP' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
}

const SECOND_MS = 1_000;

/** Of a file only what an exchange needs: nobody outside learns who owns it. */
function attributesOf({ mode, size, mtimeMs }: Pick<Stats, 'mode' | 'size' | 'mtimeMs'>): Attributes {
  const seconds = Math.floor(mtimeMs / SECOND_MS);
  return { mode, uid: 0, gid: 0, size, atime: seconds, mtime: seconds };
}

function entryOf(filename: string): { filename: string; longname: string; attrs: Attributes } {
  return { filename, longname: filename, attrs: { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 } };
}
