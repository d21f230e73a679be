import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, SystemClock, systemErrorCode } from '#kernel';

interface ClockFile {
  readonly offsetMs: number;
}

/**
 * The process's clock with its offset kept in `DATA_DIR/clock.json`, so that time does not fall back at a restart.
 * The new offset is on disk before the clock moves: what was decided at the new time can never meet an older clock.
 */
export class KeptClock {
  private constructor(
    readonly clock: SystemClock,
    private readonly path: string,
  ) {}

  /** @throws AppError `invalid-configuration` when the file is not ours */
  static async open(dataDir: string): Promise<KeptClock> {
    const path = join(dataDir, 'clock.json');
    return new KeptClock(new SystemClock(await readOffset(path)), path);
  }

  now(): number {
    return this.clock.now();
  }

  async advance(byMs: number): Promise<void> {
    await this.keep(this.clock.offset() + byMs);
    this.clock.advance(byMs);
  }

  private async keep(offsetMs: number): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const temporary = `${this.path}.tmp`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ offsetMs } satisfies ClockFile)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.path);
  }
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
