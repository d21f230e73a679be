import { link, mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, type Entropy } from '#kernel';
import { isSystemError, syncFolder, writeNewFileDurably } from './durable-files.js';
import { DATA_KEY_BYTES } from './sealed-bytes.js';
import type { Kek, KekSource } from './key-encryption-keys.js';

const FORMAT = 'chakong-kek/v1';
const FIRST_KEK_ID = 'kek-1';
/** A key file with a hundred generations is still smaller; anything larger is not ours. */
const KEY_FILE_BYTES_MAX = 65_536;

interface KeyFileJson {
  readonly format: string;
  readonly root: string;
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * Key-encryption keys in one file of mode 0600: JSON `{format, root, current, keys: {id: base64}}`.
 * To rotate, add a key and name it `current`: old case keys stay readable. Whoever has this file and the key table
 * can read everything, so back the two up apart.
 */
export class KekFile implements KekSource {
  private constructor(
    private readonly keys: ReadonlyMap<string, Kek>,
    private readonly currentKek: Kek,
    private readonly rootSecret: Buffer,
  ) {}

  /**
   * Makes a new key file, complete and synced before it has its name, and opens it.
   * When another process was faster, theirs is opened: a file that exists is never replaced.
   * Only a first start may call this; with a typo in the path of an existing installation nothing could be read again.
   */
  static async create(path: string, entropy: Entropy): Promise<KekFile> {
    const secret = () => entropy.bytes(DATA_KEY_BYTES).toString('base64');
    const content: KeyFileJson = { format: FORMAT, root: secret(), current: FIRST_KEK_ID, keys: { [FIRST_KEK_ID]: secret() } };
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = `${path}.${entropy.bytes(8).toString('hex')}.tmp`;
    await writeNewFileDurably(temporary, `${JSON.stringify(content, null, 1)}\n`);
    try {
      await link(temporary, path);
    } catch (cause) {
      if (!isSystemError(cause, 'EEXIST')) throw cause;
    } finally {
      await unlink(temporary);
    }
    await syncFolder(dirname(path));
    return KekFile.open(path);
  }

  /** @throws AppError `key-file-missing`, `key-file-loose` (others may read it), `key-file-damaged` */
  static async open(path: string): Promise<KekFile> {
    let file: FileHandle;
    try {
      file = await open(path, 'r');
    } catch (cause) {
      if (isSystemError(cause, 'ENOENT')) throw new AppError('key-file-missing', `there is no key file ${path}`, { level: 'fatal', cause });
      throw cause;
    }
    try {
      const { mode, size } = await file.stat();
      if ((mode & 0o077) !== 0) {
        throw new AppError('key-file-loose', `key file ${path} may be read by others; set its mode to 0600`, { level: 'fatal' });
      }
      if (size > KEY_FILE_BYTES_MAX) throw keyFileDamaged(path);
      return KekFile.parse(path, await file.readFile('utf8'));
    } finally {
      await file.close();
    }
  }

  private static parse(path: string, text: string): KekFile {
    let content: Partial<KeyFileJson>;
    try {
      content = JSON.parse(text) as Partial<KeyFileJson>;
    } catch (cause) {
      throw keyFileDamaged(path, cause);
    }
    const keys = new Map<string, Kek>();
    for (const [id, secret] of Object.entries(content.keys ?? {})) keys.set(id, { id, key: secretBytes(path, secret) });
    const current = keys.get(content.current ?? '');
    if (content.format !== FORMAT || !current) throw keyFileDamaged(path);
    return new KekFile(keys, current, secretBytes(path, content.root));
  }

  current(): Kek {
    return this.currentKek;
  }

  find(id: string): Kek {
    const kek = this.keys.get(id);
    if (!kek) throw new AppError('kek-unknown', `key-encryption key "${id.slice(0, 40)}" is not in the key file`, { level: 'error' });
    return kek;
  }

  root(): Buffer {
    return this.rootSecret;
  }
}

function secretBytes(path: string, text: unknown): Buffer {
  const bytes = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (bytes.length !== DATA_KEY_BYTES) throw keyFileDamaged(path);
  return bytes;
}

function keyFileDamaged(path: string, cause?: unknown): AppError {
  return new AppError('key-file-damaged', `${path} is not a key file`, { level: 'fatal', cause });
}
