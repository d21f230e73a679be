import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { withTempDir } from '#testing';
import { lockFolder } from './index.js';

it('gives a folder to one at a time and lets it go', async () => {
  await withTempDir(async (folder) => {
    const file = join(folder, 'lock');
    const first = lockFolder(file);
    expect(() => lockFolder(file)).toThrow('another process');
    first.release();
    lockFolder(file).release();
    await Promise.resolve();
  });
});
