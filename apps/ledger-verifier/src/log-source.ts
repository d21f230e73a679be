import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, get as httpGet, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
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
const SOCKETS_MAX = 16;
const GONE = [404, 410];

/** @param place an http(s) address or a folder */
export function openSource(place: string): LogSource {
  return /^https?:\/\//.test(place) ? new HttpSource(place.replace(/\/+$/, '')) : new FolderSource(path.resolve(place));
}

class FolderSource implements LogSource {
  constructor(readonly name: string) {}

  /** Reads at once: each thread has nothing else to do, and waiting for the runtime's own pool costs more than the small files. */
  async read(file: string): Promise<Buffer | undefined> {
    try {
      return readFileSync(path.join(this.name, file));
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
  private readonly agent: HttpAgent | HttpsAgent;
  private readonly request: typeof httpGet;

  constructor(readonly name: string) {
    const secure = name.startsWith('https:');
    // Node's own client costs a third of what fetch costs for each small file.
    this.agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: SOCKETS_MAX });
    this.request = secure ? httpsGet : httpGet;
  }

  async read(file: string): Promise<Buffer | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.get(file);
      } catch (cause) {
        if (cause instanceof Broken) throw cause;
        if (attempt === ATTEMPTS_MAX) throw new Broken(file, `cannot be fetched (${textOf(cause)})`, { cause });
      }
    }
  }

  /** `…/ledger` serves the current year and `…/ledger/<year>` each year. */
  ofYear(year: number): LogSource {
    return new HttpSource(`${this.name.replace(/\/\d{4}$/, '')}/${year}`);
  }

  private get(file: string): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      const asked = this.request(`${this.name}/${file}`, { agent: this.agent, signal: AbortSignal.timeout(ANSWER_MS_MAX) }, (response) => {
        bodyOf(response, file).then((bytes) => {
          if (response.statusCode === 200) resolve(bytes);
          else if (GONE.includes(response.statusCode ?? 0)) resolve(undefined);
          else reject(new Error(`status ${response.statusCode}`));
        }, reject);
      });
      asked.on('error', reject);
    });
  }
}

async function bodyOf(response: IncomingMessage, file: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length > FILE_BYTES_MAX) throw new Broken(file, `longer than ${FILE_BYTES_MAX} bytes`);
  }
  return Buffer.concat(parts, length);
}
