import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '#kernel';
import { FieldCipher, type DataKey } from '#privacy';

/** Clear bytes per piece: small enough for any memory, large enough that sealing costs little beside the disk. */
const PIECE_BYTES = 64 * 1024;
const LENGTH_BYTES = 4;
const PIECE_BYTES_MAX = PIECE_BYTES + 1024;

export interface SealedFilePlace {
  readonly path: string;
  /** Binds the pieces to their file, so that none can be moved into another. */
  readonly id: string;
}

function aadOf(id: string, index: number, isLast: boolean): string {
  return `imports|file|${id}/${index}${isLast ? '/end' : ''}`;
}

/**
 * Writes a stream to disk so that no clear byte ever stands there: pieces `length ‖ AES-256-GCM`, each bound to its number, the last
 * one marked, so that a file that was cut off does not read like a whole one. Memory does not grow with the stream.
 */
export class SealedFileWriter {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private index = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly place: SealedFilePlace,
    private readonly cipher: FieldCipher,
    private readonly key: DataKey,
  ) {}

  static async create(place: SealedFilePlace, cipher: FieldCipher, key: DataKey): Promise<SealedFileWriter> {
    return new SealedFileWriter(await open(place.path, 'wx', 0o600), place, cipher, key);
  }

  async write(chunk: Buffer): Promise<void> {
    this.pending.push(chunk);
    this.pendingBytes += chunk.length;
    while (this.pendingBytes >= PIECE_BYTES) {
      const all = Buffer.concat(this.pending);
      const rest = all.subarray(PIECE_BYTES);
      await this.put(all.subarray(0, PIECE_BYTES), false);
      this.pending = rest.length > 0 ? [rest] : [];
      this.pendingBytes = rest.length;
    }
  }

  /** Resolves when the whole file is on the disk. */
  async finish(): Promise<void> {
    await this.put(Buffer.concat(this.pending), true);
    await this.file.datasync();
    await this.file.close();
  }

  async abandon(): Promise<void> {
    await this.file.close();
  }

  private async put(piece: Buffer, isLast: boolean): Promise<void> {
    const sealed = this.cipher.sealBytes(this.key, aadOf(this.place.id, this.index, isLast), piece);
    this.index += 1;
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(sealed.length);
    await this.file.write(Buffer.concat([length, sealed]));
  }
}

/** The clear bytes piece by piece. @throws AppError `content-damaged` when the file was changed or cut off */
export async function* readSealedFile(place: SealedFilePlace, cipher: FieldCipher, key: DataKey): AsyncGenerator<Buffer> {
  const file = await open(place.path, 'r');
  try {
    const { size } = await file.stat();
    let at = 0;
    for (let index = 0; at < size; index += 1) {
      const length = (await readExactly(file, LENGTH_BYTES, at, place)).readUInt32BE();
      if (length > PIECE_BYTES_MAX) throw damaged(place);
      const sealed = await readExactly(file, length, at + LENGTH_BYTES, place);
      at += LENGTH_BYTES + length;
      yield cipher.openBytes(key, aadOf(place.id, index, at >= size), sealed);
    }
    if (size === 0) throw damaged(place);
  } finally {
    await file.close();
  }
}

async function readExactly(file: FileHandle, length: number, position: number, place: SealedFilePlace): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) throw damaged(place);
  return bytes;
}

function damaged({ id }: SealedFilePlace): AppError {
  return new AppError('content-damaged', `the file of import ${id} was changed or cut off`, { level: 'error' });
}
