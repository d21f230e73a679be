import { statSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, errorText, SystemClock, systemErrorCode, type Log, type Timer } from '#kernel';

interface ClockFile {
  readonly offsetMs: number;
}

/** How often a process looks whether time was moved. Real time. */
const LOOK_EVERY_MS = 50;
/** A follower renews its mark this often; one whose mark is older than three times that is taken for gone. Real time. */
const MARK_EVERY_MS = 1_000;
const MARK_MS_MAX = 3 * MARK_EVERY_MS;
/** How long an advance waits for the others. Real time. */
const FOLLOWED_MS_MAX = 10_000;
const FOLLOWERS_MAX = 200;

/**
 * The process's clock with its offset kept in `DATA_DIR/clock.json`, so that time does not fall back at a restart.
 * The new offset is on disk before any clock moves: what was decided at the new time can never meet an older clock.
 *
 * Processes that share the folder follow it, and mark in `DATA_DIR/clock/<instance>.json` how far they have come; `advance` answers
 * when every living follower is there. This serves demonstrations and tests: without an advance the offset is nought for ever.
 */
export class KeptClock {
  private look: Timer | undefined;
  /** Which file was read last. */
  private seen = '';
  private marked = { offsetMs: -1, at: -Infinity };
  private stopped = false;

  private constructor(
    readonly clock: SystemClock,
    private readonly dataDir: string,
  ) {}

  /** @throws AppError `invalid-configuration` when the file is not ours */
  static async open(dataDir: string): Promise<KeptClock> {
    return new KeptClock(new SystemClock(await readOffset(join(dataDir, 'clock.json'))), dataDir);
  }

  now(): number {
    return this.clock.now();
  }

  /** @throws AppError `unavailable` when a follower that lives does not come along */
  async advance(byMs: number): Promise<void> {
    const offsetMs = this.clock.offset() + byMs;
    await keep(join(this.dataDir, 'clock.json'), { offsetMs });
    this.clock.advance(byMs);
    const end = this.clock.monotonicMs() + FOLLOWED_MS_MAX;
    while (!(await this.isFollowed(offsetMs))) {
      if (this.clock.monotonicMs() > end) throw new AppError('unavailable', 'a process has not the new time yet', { retryable: true });
      await this.clock.realSleep(LOOK_EVERY_MS);
    }
  }

  /** Follows what another process does to the time. */
  async follow(instance: string, log: Log): Promise<void> {
    await mkdir(join(this.dataDir, 'clock'), { recursive: true });
    await this.catchUp(instance);
    const again = (): void => {
      this.look = this.clock.setRealTimer(LOOK_EVERY_MS, () => {
        this.catchUp(instance)
          .catch((error: unknown) => log.write('error', 'clock-not-followed', { reason: errorText(error) }))
          .finally(() => {
            if (!this.stopped) again();
          });
      });
    };
    again();
  }

  async stop(instance: string): Promise<void> {
    this.stopped = true;
    this.look?.cancel();
    await rm(this.markOf(instance), { force: true });
  }

  private async catchUp(instance: string): Promise<void> {
    // Asked twenty times a second by every process: one call that does not wait, and no file opened while nothing moves.
    const path = join(this.dataDir, 'clock.json');
    const there = signOf(path);
    if (there !== this.seen) {
      const ahead = (await readOffset(path)) - this.clock.offset();
      if (ahead > 0) this.clock.advance(ahead);
      this.seen = there;
    }
    const offsetMs = this.clock.offset();
    const isFresh = this.clock.monotonicMs() - this.marked.at < MARK_EVERY_MS;
    if (this.stopped || (isFresh && this.marked.offsetMs === offsetMs)) return;
    this.marked = { offsetMs, at: this.clock.monotonicMs() };
    // A mark speaks for a process that lives; after a crash nobody believes it.
    await keep(this.markOf(instance), { offsetMs }, false);
  }

  private markOf(instance: string): string {
    return join(this.dataDir, 'clock', `${instance}.json`);
  }

  private async isFollowed(offsetMs: number): Promise<boolean> {
    for (const name of await followersIn(join(this.dataDir, 'clock'))) {
      const path = join(this.dataDir, 'clock', name);
      const age = this.clock.realNow() - (await stat(path).catch(goneIsOld)).mtimeMs;
      if (age < MARK_MS_MAX && (await readOffset(path)) < offsetMs) return false;
    }
    return true;
  }
}

function goneIsOld(error: unknown): { mtimeMs: number } {
  if (systemErrorCode(error) === 'ENOENT') return { mtimeMs: 0 };
  throw error;
}

async function followersIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).slice(0, FOLLOWERS_MAX);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Changes whenever the file is replaced; empty while there is none. */
function signOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found ? `${found.ino}/${found.mtimeNs}/${found.size}` : '';
}

async function keep(path: string, content: ClockFile, mustLast = true): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content)}\n`);
    if (mustLast) await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

async function readOffset(path: string): Promise<number> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0;
    throw error;
  }
  const offset = (JSON.parse(text) as Partial<ClockFile>).offsetMs;
  if (typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new AppError('invalid-configuration', `${path} holds no offset`, { level: 'fatal' });
}
