import pMap from 'p-map';
import type { Stats } from 'ssh2';
import { AppError } from '#kernel';
import { FAILURE, NO_SUCH_FILE, SftpLink, SftpRefusal } from './sftp-link.js';

/** Bytes of one request to read or write: what every server takes. */
const CHUNK_BYTES = 32_000;
/** Requests of one file under way at the same time. */
const CHUNKS_AT_ONCE = 16;
/** Names that one folder may hold; more are a fault of the other side, and are not read into memory. */
const NAMES_MAX = 100_000;
const FILE_MODE = 0o600;

/** Files of a server, each step atomic or repeatable. Paths are absolute within the exchange. */
export class SftpFiles {
  constructor(private readonly link: SftpLink) {}

  /**
   * None where there is no such folder: one that the bank has not made yet must not hold up the others.
   * @throws AppError `too-large` when the folder holds more names than anybody may leave there
   */
  async names(folder: string): Promise<readonly string[]> {
    const listed = this.link.ask<readonly { readonly filename: string }[]>((sftp, done) => sftp.readdir(folder, done));
    const entries = (await orUndefined(listed)) ?? [];
    if (entries.length > NAMES_MAX) throw new AppError('too-large', `${folder} holds too many files`, { level: 'error' });
    return entries.map(({ filename }) => filename);
  }

  /** Undefined when there is no such file. */
  sizeOf(path: string): Promise<number | undefined> {
    return orUndefined(this.link.ask<Stats>((sftp, done) => sftp.lstat(path, done)).then(({ size }) => size));
  }

  /** The whole file; `too-large` when it has more bytes, undefined when it has gone meanwhile. */
  async read(path: string, bytesMax: number): Promise<Buffer | 'too-large' | undefined> {
    const handle = await orUndefined(this.link.ask<Buffer>((sftp, done) => sftp.open(path, 'r', done)));
    if (!handle) return undefined;
    try {
      const { size } = await this.link.ask<Stats>((sftp, done) => sftp.fstat(handle, done));
      return size > bytesMax ? 'too-large' : await this.readAll(handle, size);
    } finally {
      await this.closeFile(handle);
    }
  }

  /**
   * Writes `<name>.tmp`, has the server sync it where it offers that, and renames it. A file of that name that is there already is the
   * same file, because a name promises its bytes: it stays, and what was written beside it is removed.
   */
  async place(folder: string, name: string, bytes: Buffer): Promise<void> {
    const [path, temporary] = [`${folder}/${name}`, `${folder}/${name}.tmp`];
    const handle = await this.link.ask<Buffer>((sftp, done) => sftp.open(temporary, 'w', { mode: FILE_MODE }, done));
    try {
      await pMap(chunksOf(bytes), (at) => this.writeChunk(handle, bytes.subarray(at, at + CHUNK_BYTES), at), {
        concurrency: CHUNKS_AT_ONCE,
      });
      if (await this.link.offers('fsync@openssh.com')) {
        await this.link.ask<unknown>((sftp, done) => sftp.ext_openssh_fsync(handle, done));
      }
    } finally {
      await this.closeFile(handle);
    }
    await this.rename(temporary, path);
  }

  async remove(path: string): Promise<void> {
    await orUndefined(this.link.ask<void>((sftp, done) => sftp.unlink(path, (error) => done(error, undefined))));
  }

  private async rename(from: string, to: string): Promise<void> {
    try {
      await this.link.ask<void>((sftp, done) => sftp.rename(from, to, (error) => done(error, undefined)));
    } catch (error) {
      const isTaken = error instanceof SftpRefusal && error.status === FAILURE && (await this.sizeOf(to)) !== undefined;
      if (!isTaken) throw error;
      await this.remove(from);
    }
  }

  private writeChunk(handle: Buffer, chunk: Buffer, at: number): Promise<void> {
    return this.link.ask<void>((sftp, done) => sftp.write(handle, chunk, 0, chunk.length, at, (error) => done(error, undefined)));
  }

  private async readAll(handle: Buffer, size: number): Promise<Buffer> {
    const bytes = Buffer.alloc(size);
    await pMap(chunksOf(bytes), (at) => this.readChunk(handle, bytes, at), { concurrency: CHUNKS_AT_ONCE });
    return bytes;
  }

  /** A server may give less than was asked; a file that ends early is not the file that was there. */
  private async readChunk(handle: Buffer, into: Buffer, from: number): Promise<void> {
    const end = Math.min(from + CHUNK_BYTES, into.length);
    for (let at = from; at < end;) {
      const got = await this.link.ask<number>((sftp, done) => sftp.read(handle, into, at, end - at, at, done));
      if (got === 0) throw new AppError('unavailable', 'a file became shorter while it was read', { retryable: true });
      at += got;
    }
  }

  private closeFile(handle: Buffer): Promise<void> {
    return this.link.ask<void>((sftp, done) => sftp.close(handle, (error) => done(error, undefined)));
  }
}

function chunksOf(bytes: Buffer): readonly number[] {
  return Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, i) => i * CHUNK_BYTES);
}

async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof SftpRefusal && error.status === NO_SUCH_FILE) return undefined;
    throw error;
  }
}
