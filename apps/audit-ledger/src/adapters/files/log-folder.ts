import { rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#kernel';
import { bundlePath, parseTilePath, TILE_WIDTH, tilePath, type TileFile, type TileSource } from '#merkle';
import { readIfThere, writeFiles } from './atomic-files.js';

/** The files of one year's log, exactly as they are served (C2SP tlog-tiles). */
export class LogFolder implements TileSource {
  constructor(readonly folder: string) {}

  /** Any file of the log by its path below the log's prefix, or undefined. The path has been checked by the caller. */
  read(file: string): Promise<Buffer | undefined> {
    return readIfThere(path.join(this.folder, file));
  }

  async readTile(level: number, index: number, width: number): Promise<Uint8Array> {
    return this.exactOrFull(tilePath({ level, index, width }), tilePath({ level, index, width: TILE_WIDTH }));
  }

  async readBundle(index: number, width: number): Promise<Uint8Array> {
    return this.exactOrFull(bundlePath(index, width), bundlePath(index, TILE_WIDTH));
  }

  async apply(files: readonly TileFile[]): Promise<void> {
    await writeFiles(this.folder, files);
  }

  /** Readers may rely on the checkpoint from now on, so everything that it covers must have been applied before. */
  async publish(checkpoint: Buffer): Promise<void> {
    await writeFiles(this.folder, [{ path: 'checkpoint', bytes: checkpoint }]);
  }

  async writeKey(vkey: string): Promise<void> {
    await writeFiles(this.folder, [{ path: 'vkey', bytes: Buffer.from(`${vkey}\n`) }]);
  }

  /** For a policy file: an auditor who names this key too finds its line checked. Not served, since nobody should take it from the log. */
  async writeFurtherKey(vkey: string): Promise<void> {
    await writeFiles(this.folder, [{ path: 'vkey-sm2', bytes: Buffer.from(`${vkey}\n`) }]);
  }

  /** Partial files may go once the full one is there (C2SP tlog-tiles, "Partial Tiles"); otherwise each leaves 255 behind. */
  async dropPartials(files: readonly TileFile[]): Promise<void> {
    for (const file of files) {
      if (parseTilePath(file.path).width === TILE_WIDTH)
        await rm(path.join(this.folder, `${file.path}.p`), { recursive: true, force: true });
    }
  }

  private async exactOrFull(exact: string, full: string): Promise<Buffer> {
    const bytes = (await this.read(exact)) ?? (await this.read(full));
    if (!bytes) throw new AppError('ledger-corrupt', `${exact} is missing from ${this.folder}`, { level: 'fatal' });
    return bytes;
  }
}
