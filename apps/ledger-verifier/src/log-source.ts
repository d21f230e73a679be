import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Broken, textOf } from './broken.js';

/** A log as it is served: a folder or an address, read by the paths of C2SP tlog-tiles. */
export interface LogSource {
  readonly name: string;
  /** The bytes at a path relative to the log, or undefined when there is nothing. @throws Broken when it cannot be read */
  read(file: string): Promise<Buffer | undefined>;
  /** The log of another year beside this one. */
  ofYear(year: number): LogSource;
}

/** A full bundle of the longest entries. */
const FILE_BYTES_MAX = 256 * (2 + 65_535);
const ANSWER_MS_MAX = 30_000;
const ATTEMPTS_MAX = 3;

/** @param place an http(s) address or a folder */
export function openSource(place: string): LogSource {
  return /^https?:\/\//.test(place) ? new HttpSource(place.replace(/\/+$/, '')) : new FolderSource(path.resolve(place));
}

class FolderSource implements LogSource {
  constructor(readonly name: string) {}

  async read(file: string): Promise<Buffer | undefined> {
    try {
      return await readFile(path.join(this.name, file));
    } catch (cause) {
      const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
      // ENOTDIR: a file stands where the path has a folder, which is as good as nothing there.
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw new Broken(file, `cannot be read (${textOf(cause)})`, { cause });
    }
  }

  ofYear(year: number): LogSource {
    return new FolderSource(path.join(this.name, '..', String(year)));
  }
}

class HttpSource implements LogSource {
  constructor(readonly name: string) {}

  async read(file: string): Promise<Buffer | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.get(file);
      } catch (cause) {
        if (cause instanceof Broken) throw cause;
        if (attempt === ATTEMPTS_MAX) throw new Broken(file, `cannot be fetched (${reasonOf(cause)})`, { cause });
      }
    }
  }

  /** `…/ledger` serves the current year and `…/ledger/<year>` each year. */
  ofYear(year: number): LogSource {
    return new HttpSource(`${this.name.replace(/\/\d{4}$/, '')}/${year}`);
  }

  private async get(file: string): Promise<Buffer | undefined> {
    const response = await fetch(`${this.name}/${file}`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      return undefined;
    }
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.length > FILE_BYTES_MAX) throw new Broken(file, `longer than ${FILE_BYTES_MAX} bytes`);
    return bytes;
  }
}

/** fetch hides the reason one level down. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? textOf(error.cause) : textOf(error);
}
