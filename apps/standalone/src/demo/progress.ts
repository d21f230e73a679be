import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '#kernel';
import type { Values } from './values.js';

/** How far a play has come: the next step of each script and what the steps before it have saved. */
export interface Progress {
  readonly scripts: Readonly<Record<string, { readonly nextStep: number; readonly values: Values; readonly today: string }>>;
  readonly finished: boolean;
}

/**
 * The play's place in a file, written after each step. A step that was done but not noted is done again with the same
 * Idempotency-Key, so that nothing is played twice.
 */
export class ProgressFile {
  constructor(private readonly path: string) {}

  async read(): Promise<Progress> {
    try {
      return JSON.parse(await readFile(this.path, 'utf8')) as Progress;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return { scripts: {}, finished: false };
      throw error;
    }
  }

  async write(progress: Progress): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const temporary = `${this.path}.tmp`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(progress)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.path);
  }
}
