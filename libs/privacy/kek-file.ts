import { open, readdir, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, type Entropy } from '#kernel';
import { isSystemError, makeOnceDurably, overwriteDurably, syncFolder, temporaryName, writeNewFileDurably } from './durable-files.js';
import { FIRST_KEK_ID, generationNumber, kekId, parseGeneration, parseKeyFile, type KeyFile } from './kek-texts.js';
import type { Kek, KekGenerations, KekSource } from './key-encryption-keys.js';
import { DATA_KEY_BYTES } from './sealed-bytes.js';

/** A key file with a hundred keys is still smaller; anything larger is not ours. */
const KEY_FILE_BYTES_MAX = 65_536;
/** A generation that is being ended has this name until its bytes are overwritten. */
const ENDED = '.ended';

interface Held {
  readonly root: Buffer;
  readonly keys: ReadonlyMap<string, Kek>;
  readonly current: Kek;
}

/**
 * Key-encryption keys in files of mode 0600. `kek.json` is JSON `{format, root, current, keys: {id: base64}}`; every later generation is a file
 * of its own beside it, `kek-<n>.json`, so that ending one touches no other and two processes that begin the same one cannot lose either's.
 * The newest generation is current. Whoever has these files and the key table can read everything, so back the two up together and apart
 * from all else.
 */
export class KekFile implements KekSource, KekGenerations {
  private constructor(
    private readonly path: string,
    private readonly entropy: Entropy,
    private held: Held,
  ) {}

  /**
   * Makes a new key file and opens it. When another process was faster, theirs is opened.
   * Only a first start may call this; with a typo in the path of an existing installation nothing could be read again.
   */
  static async create(path: string, entropy: Entropy): Promise<KekFile> {
    const secret = () => entropy.bytes(DATA_KEY_BYTES).toString('base64');
    const content: KeyFile = { format: 'chakong-kek/v1', root: secret(), current: FIRST_KEK_ID, keys: { [FIRST_KEK_ID]: secret() } };
    await makeOnceDurably(path, `${JSON.stringify(content, null, 1)}\n`, entropy);
    return KekFile.open(path, entropy);
  }

  /** @throws AppError `key-file-missing`, `key-file-loose` (others may read it), `key-file-damaged` */
  static async open(path: string, entropy: Entropy): Promise<KekFile> {
    return new KekFile(path, entropy, await readAll(path));
  }

  current(): Kek {
    return this.held.current;
  }

  find(id: string): Kek {
    const kek = this.held.keys.get(id);
    if (!kek) throw new AppError('kek-unknown', `key-encryption key "${id.slice(0, 40)}" is not in the key file`, { level: 'error' });
    return kek;
  }

  has(id: string): boolean {
    return this.held.keys.has(id);
  }

  root(): Buffer {
    return this.held.root;
  }

  async reload(): Promise<void> {
    this.held = await readAll(this.path);
  }

  async begin(id: string): Promise<Kek> {
    await this.reload();
    if (this.held.current.id !== id) return this.held.current;
    const number = 1 + Math.max(0, ...[...this.held.keys.keys()].map(generationNumber));
    const content = { format: 'chakong-kek-generation/v1', key: this.entropy.bytes(DATA_KEY_BYTES).toString('base64') };
    await makeOnceDurably(this.pathOf(number), `${JSON.stringify(content, null, 1)}\n`, this.entropy);
    await this.reload();
    return this.held.current;
  }

  async end(id: string): Promise<void> {
    await this.reload();
    if (this.held.current.id === id) throw new AppError('invariant-broken', 'the current key is not ended', { level: 'fatal' });
    await this.dropFromKeyFile(id);
    const path = this.pathOf(generationNumber(id));
    try {
      await rename(path, `${path}${ENDED}`);
    } catch (cause) {
      if (!isSystemError(cause, 'ENOENT')) throw cause;
    }
    await this.destroyEnded();
    await this.reload();
  }

  /** What a process that died has left of an ending, too. */
  private async destroyEnded(): Promise<void> {
    const folder = dirname(this.path);
    await syncFolder(folder);
    for (const name of await readdir(folder)) {
      if (!name.startsWith(prefixOf(this.path)) || !name.endsWith(ENDED)) continue;
      await destroyFile(join(folder, name));
    }
    await syncFolder(folder);
  }

  /** The first key stands in the key file itself, which is replaced; the bytes of the old one are overwritten behind its back. */
  private async dropFromKeyFile(id: string): Promise<void> {
    const { content } = await readKeyFile(this.path);
    if (!Object.hasOwn(content.keys, id)) return;
    const keys = Object.fromEntries(Object.entries(content.keys).filter(([key]) => key !== id));
    const old = await open(this.path, 'r+');
    try {
      const temporary = temporaryName(this.path, this.entropy);
      await writeNewFileDurably(temporary, `${JSON.stringify({ ...content, keys }, null, 1)}\n`);
      await rename(temporary, this.path);
      await syncFolder(dirname(this.path));
      await overwriteDurably(old);
    } finally {
      await old.close();
    }
  }

  private pathOf(number: number): string {
    return join(dirname(this.path), `${prefixOf(this.path)}${number}.json`);
  }
}

function prefixOf(path: string): string {
  return `${basename(path, '.json')}-`;
}

/** Another process may be about the same. */
async function destroyFile(path: string): Promise<void> {
  try {
    const file = await open(path, 'r+');
    try {
      await overwriteDurably(file);
    } finally {
      await file.close();
    }
    await unlink(path);
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) throw cause;
  }
}

async function readAll(path: string): Promise<Held> {
  const { content, keys } = await readKeyFile(path);
  const found = new Map(keys);
  const prefix = prefixOf(path);
  let newest = 0;
  for (const name of await readdir(dirname(path))) {
    const number = name.startsWith(prefix) ? (/^(\d{1,9})\.json$/.exec(name.slice(prefix.length))?.[1] ?? '') : '';
    if (number === '') continue;
    const text = await readIfThere(join(dirname(path), name));
    if (text === undefined) continue;
    const id = kekId(Number(number));
    found.set(id, { id, key: parseGeneration(join(dirname(path), name), text) });
    newest = Math.max(newest, Number(number));
  }
  const current = found.get(newest > 0 ? kekId(newest) : content.current);
  if (!current) throw new AppError('key-file-damaged', `neither ${path} nor a file beside it holds the current key`, { level: 'fatal' });
  return { root: Buffer.from(content.root, 'base64'), keys: found, current };
}

async function readKeyFile(path: string): Promise<{ content: KeyFile; keys: ReadonlyMap<string, Kek> }> {
  const text = await readIfThere(path);
  if (text === undefined) throw new AppError('key-file-missing', `there is no key file ${path}`, { level: 'fatal' });
  return parseKeyFile(path, text);
}

/** A generation may be ended between being listed and being read. */
async function readIfThere(path: string): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return undefined;
    throw cause;
  }
  try {
    const { mode, size } = await file.stat();
    if ((mode & 0o077) !== 0) {
      throw new AppError('key-file-loose', `key file ${path} may be read by others; set its mode to 0600`, { level: 'fatal' });
    }
    if (size > KEY_FILE_BYTES_MAX) throw new AppError('key-file-damaged', `${path} is not a key file`, { level: 'fatal' });
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
